"""What partners give: accepted with channel, basis, evidence and date, where an engagement lets them, and never otherwise."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event as Signal
from threading import Thread

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone

from consent.services import consents
from consent.states import Event
from disclosure.contributing import Decision, Facts, Item, Offer, Refusal, decide, reasons_for_partner
from disclosure.models import Contribution, Engagement
from disclosure.services.contributions import Answer, contribute
from disclosure.services.engagements import end
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from privacy_app.outbox.delivery import deliver_next
from privacy_app.outbox.models import Message
from tests.api.callers import World
from tests.users.makers import ADA, held, someone
from users.models import Category, ChannelBasis, ContactIndex, DataElement, Freeze, PersonalDataItem, User
from users.queries import find_people
from users.services.actors import pseudonym_of
from users.services.erasure import erase
from users.services.freezing import freeze
from users.services.items import Channel, read

NOW = datetime(2026, 5, 3, 9, 30, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=30)
CHANNEL = Channel("Corrected at the door", ChannelBasis.CONTRACT, "Delivery note 17, signed by Bo")


# -- the decision, rule by rule ------------------------------------------------------------------------


def _engagement(**instead: object) -> Engagement:
    return Engagement(**{"valid_from": LONG_AGO, "contributes": ["contact.address", "identity.name"], **instead})


def _element(key: str, **more: str) -> DataElement:
    return DataElement(key=key, category=Category(key.partition(".")[0]), **more)


ADDRESS = Item("contact.address", "8 River Street", LONG_AGO)
NAME = Item("identity.name", "Ada Lin", LONG_AGO)
OFFER = Offer("email", ADA, (ADDRESS, NAME), CHANNEL)
FACTS = Facts(
    person_known=True,
    person_erased=False,
    person_frozen=False,
    related=True,
    engagements=[_engagement()],
    elements={key: _element(key) for key in ("contact.address", "identity.name")},
    policy_version=1,
)
BOTH, FIRST = ("contact.address", "identity.name"), ("contact.address",)


def _obtained(at: datetime | None) -> Offer:
    return replace(OFFER, items=(replace(ADDRESS, obtained_at=at), NAME))


def _of(key: str, **more: str) -> tuple[Offer, Facts]:
    """The first item is of this element, which an engagement names."""
    named = [_engagement(contributes=[key, "identity.name"])]
    elements = {key: _element(key, **more), "identity.name": _element("identity.name")}
    return replace(OFFER, items=(Item(key, "x", LONG_AGO), NAME)), replace(FACTS, engagements=named, elements=elements)


def _engaged(*engagements: Engagement) -> tuple[Offer, Facts]:
    return OFFER, replace(FACTS, engagements=engagements)


REFUSED: list[tuple[Refusal, Offer, Facts, tuple[str, ...]]] = [
    (Refusal.UNKNOWN_PERSON, OFFER, replace(FACTS, person_known=False, related=False), BOTH),
    (Refusal.PERSON_ERASED, OFFER, replace(FACTS, person_erased=True), BOTH),
    (Refusal.PERSON_FROZEN, OFFER, replace(FACTS, person_frozen=True), BOTH),
    (Refusal.NOT_RELATED, OFFER, replace(FACTS, related=False), BOTH),
    (Refusal.NO_POLICY, OFFER, replace(FACTS, policy_version=None), BOTH),
    (Refusal.NO_CHANNEL, replace(OFFER, channel=replace(CHANNEL, name="")), FACTS, BOTH),
    (Refusal.NO_BASIS, replace(OFFER, channel=replace(CHANNEL, basis="")), FACTS, BOTH),
    (Refusal.NO_EVIDENCE, replace(OFFER, channel=replace(CHANNEL, evidence="")), FACTS, BOTH),
    (Refusal.NO_OBTAINED_AT, _obtained(None), FACTS, FIRST),
    (Refusal.OBTAINED_IN_THE_FUTURE, _obtained(NOW + timedelta(microseconds=1)), FACTS, FIRST),
    (Refusal.OBTAINED_IN_THE_FUTURE, _obtained(datetime.max.replace(tzinfo=UTC)), FACTS, FIRST),
    (Refusal.OBTAINED_TOO_EARLY, _obtained(datetime(1899, 12, 31, 23, 59, tzinfo=UTC)), FACTS, FIRST),
    (Refusal.OBTAINED_TOO_EARLY, _obtained(datetime.min.replace(tzinfo=UTC)), FACTS, FIRST),
    (Refusal.UNKNOWN_FIELD, OFFER, replace(FACTS, elements={"identity.name": _element("identity.name")}), FIRST),
    (Refusal.EXCLUDED_FIELD, *_of("activity.reviews", excluded_by="EXC-b"), ("activity.reviews",)),
    (Refusal.EXCLUDED_FIELD, *_of("enforcement.notes"), ("enforcement.notes",)),
    (Refusal.RECORDED_FIELD, *_of("device.browser"), ("device.browser",)),
    (Refusal.LOGIN_ADDRESS, *_of("contact.email"), ("contact.email",)),
    (Refusal.NO_ENGAGEMENT, *_engaged(), BOTH),
    (Refusal.ENGAGEMENT_NOT_BEGUN, *_engaged(_engagement(valid_from=NOW + timedelta(microseconds=1))), BOTH),
    (Refusal.ENGAGEMENT_ENDED, *_engaged(_engagement(valid_until=NOW)), BOTH),
    (Refusal.ENGAGEMENT_ENDED, *_engaged(_engagement(ended_at=NOW)), BOTH),
    (Refusal.ENGAGEMENT_ENDED, *_engaged(_engagement(ended_at=NOW + timedelta(seconds=1))), BOTH),
    (Refusal.FIELD_NOT_ENGAGED, *_engaged(_engagement(contributes=["identity.name"])), FIRST),
    (Refusal.FIELD_NOT_ENGAGED, *_engaged(_engagement(contributes=[], fields=["contact.address"])), BOTH),
]


@pytest.mark.clause("COL-a")
@pytest.mark.clause("COL-b")
@pytest.mark.clause("PRE-1")
@pytest.mark.parametrize(
    ("refusal", "offer", "facts", "fields"), REFUSED, ids=[f"{row[0].code}-{n}" for n, row in enumerate(REFUSED)]
)
def test_what_speaks_against_a_field_refuses_it_alone_and_by_its_name(
    refusal: Refusal, offer: Offer, facts: Facts, fields: tuple[str, ...]
) -> None:
    decision = decide(offer, facts, at=NOW)
    assert decision.reasons == ((refusal, fields),)
    assert set(decision.accepted) == set(offer.fields) - set(fields)


def test_every_refusal_has_its_row() -> None:
    assert {refusal for refusal, *_ in REFUSED} == set(Refusal) - {Refusal.NOT_AVAILABLE}


@pytest.mark.clause("COL-b")
def test_what_nothing_speaks_against_is_accepted_also_under_several_engagements_together() -> None:
    assert decide(OFFER, FACTS, at=NOW) == Decision(BOTH, ())
    _, facts = _engaged(
        _engagement(ended_at=LONG_AGO),
        _engagement(contributes=["contact.address"], valid_until=NOW + timedelta(seconds=1)),
        _engagement(contributes=["identity.name"], valid_from=NOW),
    )
    assert decide(_obtained(NOW), facts, at=NOW) == Decision(BOTH, ())


@pytest.mark.clause("PRE-1")
def test_all_that_has_to_do_with_the_person_is_one_reason_to_the_partner_and_the_rest_is_told_as_it_is() -> None:
    offer = replace(OFFER, channel=replace(CHANNEL, basis=""))
    of_person = [row for row in REFUSED if row[0].audience.value == "staff"]
    assert len(of_person) == 5
    for _, _, facts, _ in of_person:
        told = reasons_for_partner(decide(offer, facts, at=NOW).reasons, fields=offer.fields)
        assert told == [(Refusal.NOT_AVAILABLE, BOTH), (Refusal.NO_BASIS, BOTH)]
    assert reasons_for_partner(decide(offer, FACTS, at=NOW).reasons, fields=BOTH) == [(Refusal.NO_BASIS, BOTH)]


# -- what is held then ---------------------------------------------------------------------------------


@pytest.fixture
def world(db: None) -> World:
    """The website and two partners, who are engaged."""
    return World()


@pytest.fixture
def ada(world: World) -> User:
    """Somebody who consented to Northwind's updates."""
    person = someone()
    subject = consents.Subject(person, world.updates, world.northwind.partner)
    consents.change(subject, Event.GIVE, by=SYSTEM, at=timezone.now())
    return person


def give(world: World, *items: Item, channel: Channel = CHANNEL) -> Answer:
    """Northwind gives this about Ada, now."""
    return contribute(world.northwind.client, Offer("email", ADA, items or (ADDRESS,), channel), clock=timezone.now)


@pytest.mark.clause("COL-b")
def test_what_is_accepted_is_held_with_its_source_channel_basis_and_date(world: World, ada: User) -> None:
    answer = give(world, ADDRESS, NAME)
    assert answer.contribution.accepted == ["contact.address", "identity.name"]
    assert str(answer.subject) == world.name_of(world.northwind)
    readings = read(PersonalDataItem.objects.filter(person=ada, source="partner"), at=timezone.now())
    assert {reading.item.element_id: reading.value for reading in readings} == {
        "contact.address": "8 River Street",
        "identity.name": "Ada Lin",
    }
    for reading in readings:
        item = reading.item
        assert (item.partner, item.channel, item.channel_basis) == (
            world.northwind.partner,
            "Corrected at the door",
            "contract",
        )
        assert (item.obtained_at, item.is_chosen) == (LONG_AGO, True)
        assert b"signed by Bo" not in bytes(item.channel_evidence or b"")


@pytest.mark.clause("COL-b")
def test_it_stands_beside_what_the_person_said_and_counts_once_they_choose_it(world: World, ada: User) -> None:
    mine = held(ada, "contact.address", "1 River Street")
    give(world)
    rows = PersonalDataItem.objects.filter(person=ada, element="contact.address")
    assert dict(rows.values_list("source", "is_chosen")) == {"person": True, "partner": False}
    mine.refresh_from_db()


@pytest.mark.clause("COL-b")
def test_each_field_is_decided_on_its_own_merits(world: World, ada: User) -> None:
    answer = give(world, ADDRESS, Item("location.city", "Shanghai", LONG_AGO), replace(NAME, obtained_at=None))
    assert answer.contribution.accepted == ["contact.address"]
    assert answer.decision["fields"] == {
        "contact.address": "accepted",
        "location.city": "refused",
        "identity.name": "refused",
    }
    assert set(PersonalDataItem.objects.filter(person=ada, source="partner").values_list("element", flat=True)) == {
        "contact.address"
    }


@pytest.mark.clause("COL-b")
@pytest.mark.clause("SEC-a")
def test_the_ledger_says_who_gave_what_and_nothing_of_its_content(world: World, ada: User) -> None:
    answer = give(world, ADDRESS, replace(NAME, obtained_at=None))
    entry = Entry.objects.get(kind="contribution.accepted")
    assert entry.pk == answer.contribution.entry_id
    assert (entry.pseudonym, entry.actor) == (pseudonym_of(ada), f"client:{world.northwind.client.client_id}")
    assert {**entry.body, "decided_at": ""} == {
        "partner": str(world.northwind.partner.pk),
        "fields": {"contact.address": "accepted", "identity.name": "refused"},
        "reasons": [{"code": "no_obtained_at", "fields": ["identity.name"]}],
        "obtained_at": {"contact.address": "2026-04-03T09:30:00.000000Z"},
        "basis": "contract",
        "policy_version": 1,
        "decided_at": "",
    }
    stored = Entry.objects.filter(kind="item.stored").latest("seq")
    assert (stored.seq > entry.seq, stored.actor) == (True, entry.actor)
    assert (stored.body["source"], stored.body["fields"]) == ("partner", ["contact.address"])


@pytest.mark.clause("COL-b")
@pytest.mark.parametrize(
    ("item", "code"),
    [
        (replace(ADDRESS, obtained_at=datetime.max.replace(tzinfo=UTC)), "obtained_in_the_future"),
        (replace(ADDRESS, obtained_at=datetime.min.replace(tzinfo=UTC)), "obtained_too_early"),
        (Item("identity.shoe_size", "41", LONG_AGO), "unknown_field"),
    ],
    ids=["future", "early", "unknown"],
)
def test_a_refusal_is_on_record_and_nothing_is_held_and_nobody_told(
    world: World, ada: User, item: Item, code: str
) -> None:
    messages, items = Message.objects.count(), PersonalDataItem.objects.count()
    answer = give(world, item)
    entry = Entry.objects.get(kind="contribution.refused")
    assert code in [reason["code"] for reason in entry.body["reasons"]]
    assert (entry.body["obtained_at"], entry.pseudonym) == ({}, pseudonym_of(ada))
    assert (answer.contribution.accepted, answer.contribution.person, answer.subject) == ([], ada, None)
    assert (Message.objects.count(), PersonalDataItem.objects.count()) == (messages, items)


@pytest.mark.clause("COL-b")
def test_an_address_that_a_partner_brought_finds_nobody(world: World, ada: User) -> None:
    before = set(ContactIndex.objects.values_list("pk", flat=True))
    assert give(world, Item("contact.phone", "+8613800138000", LONG_AGO)).contribution.accepted == ["contact.phone"]
    assert set(ContactIndex.objects.values_list("pk", flat=True)) == before
    assert find_people([("phone", "+8613800138000")]) == {}


@pytest.mark.clause("COL-b")
@pytest.mark.clause("USE-b")
def test_a_partner_takes_neither_the_persons_address_nor_another_partners_value(world: World, ada: User) -> None:
    held(ada, "contact.address", "2 River Street", partner=world.harbour.partner)
    assert give(world, Item("contact.email", "eve@else.example", LONG_AGO)).contribution.accepted == []
    give(world)
    rows = PersonalDataItem.objects.filter(person=ada, element="contact.address")
    assert {row.partner: row.is_chosen for row in rows} == {world.harbour.partner: True, world.northwind.partner: False}


@pytest.mark.clause("COL-b")
def test_erasure_takes_what_was_given_and_leaves_that_it_was_given_about_nobody(world: World, ada: User) -> None:
    contribution = give(world).contribution
    erase(ada, by=SYSTEM, at=timezone.now())
    assert not PersonalDataItem.objects.filter(person=ada).exists()
    contribution = Contribution.objects.get(pk=contribution.pk)
    assert contribution.accepted == ["contact.address"]
    assert contribution.person is not None
    assert (contribution.person.email, pseudonym_of(contribution.person)) == (None, None)


# -- against what forbids it at the same time ----------------------------------------------------------


def _frozen(world: World, person: User) -> None:
    freeze(person, cause=Freeze.Cause.SECURITY, by=SYSTEM, at=timezone.now())


def _ended(world: World, person: User) -> None:
    end(world.engagement, reason="over", by=SYSTEM, at=timezone.now())


@pytest.mark.clause("PRE-1")
@pytest.mark.clause("SEC-b")
@pytest.mark.parametrize(("forbid", "code"), [(_frozen, "person_frozen"), (_ended, "engagement_ended")])
def test_what_forbids_it_and_began_first_is_waited_for(
    committed_db: str, forbid: Callable[[World, User], None], code: str
) -> None:
    world = World()
    person = someone()
    subject = consents.Subject(person, world.updates, world.northwind.partner)
    consents.change(subject, Event.GIVE, by=SYSTEM, at=timezone.now())
    answers: list[Answer] = []
    begun = Signal()

    def give_meanwhile() -> None:
        begun.set()
        try:
            answers.append(give(world))
        finally:
            connection.close()

    giver = Thread(target=give_meanwhile)
    with transaction.atomic():
        forbid(world, person)
        giver.start()
        assert begun.wait(10)
        giver.join(0.5)
        assert giver.is_alive()
    giver.join(20)
    [answer] = answers
    assert [reason["code"] for reason in answer.decision["reasons"]] == [code]
    kinds = Entry.objects.order_by("-seq").values_list("kind", flat=True)
    assert kinds[0] == "contribution.refused"


# -- the person is told ----------------------------------------------------------------------------------


def deliver_all() -> list[mail.EmailMessage]:
    """What is sent once everything that waits has been attempted."""
    mail.outbox.clear()
    while deliver_next(now=timezone.now()):
        pass
    assert not Message.objects.filter(state=Message.State.PENDING).exists()
    return list(mail.outbox)


@pytest.fixture
def nothing_waits(ada: User) -> None:
    Message.objects.all().delete()


@pytest.mark.clause("COL-b")
def test_the_person_is_told_by_mail_once_who_gave_what_and_no_value(
    world: World, ada: User, nothing_waits: None
) -> None:
    answer = give(
        world, ADDRESS, NAME, replace(ADDRESS, field="contact.phone", value="+8613800138000", obtained_at=None)
    )
    message = Message.objects.get()
    assert message.payload == {"contribution": str(answer.contribution.pk)}
    [sent] = deliver_all()
    assert (sent.to, sent.subject) == ([ADA], "Northwind Delivery gave us data about you")
    assert "Northwind Delivery gave us data about you: Postal address, Name." in sent.body
    assert "/en/me/data/" in sent.body
    assert sent.extra_headers["Message-ID"].startswith(f"<{message.pk}@")
    for word in ("River", "Ada Lin", "Bo", "door", "Telephone"):
        assert word not in f"{sent.subject}\n{sent.body}"
    assert deliver_all() == []


@pytest.mark.clause("COL-b")
def test_the_mail_is_in_the_persons_language(world: World, ada: User, nothing_waits: None) -> None:
    User.objects.filter(pk=ada.pk).update(locale="zh-hans")
    give(world)
    [sent] = deliver_all()
    assert "通信地址" in sent.body
    assert "/zh-hans/me/data/" in sent.body
    assert "data about you" not in f"{sent.subject}\n{sent.body}"


def _unconfirmed(person: User) -> None:
    EmailAddress.objects.filter(user=person).update(verified=False)


def _without_address(person: User) -> None:
    EmailAddress.objects.filter(user=person).delete()


def _closed(person: User) -> None:
    User.objects.filter(pk=person.pk).update(is_active=False)


def _erased(person: User) -> None:
    erase(person, by=SYSTEM, at=timezone.now())


@pytest.mark.clause("COL-b")
@pytest.mark.parametrize("become", [_unconfirmed, _without_address, _closed, _erased])
def test_nobody_is_written_to_whose_address_is_not_confirmed_or_whose_account_is_closed(
    world: World, ada: User, nothing_waits: None, become: Callable[[User], None]
) -> None:
    give(world)
    become(ada)
    assert deliver_all() == []


@pytest.mark.clause("COL-b")
def test_what_is_rolled_back_is_told_to_nobody(world: World, ada: User, nothing_waits: None) -> None:
    class Lost(Exception):
        pass

    with pytest.raises(Lost), transaction.atomic():
        give(world)
        raise Lost
    assert not Message.objects.exists()
    assert not Contribution.objects.exists()
