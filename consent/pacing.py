"""How fast a mailing may go on: arithmetic over its rate, without a clock or a database.

A mailing owns up to when its mails are paid for (`paced_at`): each takes 60 s / rate of its time. What it did not use
while nothing could be sent is kept for a moment only, so that no flood follows a pause.
"""

from datetime import datetime, timedelta

_KEPT = timedelta(seconds=15)
_MINUTE = timedelta(minutes=1)


def fresh(at: datetime) -> datetime:
    """`paced_at` of what begins or goes on now: it may send at once what is ever kept."""
    return at - _KEPT


def allowance(paced_at: datetime, *, per_minute: int, at: datetime) -> int:
    """How many mails may be sent now."""
    unused = min(at - paced_at, _KEPT) if at > paced_at else timedelta(0)
    # One at least in the time that is kept, however slow the rate.
    return max(int(unused * per_minute / _MINUTE), int(at - paced_at >= _MINUTE / per_minute))


def paid_up_to(paced_at: datetime, sent: int, *, per_minute: int, at: datetime) -> datetime:
    """`paced_at` after so many more were sent, of those that were allowed."""
    oldest = at - max(_KEPT, _MINUTE / per_minute)
    return max(paced_at, oldest) + sent * _MINUTE / per_minute


def next_at(paced_at: datetime, wanted: int, *, per_minute: int) -> datetime:
    """When so many mails may be sent, or as many as are ever kept."""
    return paced_at + min(max(wanted, 1) * _MINUTE / per_minute, max(_KEPT, _MINUTE / per_minute))
