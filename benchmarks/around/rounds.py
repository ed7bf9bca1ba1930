"""Taking figures: every side once a round, in turn, so that what disturbs the machine disturbs all of them."""

import gc
import time
from collections.abc import Callable, Mapping
from statistics import median

Side = Callable[[], float]


def each(work: Callable[[], object], *, count: int, repeat: int = 1) -> Side:
    """A side whose figure is the seconds that `work` takes for each of its `count` things."""

    def figure() -> float:
        begin = time.perf_counter()
        for _ in range(repeat):
            work()
        return (time.perf_counter() - begin) / count / repeat

    return figure


def rate(work: Callable[[], object], *, count: int) -> Side:
    """A side whose figure is how many of its `count` things `work` does in a second."""
    cost = each(work, count=count)
    return lambda: 1 / cost()


class Figures:
    """What each side gave in each round."""

    def __init__(self, by_side: Mapping[str, list[float]]) -> None:
        self._by_side = by_side

    def of(self, side: str) -> float:
        """The median of a side."""
        return median(self._by_side[side])

    def ratio(self, side: str, to: str) -> float:
        """The median over the rounds of one side's figure to the other's in the same round."""
        return median(mine / other for mine, other in zip(self._by_side[side], self._by_side[to], strict=True))

    def added(self, side: str, to: str) -> float:
        """The median over the rounds of what one side takes more than the other in the same round."""
        return median(mine - other for mine, other in zip(self._by_side[side], self._by_side[to], strict=True))

    def added_ratio(self, side: str, other: str, to: str) -> float:
        """What one side adds to `to`, to what the other adds."""
        return self.added(side, to) / self.added(other, to)


def take(sides: Mapping[str, Side], *, rounds: int) -> Figures:
    """Run each side once to warm up, then once a round; every other round goes backwards."""
    for side in sides.values():
        side()
    figures: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(rounds):
        for name in list(sides) if number % 2 == 0 else reversed(list(sides)):
            gc.collect()
            figures[name].append(sides[name]())
    return Figures(figures)
