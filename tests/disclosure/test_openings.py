"""Opening what people approved: decided anew each time, on record, and over at once when what it rests on is over."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import IntegrityError, connections, transaction

from disclosure.filing_facts import read_filing_facts
from disclosure.filing_records import replay
from disclosure.filing_states import State
from disclosure.models import AccessLink, Filing, Opening, Remark
from disclosure.services import filings, openings
from disclosure.services.authorities import doubt_authority
from disclosure.services.complaints import close_complaint
from disclosure.services.errors import AlreadyAsked, MovedOn, NotYours, WrongRecipient
from disclosure.services.filings import Wanted, unsealed
from disclosure.services.openings import Shown, issue_link, link_of, open_as_person, open_through_link, token_of
from disclosure.services.provisions import repeal_provision
from disclosure.services.transactions import close_transaction
from disclosure.tasks import expire_filings
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from privacy_app.ledger.verification import findings
from privacy_app.outbox.models import Message
from tests.concurrently import Call
from tests.disclosure.matters import (
    ADDRESS,
    DAY,
    EMAIL,
    PHONE,
    PHONE_NUMBER,
    approve,
    asked_of_complainant,
    asked_of_counterparty,
    complaint_about,
    court,
    granted_demand,
    now,
    provision,
    reviewers,
    transaction_of,
    violation_of,
    with_phone,
)
from tests.users.makers import ADA, BEN, someone
from users.models import Freeze, PersonalDataItem, User
from users.services.erasure import erase
from users.services.freezing import freeze

BROWSER = "the secret of a browser"


@dataclass
class Grant:
    """Something that was approved, and how its recipient opens it."""

    filing: Filing
    person: User
    staff: list[User]
    open: Callable[[], Shown]

    @property
    def values(self) -> dict[str, str | None]:
        return {field: found.value if found else None for field, found in self.open().fields.items()}


def _through_link(filing: Filing, by: User, clock: Callable[[], datetime] = now) -> Callable[[], Shown]:
    link = issue_link(filing, by=by, at=now())
    return lambda: open_through_link(link, browser=BROWSER, clock=clock)


def of_instrument(**more: Any) -> Grant:
    person = with_phone(ADA)
    filing, staff = granted_demand(person, **more)
    return Grant(filing, person, staff, _through_link(filing, staff[1]))


def of_violation(**more: Any) -> Grant:
    person, staff = with_phone(ADA), reviewers(3)
    wanted = Wanted(
        person,
        (EMAIL, PHONE),
        violation_of(person, finder=staff[0], decider=staff[1]),
        authority=court(staff[0], **more),
        justification="To find the goods",
        expires_at=now() + DAY,
    )
    filing = filings.submit(filings.draft(wanted, by=staff[0], at=now()), shown=1, by=staff[0], at=now())
    filing = approve(filing, staff[1:])
    return Grant(filing, person, staff, _through_link(filing, staff[1]))


def of_provision(**more: Any) -> Grant:
    person, staff = with_phone(ADA), reviewers(3)
    wanted = Wanted(
        person,
        (EMAIL, PHONE),
        provision(),
        authority=court(staff[0], **more),
        justification="A flood",
        expires_at=now() + DAY,
    )
    filing = filings.submit(filings.draft(wanted, by=staff[0], at=now()), shown=1, by=staff[0], at=now())
    filing = approve(filing, staff[1:])
    return Grant(filing, person, staff, _through_link(filing, staff[1]))


def of_complaint() -> Grant:
    complainant, respondent, staff = with_phone(ADA), someone(BEN), reviewers(1)
    complaint = complaint_about(respondent, complainant, clerk=staff[0], fields=(EMAIL, PHONE))
    filing = approve(asked_of_complainant(complaint, respondent, fields=(EMAIL, PHONE)), staff)
    return Grant(filing, complainant, staff, lambda: open_as_person(filing, by=respondent, clock=now))


def of_transaction() -> Grant:
    counterparty, party, staff = with_phone(ADA), someone(BEN), reviewers(1)
    filing = approve(asked_of_counterparty(transaction_of(party, counterparty), party, fields=(EMAIL, PHONE)), staff)
    return Grant(filing, counterparty, staff, lambda: open_as_person(filing, by=party, clock=now))


GRANTS = {
    "DIS-c": of_instrument,
    "DIS-d": of_violation,
    "DIS-e": of_complaint,
    "DIS-f": of_transaction,
    "DIS-g": of_provision,
}
each_ground = pytest.mark.parametrize("make", GRANTS.values(), ids=GRANTS.keys())


# -- what an opening gives ------------------------------------------------------------------------


@each_ground
@pytest.mark.django_db
@pytest.mark.clause("PRE-2")
def test_what_was_approved_is_shown_to_its_recipient_and_each_time_is_on_record(make: Callable[[], Grant]) -> None:
    grant = make()
    assert grant.values == {EMAIL: ADA, PHONE: PHONE_NUMBER}
    grant.filing.refresh_from_db()
    assert grant.filing.state == State.RELEASED
    assert grant.values == {EMAIL: ADA, PHONE: PHONE_NUMBER}
    shown = list(Opening.objects.order_by("at"))
    assert [(row.by, row.person, row.fields) for row in shown] == [("recipient", grant.person, [EMAIL, PHONE])] * 2
    entries = Entry.objects.filter(kind="filing.opened").order_by("seq")
    assert [row.entry for row in shown] == list(entries)
    assert all(replay(entry.body) for entry in entries)
    assert all(ADA not in str(entry.body) and PHONE_NUMBER not in str(entry.body) for entry in entries)


@pytest.mark.django_db
@pytest.mark.clause("DIS-c")
def test_a_field_of_which_nothing_is_held_is_shown_as_nothing() -> None:
    grant = of_instrument(fields=(EMAIL,))
    PersonalDataItem.objects.filter(person=grant.person).delete()
    assert grant.values == {EMAIL: None}


@pytest.mark.django_db
@pytest.mark.clause("DIS-c")
def test_only_the_fields_that_the_instrument_demands_are_shown() -> None:
    """The reviewers approved three; the order names two."""
    grant = of_instrument(fields=(EMAIL, PHONE, ADDRESS))
    assert set(grant.values) == {EMAIL, PHONE}


@pytest.mark.django_db
@pytest.mark.clause("DIS-f")
@pytest.mark.parametrize("make", [of_complaint, of_transaction])
def test_what_was_approved_for_one_person_opens_for_nobody_else(make: Callable[[], Grant]) -> None:
    grant = make()
    for stranger in (grant.person, *grant.staff, someone("eve@lantern.example")):
        with pytest.raises(NotYours):
            open_as_person(grant.filing, by=stranger, clock=now)
    assert not Opening.objects.exists()


@pytest.mark.django_db
@pytest.mark.clause("DIS-c")
@pytest.mark.parametrize("make", [of_violation, of_provision])
def test_an_authority_abroad_gets_nothing_on_a_ground_that_needs_no_approval_at_home(
    make: Callable[..., Grant],
) -> None:
    """What it demands goes by its instrument, and by the approval of that (PIPL 41)."""
    shown = make(country="US").open()
    assert not shown.is_permitted and not shown.fields
    assert {reason["code"] for reason in shown.decision["reasons"]} == {"foreign_not_approved"}


# -- links ------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.clause("DIS-c")
def test_a_link_opens_in_the_first_browser_and_in_no_other() -> None:
    grant = of_instrument()
    link = AccessLink.objects.get()
    assert grant.open().is_permitted
    with pytest.raises(NotYours):
        open_through_link(link, browser="another secret", clock=now)
    assert grant.open().is_permitted
    link.refresh_from_db()
    assert BROWSER.encode() not in bytes(link.browser_hash or b"")
    assert Opening.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.clause("DIS-c")
def test_a_newer_link_replaces_the_older_one() -> None:
    grant = of_instrument()
    issue_link(grant.filing, by=grant.staff[1], at=now())
    with pytest.raises(MovedOn):
        grant.open()


@pytest.mark.django_db
@pytest.mark.clause("DIS-c")
def test_a_link_opens_until_its_date() -> None:
    grant = of_instrument()
    link = AccessLink.objects.get()
    assert link.expires_at - link.created_at == timedelta(days=7)
    assert open_through_link(link, browser=BROWSER, clock=lambda: link.expires_at - timedelta(seconds=1)).is_permitted
    with pytest.raises(MovedOn):
        open_through_link(link, browser=BROWSER, clock=lambda: link.expires_at)
    assert grant.filing.expires_at is not None and grant.filing.expires_at > link.expires_at


@pytest.mark.django_db
@pytest.mark.clause("DIS-g")
def test_a_link_lives_no_longer_than_what_it_rests_on() -> None:
    of_provision()
    link = AccessLink.objects.get()
    assert link.expires_at == link.filing.expires_at


@pytest.mark.django_db
@pytest.mark.clause("SEC-a")
def test_the_address_of_a_link_is_stored_nowhere_and_cannot_be_made_up() -> None:
    of_instrument()
    link = AccessLink.objects.get()
    token = token_of(link)
    assert link_of(token) == link
    wrong = [token[:-1], token + "A", token.replace(":", "", 1), str(link.pk), "", "a" * 500]
    assert [link_of(text) for text in wrong] == [None] * len(wrong)


@pytest.mark.django_db
@pytest.mark.clause("DIS-e")
def test_there_is_no_link_for_what_a_person_receives() -> None:
    grant = of_complaint()
    with pytest.raises(WrongRecipient):
        issue_link(grant.filing, by=grant.staff[0], at=now())


@pytest.mark.django_db
@pytest.mark.clause("DIS-g")
def test_there_is_no_link_for_what_has_expired_by_its_date() -> None:
    grant = of_provision()
    _expire(grant)
    with pytest.raises(MovedOn):
        issue_link(grant.filing, by=grant.staff[1], at=now())


# -- what ends it -------------------------------------------------------------------------------------


def _freeze(grant: Grant) -> None:
    freeze(grant.person, cause=Freeze.Cause.REQUEST, by=SYSTEM, at=now())


def _erase(grant: Grant) -> None:
    erase(grant.person, by=SYSTEM, at=now())


def _revoke(grant: Grant) -> None:
    grant.filing.refresh_from_db()
    reviewer = grant.staff[-1]
    filings.revoke(grant.filing, shown=grant.filing.version, reason="A mistake", by=reviewer, at=now())


def _expire(grant: Grant) -> None:
    """By date alone: no job has run."""
    Filing.objects.filter(pk=grant.filing.pk).update(expires_at=now() - timedelta(seconds=1))


def _expire_by_job(grant: Grant) -> None:
    _expire(grant)
    expire_filings()
    grant.filing.refresh_from_db()
    assert grant.filing.state == State.EXPIRED


def _close(grant: Grant) -> None:
    """What each ground rests on is over."""
    filing = grant.filing
    if filing.complaint:
        close_complaint(filing.complaint, by=SYSTEM, at=now())
    elif filing.transaction:
        close_transaction(filing.transaction, by=SYSTEM, at=now())
    elif filing.provision:
        repeal_provision(filing.provision, by=grant.staff[0], at=now())
    else:
        assert filing.authority
        doubt_authority(filing.authority, by=grant.staff[0], at=now())


ENDS = {
    "a freeze": _freeze,
    "an erasure": _erase,
    "a revocation": _revoke,
    "an expiry": _expire,
    "an expiry that was entered": _expire_by_job,
    "the end of what it rests on": _close,
}


def _gives_nothing(grant: Grant) -> bool:
    """Refused, or the link itself is over; and nothing was shown."""
    before = Opening.objects.count()
    try:
        shown = grant.open()
    except MovedOn:
        return Opening.objects.count() == before
    return not shown.is_permitted and not shown.fields and Opening.objects.count() == before


@each_ground
@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
@pytest.mark.parametrize("opened_before", [True, False], ids=["opened", "never opened"])
@pytest.mark.django_db
@pytest.mark.clause("PRE-2")
def test_the_opening_after_an_end_is_refused(
    make: Callable[[], Grant], end: Callable[[Grant], None], opened_before: bool
) -> None:
    grant = make()
    if opened_before:
        assert grant.open().is_permitted
    end(grant)
    assert _gives_nothing(grant)


@pytest.mark.django_db
@pytest.mark.clause("PRE-2")
def test_a_refused_opening_is_on_record_with_its_reasons() -> None:
    grant = of_transaction()
    _freeze(grant)
    shown = grant.open()
    entry = Entry.objects.get(kind="filing.opening_refused")
    assert entry.body == shown.decision
    assert [reason["code"] for reason in entry.body["reasons"]] == ["person_frozen"]
    grant.filing.refresh_from_db()
    assert grant.filing.state == State.APPROVED


@pytest.mark.django_db
@pytest.mark.clause("PRE-2")
def test_an_edit_after_the_approval_voids_it() -> None:
    grant = of_violation()
    filing = grant.filing
    assert filing.violation and filing.authority
    wanted = Wanted(grant.person, (EMAIL, ADDRESS), filing.violation, authority=filing.authority, justification="More")
    edited = filings.edit(filing, wanted, shown=1, by=grant.staff[0], at=now())
    assert edited.state == State.SUBMITTED
    assert edited.decided_at is None
    assert openings.explain(edited, at=now())["outcome"] == "review"
    assert _gives_nothing(grant)


@pytest.mark.django_db
@pytest.mark.clause("DIS-d")
def test_the_link_of_one_authority_never_opens_what_was_approved_for_another() -> None:
    grant = of_violation()
    filing = grant.filing
    assert filing.violation
    elsewhere = court(grant.staff[0], name="Hill Court")
    wanted = Wanted(grant.person, (EMAIL, PHONE), filing.violation, authority=elsewhere, justification="To find them")
    edited = filings.edit(filing, wanted, shown=1, by=grant.staff[0], at=now())
    approve(edited, grant.staff[1:])
    assert openings.explain(edited, at=now())["outcome"] == "permit"
    assert _gives_nothing(grant)
    assert _through_link(edited, grant.staff[1])().is_permitted


@pytest.mark.django_db
@pytest.mark.clause("DIS-f")
def test_whoever_has_something_of_a_person_loses_it_with_their_own_erasure() -> None:
    grant = of_transaction()
    erase(User.objects.get(email=BEN), by=SYSTEM, at=now())
    grant.filing.refresh_from_db()
    assert grant.filing.state == State.REVOKED
    assert _gives_nothing(grant)


# -- at the same moment ---------------------------------------------------------------------------------


@pytest.fixture
def committed(committed_db: str) -> Iterator[None]:
    yield
    connections.close_all()


RACING = {
    "a revocation": (of_instrument, _revoke),
    "a revocation of what a person sees": (of_transaction, _revoke),
    "a freeze": (of_instrument, _freeze),
    "an erasure": (of_complaint, _erase),
    "the end of a complaint": (of_complaint, _close),
    "the end of a transaction": (of_transaction, _close),
    "a doubt about the authority": (of_violation, _close),
    "the end of a provision": (of_provision, _close),
}
racing = pytest.mark.parametrize(("make", "end"), RACING.values(), ids=RACING.keys())


@racing
@pytest.mark.clause("PRE-2")
def test_an_end_waits_for_an_opening_that_is_under_way_and_holds_for_the_next(
    committed: None, make: Callable[[], Grant], end: Callable[[Grant], None]
) -> None:
    grant = make()
    with transaction.atomic():
        assert grant.open().is_permitted
        ending = Call(lambda: end(grant))
        assert ending.waits()
    ending.result()
    assert _gives_nothing(grant)
    opened = Entry.objects.get(kind="filing.opened")
    later = Entry.objects.filter(seq__gt=opened.seq).exclude(kind__startswith="filing.open")
    assert later.exists()
    assert all(finding.matches for finding in findings())


@racing
@pytest.mark.clause("PRE-2")
def test_an_opening_waits_for_an_end_that_is_under_way_and_is_refused(
    committed: None, make: Callable[[], Grant], end: Callable[[Grant], None]
) -> None:
    grant = make()
    with transaction.atomic():
        end(grant)
        opening = Call(lambda: _gives_nothing(grant))
        assert opening.waits()
    assert opening.result()
    assert not Opening.objects.exists()


@pytest.mark.clause("DIS-g")
def test_what_gets_a_later_date_while_the_expiry_is_entered_does_not_expire(committed: None) -> None:
    grant = of_provision()
    filing = grant.filing
    assert filing.provision and filing.authority and filing.expires_at
    on_the_day = filing.expires_at
    later = Wanted(
        grant.person,
        (EMAIL, PHONE),
        filing.provision,
        authority=filing.authority,
        justification="It rains on",
        expires_at=on_the_day + DAY,
    )
    with transaction.atomic():
        filings.edit(filing, later, shown=1, by=grant.staff[0], at=now())
        expiring = Call(lambda: filings.expire_due(at=on_the_day))
        assert expiring.waits()
    assert expiring.result() == 0
    filing.refresh_from_db()
    assert filing.state == State.SUBMITTED


@pytest.mark.clause("DIS-c")
def test_of_two_browsers_that_open_a_link_at_once_one_is_refused(committed: None) -> None:
    of_instrument()
    link = AccessLink.objects.get()
    with transaction.atomic():
        assert open_through_link(link, browser=BROWSER, clock=now).is_permitted
        second = Call(lambda: open_through_link(link, browser="another secret", clock=now))
        assert second.waits()
    with pytest.raises(NotYours):
        second.result()
    assert Opening.objects.count() == 1


@pytest.mark.clause("DIS-c")
def test_of_two_first_openings_at_once_one_makes_the_notice(committed: None) -> None:
    grant = of_transaction()
    with transaction.atomic():
        assert grant.open().is_permitted
        second = Call(grant.open)
        assert second.waits()
    assert second.result().is_permitted
    assert Opening.objects.count() == 2
    assert Message.objects.filter(kind="filing.notice").count() == 1


@pytest.mark.clause("DIS-f")
def test_of_two_requests_in_one_matter_at_once_there_is_one(committed: None) -> None:
    party, counterparty = someone(BEN), with_phone(ADA)
    matter = transaction_of(party, counterparty)
    with transaction.atomic():
        asked_of_counterparty(matter, party)
        second = Call(lambda: asked_of_counterparty(matter, party))
        assert second.waits()
    with pytest.raises(AlreadyAsked):
        second.result()
    filing = Filing.objects.get()
    # Nor does the database keep another one, whatever wrote it.
    with pytest.raises(IntegrityError, match="filing_one_of_a_party"), transaction.atomic():
        Filing.objects.filter(pk=filing.pk).update(state=State.SUBMITTED)
        filing.pk = uuid4()
        filing.save(force_insert=True)


# -- reviewers --------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.clause("PRE-2")
def test_a_look_of_a_reviewer_releases_nothing_and_is_kept_as_such() -> None:
    grant = of_instrument()
    values = openings.look(grant.filing, reason="To compare", by=grant.staff[1], at=now())
    assert {field: found.value for field, found in values.items() if found} == {EMAIL: ADA, PHONE: PHONE_NUMBER}
    assert Opening.objects.get().by == Opening.By.REVIEWER
    why = Remark.objects.get(kind=Remark.Kind.LOOK)
    assert why.author_id == grant.staff[1].pk
    assert b"compare" not in bytes(why.text)
    assert unsealed(grant.filing, [why.text]) == ["To compare"]
    grant.filing.refresh_from_db()
    assert grant.filing.state == State.APPROVED


@pytest.mark.clause("DIS-c")
@pytest.mark.django_db
def test_an_instrument_counts_from_the_begin_of_its_day_where_the_site_is() -> None:
    filing = of_instrument().filing
    assert filing.instrument is not None
    day = filing.instrument.issued_on
    instrument = read_filing_facts(filing, at=now()).instrument
    assert instrument is not None
    assert instrument.issued_at == datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(settings.TIME_ZONE))
