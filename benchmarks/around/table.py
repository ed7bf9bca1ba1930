"""The table: our figure, the other's, their ratio, the aim, and whether it is met."""

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field

from benchmarks.around.rounds import Figures


@dataclass(frozen=True, slots=True)
class Aim:
    """What a measured value is to be: at most, or at least, so much."""

    limit: float
    unit: str
    at_least: bool

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.limit:,g} {self.unit}"

    def met_by(self, value: float) -> bool:
        return value >= self.limit if self.at_least else value <= self.limit


def at_least(limit: float, unit: str = "×") -> Aim:
    return Aim(limit, unit, True)


def at_most(limit: float, unit: str = "×") -> Aim:
    return Aim(limit, unit, False)


@dataclass(frozen=True, slots=True)
class Line:
    """One comparison. `aim` judges `judged`, most often the ratio; without an aim the line only informs.

    `if_missed` says why, and what would reach it.
    """

    what: str
    ours: str
    other: str
    others: str
    ratio: float | None
    aim: Aim | None = None
    judged: float | None = None
    if_missed: str = ""

    @property
    def is_met(self) -> bool:
        value = self.ratio if self.judged is None else self.judged
        return self.aim is None or value is None or self.aim.met_by(value)


@dataclass(frozen=True, slots=True)
class Section:
    """The lines of one measure, and what must be said about how they came about."""

    title: str
    lines: list[Line]
    notes: list[str] = field(default_factory=list)


def microseconds(seconds: float) -> str:
    return f"{seconds * 1e6:,.2f} µs" if seconds < 1e-5 else f"{seconds * 1e6:,.1f} µs"


def a_second(rate: float) -> str:
    return f"{rate:,.0f}/s"


def cost_line(
    what: str,
    figures: Figures,
    other: str,
    aim: Aim | None = None,
    *,
    side: str = "ours",
    judged: float | None = None,
    if_missed: str = "",
) -> Line:
    """The seconds of one of the product's sides beside another's; the ratio says how many times the other's ours is."""
    ours, others = _duration(figures.of(side)), _duration(figures.of(other))
    return Line(what, ours, other, others, figures.ratio(side, other), aim, judged, if_missed)


def _duration(seconds: float) -> str:
    return microseconds(seconds) if seconds < 1e-3 else f"{seconds * 1e3:,.1f} ms"


def rate_line(what: str, figures: Figures, other: str, aim: Aim | None = None, *, if_missed: str = "") -> Line:
    """The product's things a second beside another's."""
    ours, others = a_second(figures.of("ours")), a_second(figures.of(other))
    return Line(what, ours, other, others, figures.ratio("ours", other), aim, None, if_missed)


_HEADINGS = ("", "ours", "compared with", "it", "ratio", "aim", "")
_WIDTH = 120


def printed(sections: Iterable[Section]) -> str:
    """The sections as one table, each followed by its notes and by what keeps a missed aim from being met."""
    sections = list(sections)
    rows = [row for section in sections for row in map(_cells, section.lines)]
    widths = [max(map(len, column)) for column in zip(_HEADINGS, *rows, strict=True)]
    text = [_row(_HEADINGS, widths)]
    for section in sections:
        text += ["", section.title]
        for line in section.lines:
            text.append(_row(_cells(line), widths))
            if not line.is_met and line.if_missed:
                text += _paragraph(f"Missed: {line.if_missed}")
        for note in section.notes:
            text += _paragraph(note)
    return "\n".join(text)


def _cells(line: Line) -> tuple[str, ...]:
    ratio = "" if line.ratio is None else f"{line.ratio:,.2f} ×" if line.ratio < 100 else f"{line.ratio:,.0f} ×"
    verdict = "" if line.aim is None else "met" if line.is_met else "MISSED"
    return f"  {line.what}", line.ours, line.other, line.others, ratio, str(line.aim or ""), verdict


def _row(cells: tuple[str, ...], widths: list[int]) -> str:
    left = (True, False, True, False, False, True, True)
    aligned = (
        cell.ljust(width) if is_left else cell.rjust(width)
        for cell, width, is_left in zip(cells, widths, left, strict=True)
    )
    return "  ".join(aligned).rstrip()


def _paragraph(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent="    ", subsequent_indent="    ")
