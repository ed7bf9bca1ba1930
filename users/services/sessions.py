"""A person's own log-ins, and ending them (SEC-a)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from privacy_app import locks
from privacy_app.ledger.actors import Actor
from privacy_app.ledger.services import append
from users.access.devices import device_of
from users.models import LoginSession, User
from users.services.actors import pseudonym_of


@dataclass(frozen=True, slots=True)
class Login:
    """One log-in as its owner sees it. `browser` is like `Firefox 140 · Windows`, empty where it could not be told."""

    id: UUID
    browser: str
    address: str
    started_at: datetime | None
    seen_at: datetime | None
    is_current: bool


def logins_of(person: User, *, current_key: str | None, at: datetime) -> list[Login]:
    """The person's live log-ins, the current one first, then by last use."""
    rows = LoginSession.objects.filter(person=person, expire_date__gt=at).order_by("-seen_at")
    logins = []
    for row in rows:
        device = row.get_decoded().get("device", {})
        logins.append(
            Login(
                id=row.id,
                browser=_browser(device.get("browser", "")),
                address=device.get("address", ""),
                started_at=row.started_at,
                seen_at=row.seen_at,
                is_current=row.session_key == current_key,
            )
        )
    return sorted(logins, key=lambda login: not login.is_current)


def _browser(user_agent: str) -> str:
    device = device_of(user_agent)
    return " · ".join(filter(None, (device.browser, device.system)))


@locks.in_transaction
def end_login(person: User, login_id: UUID, *, by: Actor, at: datetime) -> bool:
    """End one of the person's own log-ins; False where there is none of that id."""
    return _end(LoginSession.objects.filter(person=person, id=login_id).delete()[0], person, by=by, at=at) > 0


@locks.in_transaction
def end_other_logins(person: User, *, current_key: str | None, by: Actor, at: datetime) -> int:
    """End all of the person's log-ins but the current one; returns how many."""
    others = LoginSession.objects.filter(person=person).exclude(session_key=current_key or "")
    return _end(others.delete()[0], person, by=by, at=at)


def _end(count: int, person: User, *, by: Actor, at: datetime) -> int:
    if count:
        append(kind="login.ended", pseudonym=pseudonym_of(person), actor=by, body={"count": count}, at=at)
    return count
