"""`script/bench review`: the desk's pages over 10,000 open and 1,000,000 closed requests, beside the same over 1,000."""

from benchmarks.around.run import run

if __name__ == "__main__":
    run("benchmarks.measures.review")
