"""Who did it, as the ledger names them: never an id that leads to a person, except through a destroyable pseudonym."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """The one on whose account something is done: a person (as themselves or as staff), a partner's client, or the system."""

    kind: str
    key: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}" if self.key else self.kind

    @classmethod
    def person(cls, pseudonym: UUID) -> "Actor":
        return cls("person", str(pseudonym))

    @classmethod
    def staff(cls, pseudonym: UUID) -> "Actor":
        return cls("staff", str(pseudonym))

    @classmethod
    def client(cls, client_id: str) -> "Actor":
        return cls("client", client_id)


SYSTEM = Actor("system")
