"""One request as it is noted while it is answered: short, cut down to what may be recorded, and not yet looked into."""

from datetime import UTC, date, datetime
from uuid import UUID

import msgspec


class Visit(msgspec.Struct, omit_defaults=True, frozen=True):
    """What `users.access.fields` allows to be made a record of. Times are UTC; empty is what was not sent.

    `user_agent`, `brands`, `platform` and `is_mobile` are what the browser sends; only what is made of them is kept.
    """

    id: UUID
    at: datetime
    person: UUID | None = None
    address: str = ""
    user_agent: str = ""
    brands: str = ""
    platform: str = ""
    is_mobile: bool = False
    language: str = ""
    method: str = ""
    page: str = ""
    query: str = ""
    status: int = 0
    referrer: str = ""
    client: str = ""

    @property
    def day(self) -> date:
        """The day of its record, by which it is kept and forgotten."""
        return self.at.astimezone(UTC).date()


encode = msgspec.msgpack.Encoder().encode
decode = msgspec.msgpack.Decoder(Visit).decode
