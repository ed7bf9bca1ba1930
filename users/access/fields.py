"""The registry of what an access record may hold (COL-a). What is not in it is not recorded: sealing refuses it."""

from collections.abc import Mapping
from dataclasses import dataclass

_CLAUSE = "COL-a"


@dataclass(frozen=True, slots=True)
class RecordedField:
    """One thing that is recorded: the kind of data it is (a key of the registry of elements) and the clause that says so.

    `sources` names what of the request it is made from (`users.access.visits.Visit`).
    """

    element: str
    sources: tuple[str, ...]
    clause: str = _CLAUSE


# As a column of its own, since records are put in order and found by it, or sealed.
COLUMNS: Mapping[str, RecordedField] = {
    "at": RecordedField("device.access_time", ("at",)),
    "person": RecordedField("device.pages", ("person",)),
}
SEALED: Mapping[str, RecordedField] = {
    "address": RecordedField("device.ip_address", ("address",)),
    "browser": RecordedField("device.browser", ("user_agent", "brands")),
    "language": RecordedField("device.language", ("language",)),
    "system": RecordedField("device.system", ("user_agent", "platform")),
    "device": RecordedField("device.system", ("user_agent", "is_mobile")),
    "method": RecordedField("device.pages", ("method",)),
    "page": RecordedField("device.pages", ("page",)),
    "query": RecordedField("device.pages", ("query",)),
    "status": RecordedField("device.pages", ("status",)),
    "referrer": RecordedField("device.pages", ("referrer",)),
    # A partner's program, which is nobody's: its name, and nothing else of the above but the page.
    "client": RecordedField("device.pages", ("client",)),
}
FIELDS: Mapping[str, RecordedField] = {**COLUMNS, **SEALED}
