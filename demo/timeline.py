"""What happens in the demo's year, in the order of its times."""

import heapq
from collections.abc import Callable
from datetime import datetime
from itertools import count

Happening = Callable[[datetime], None]


class Timeline:
    """Happenings by their time; what happens may add later ones. Those of one time happen as they were added."""

    def __init__(self) -> None:
        self._happenings: list[tuple[datetime, int, Happening]] = []
        self._numbers = count()

    def add(self, at: datetime, happening: Happening) -> None:
        heapq.heappush(self._happenings, (at, next(self._numbers), happening))

    def run(self, *, until: datetime, progress: Callable[[datetime], None]) -> None:
        """Let everything before `until` happen; `progress` hears of each time."""
        while self._happenings and self._happenings[0][0] < until:
            at, _, happening = heapq.heappop(self._happenings)
            happening(at)
            progress(at)
