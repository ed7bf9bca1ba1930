"""Showing what a filing releases: decided anew on each opening, recorded, and only then shown (PRE-1, PRE-2)."""

import hashlib
import hmac
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core import signing

from disclosure.filing_facts import evidence_of, read_filing_facts
from disclosure.filing_gate import decide_filing
from disclosure.filing_records import decision_to_json
from disclosure.filing_states import GRANTED, IN_REVIEW, State
from disclosure.gate import Outcome
from disclosure.models import AccessLink, Filing, Opening, Remark
from disclosure.services.errors import MovedOn, NotYours, ReasonMissing, WrongRecipient
from disclosure.services.filings import sealed
from disclosure.services.notices import enqueue_notice
from privacy_app import locks
from privacy_app.ledger.actors import Actor
from privacy_app.ledger.services import append
from privacy_app.outbox.services import enqueue
from users.models import User
from users.services.actors import as_person, as_staff, pseudonym_of
from users.services.chosen import ChosenValue, chosen_values
from users.services.errors import PersonErased

LINK = "filing.link"
_LINK_DAYS = timedelta(days=7)
_SALT = "filing-link"
_THROUGH_A_LINK = Actor("authority")

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Shown:
    """What one opening gave: by permitted field the value, or None where nothing is held or it does not open."""

    decision: Mapping[str, Any]
    fields: Mapping[str, ChosenValue | None]

    @property
    def is_permitted(self) -> bool:
        return bool(self.decision["outcome"] == Outcome.PERMIT)


# -- the recipient ----------------------------------------------------------------------------


@locks.in_transaction
def open_as_person(filing: Filing, *, by: User, clock: Clock) -> Shown:
    """The respondent or party opens what was approved for them. Raises NotYours for anybody else."""
    if filing.recipient_id != by.pk:
        raise NotYours
    return _open(filing, actor=as_person(by), clock=clock)


@locks.in_transaction
def open_through_link(link: AccessLink, *, browser: str, clock: Clock) -> Shown:
    """An authority opens its link. The first browser, known by a secret of its own, is the only one it opens for.

    Raises NotYours for another browser, and MovedOn where the link has expired or was ended.
    """
    locks.share(evidence=evidence_of(link.filing), people=[link.filing.person_id])
    link = AccessLink.objects.select_for_update().select_related("filing").get(pk=link.pk)
    at = clock()
    if link.revoked_at is not None or link.expires_at <= at:
        raise MovedOn
    if not opens_for(link, browser=browser):
        raise NotYours
    if link.browser_hash is None:
        link.browser_hash, link.first_opened_at = _digest(browser), at
        link.save(update_fields=["browser_hash", "first_opened_at"])
    return _open(link.filing, actor=_THROUGH_A_LINK, clock=lambda: at)


def opens_for(link: AccessLink, *, browser: str) -> bool:
    """Whether the browser with this secret is the one that the link opens for, or could become it."""
    return link.browser_hash is None or hmac.compare_digest(bytes(link.browser_hash), _digest(browser))


def _digest(browser: str) -> bytes:
    return hashlib.sha256(browser.encode()).digest()


def _open(filing: Filing, *, actor: Actor, clock: Clock) -> Shown:
    people = [id_ for id_ in (filing.person_id, filing.recipient_id) if id_]
    locks.share(evidence=evidence_of(filing), people=people)
    filing = _read(filing)
    at = clock()
    facts = read_filing_facts(filing, at=at)
    decision = decide_filing(facts, at=at)
    permitted = decision.permitted
    body = decision_to_json(facts, decision, filing=str(filing.pk), version=filing.version)
    entry = append(
        kind="filing.opened" if permitted else "filing.opening_refused",
        pseudonym=pseudonym_of(filing.person),
        actor=actor,
        body=body,
        at=at,
    )
    if not permitted:
        return Shown(body, {})
    _keep(filing, Opening.By.RECIPIENT, permitted, entry=entry, at=at)
    if Filing.objects.filter(pk=filing.pk, state=State.APPROVED.value).update(state=State.RELEASED.value):
        # The first opening.
        enqueue_notice(filing, at=at)
    values = chosen_values([filing.person_id], permitted, at=at)
    return Shown(body, {field: values.get((filing.person_id, field)) for field in permitted})


def _read(filing: Filing) -> Filing:
    return Filing.objects.select_related(
        "person",
        "recipient",
        "authority",
        "instrument__authority",
        "violation",
        "complaint",
        "transaction",
        "provision",
    ).get(pk=filing.pk)


def _keep(filing: Filing, by: Opening.By, fields: tuple[str, ...], *, entry: int, at: datetime) -> None:
    Opening.objects.create(
        id=uuid.uuid4(), filing=filing, by=by, person_id=filing.person_id, fields=list(fields), at=at, entry_id=entry
    )


# -- reviewers -------------------------------------------------------------------------------------


def explain(filing: Filing, *, at: datetime) -> Mapping[str, Any]:
    """What the gate says of a filing at this moment, rule by rule: asks, and releases nothing."""
    filing = _read(filing)
    facts = read_filing_facts(filing, at=at)
    return decision_to_json(facts, decide_filing(facts, at=at), filing=str(filing.pk), version=filing.version)


@locks.in_transaction
def look(filing: Filing, *, reason: str, by: User, at: datetime) -> Mapping[str, ChosenValue | None]:
    """A reviewer looks at the values a filing asks for, to decide. It is entered, and the person sees it as such; the reason is kept sealed.

    Raises ReasonMissing, NotYours for whoever it concerns, MovedOn where there is nothing to decide, and PersonErased.
    """
    if not reason.strip():
        raise ReasonMissing
    locks.share(evidence=[filing.pk], people=[filing.person_id])
    filing = _read(filing)
    if by.pk in (filing.filed_by_id, filing.person_id, filing.recipient_id):
        raise NotYours
    if State(filing.state) not in IN_REVIEW | GRANTED:
        raise MovedOn
    if filing.person.erased_at is not None:
        raise PersonErased
    fields = tuple(filing.fields)
    Remark.objects.create(filing=filing, kind=Remark.Kind.LOOK, author=by, text=sealed(filing, reason), at=at)
    entry = append(
        kind="filing.looked_at",
        pseudonym=pseudonym_of(filing.person),
        actor=as_staff(by),
        body={"filing": str(filing.pk), "version": filing.version, "fields": list(fields)},
        at=at,
    )
    _keep(filing, Opening.By.REVIEWER, fields, entry=entry, at=at)
    values = chosen_values([filing.person_id], fields, at=at)
    return {field: values.get((filing.person_id, field)) for field in fields}


# -- links --------------------------------------------------------------------------------------------


@locks.in_transaction
def issue_link(filing: Filing, *, by: User, at: datetime) -> AccessLink:
    """Send the authority its link, in place of any earlier one.

    Raises WrongRecipient, and MovedOn unless it is approved and has not expired, by its date too.
    """
    locks.exclude(evidence=[filing.pk])
    filing.refresh_from_db()
    if filing.authority_id is None:
        raise WrongRecipient
    if State(filing.state) not in GRANTED or (filing.expires_at is not None and filing.expires_at <= at):
        raise MovedOn
    AccessLink.objects.filter(filing=filing, revoked_at=None).update(revoked_at=at)
    ends = [end for end in (filing.expires_at, at + _LINK_DAYS) if end is not None]
    link = AccessLink.objects.create(filing=filing, created_at=at, expires_at=min(ends))
    append(
        kind="filing.link_issued",
        pseudonym=pseudonym_of(filing.person),
        actor=as_staff(by),
        body={"filing": str(filing.pk), "link": str(link.pk)},
        at=at,
    )
    enqueue(LINK, {"link": str(link.pk)}, at=at)
    return link


def token_of(link: AccessLink) -> str:
    """The secret part of the link's address: signed, and nowhere stored; the same each time, as mail can repeat."""
    return signing.Signer(salt=_SALT).sign(link.pk.hex)


def link_of(token: str) -> AccessLink | None:
    """The link that a token was made for; None for any other text."""
    try:
        link_id = uuid.UUID(signing.Signer(salt=_SALT).unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    evidence = ("authority", "instrument", "violation", "complaint", "transaction", "provision")
    links = AccessLink.objects.select_related(*(f"filing__{name}" for name in evidence))
    return links.filter(pk=link_id).first()
