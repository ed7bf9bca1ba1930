"""`script/bench gate`: how fast the gate decides, records and releases, beside floors and peers in the same run."""

from benchmarks.around.run import run

if __name__ == "__main__":
    run("benchmarks.measures.gate")
