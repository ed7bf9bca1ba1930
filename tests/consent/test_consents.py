"""Giving, refusing and withdrawing: what a consent is bound to, who wins a race, and what stays after erasure (DIS-a)."""

from datetime import timedelta
from typing import Any

import pytest

from consent.models import Aspect, Consent, ConsentChange
from consent.services.consents import Subject, expire_due
from consent.services.errors import ConflictingChange, TextNotShown
from consent.states import Event, State
from disclosure.facts import Query, find_cases, read_facts
from disclosure.gate import Decision, Ground, decide
from disclosure.records import facts_to_json
from privacy_app.crypto import Unreadable, associated_data, unseal
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from tests.makers import (
    ALLERGIES,
    EMAIL,
    NOW,
    PHONE,
    at_once,
    make_engagement,
    make_partner,
    make_person,
    make_purpose,
    publish,
    say,
)
from users.models import PersonKey, User
from users.services.data_keys import open_data_keys
from users.services.erasure import erase
from users.services.errors import PersonErased
from users.services.people import pairwise_ids_of

LATER = NOW + timedelta(days=1)
DAY = timedelta(days=1)


class World:
    """One person, one partner, one purpose with a published text, and the consent between them."""

    def __init__(self) -> None:
        self.partner = make_partner()
        self.purpose = make_purpose()
        self.version = publish(self.purpose, self.partner)
        self.person = make_person()
        self.subject = Subject(self.person, self.purpose, self.partner)

    def state(self) -> str:
        consent = Consent.objects.filter(person=self.person, aspect=Aspect.BASE).first()
        return consent.state if consent else "ConsentUnknown"

    def gives_no(self, error: type[Exception], subject: Subject | None = None, **options: Any) -> None:
        """The attempt to give is refused so, and leaves everything as it was."""
        before = (list(Consent.objects.values()), ConsentChange.objects.count(), Entry.objects.count())
        with pytest.raises(error):
            say(subject or self.subject, Event.GIVE, **options)
        assert before == (list(Consent.objects.values()), ConsentChange.objects.count(), Entry.objects.count())


@pytest.fixture
def world(db: None) -> World:
    return World()


# -- what was shown ----------------------------------------------------------------------------------


@pytest.mark.clause("PRE-2")
def test_nobody_agreed_to_a_text_before_it_was_published(world: World) -> None:
    world.gives_no(TextNotShown, said_at=world.version.published_at - timedelta(microseconds=1), at=LATER)
    assert say(world.subject, Event.GIVE, said_at=world.version.published_at, at=LATER).state == State.GIVEN


@pytest.mark.clause("DIS-a")
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_consent_is_bound_to_the_text_and_the_language_it_was_shown_in(world: World, language: str) -> None:
    consent = say(world.subject, Event.GIVE, language=language)
    assert (consent.version, consent.language) == (world.version, language)
    change = consent.changes.get()
    assert (change.version, change.language) == (world.version, language)
    assert change.entry.body == {
        "before": "ConsentUnknown",
        "after": "ConsentGiven",
        "purpose": "updates",
        "recipient": str(world.partner.pk),
        "aspect": "base",
        "text_version": 1,
        "language": language,
        "origin": "page",
        "said_at": None,
    }


@pytest.mark.clause("DIS-a")
def test_without_a_word_on_it_the_language_is_the_persons(world: World) -> None:
    mei = make_person("mei@lantern.example", locale="zh-hans")
    assert say(Subject(mei, world.purpose, world.partner), Event.GIVE).language == "zh-hans"


@pytest.mark.clause("DIS-a")
def test_a_text_that_is_not_in_force_any_more_cannot_be_agreed_to(world: World) -> None:
    publish(world.purpose, world.partner, at=NOW)
    world.gives_no(TextNotShown, version=world.version)


@pytest.mark.clause("DIS-a")
def test_a_text_that_is_not_in_force_yet_cannot_be_agreed_to(world: World) -> None:
    coming = publish(world.purpose, world.partner, at=LATER)
    world.gives_no(TextNotShown, version=coming)
    with pytest.raises(TextNotShown):
        say(world.subject, Event.REFUSE, version=coming)
    assert say(world.subject, Event.GIVE, version=coming, at=LATER).version == coming


@pytest.mark.clause("DIS-a")
def test_a_purpose_without_a_text_cannot_be_agreed_to(world: World) -> None:
    silent = Subject(world.person, make_purpose("silent"), world.partner)
    world.gives_no(TextNotShown, silent)
    coming = publish(silent.purpose, world.partner, at=LATER)
    world.gives_no(TextNotShown, silent, version=coming)


@pytest.mark.clause("DIS-a")
def test_the_text_of_another_purpose_cannot_be_agreed_to(world: World) -> None:
    other = publish(make_purpose("other"), world.partner)
    world.gives_no(TextNotShown, version=other)
    with pytest.raises(TextNotShown):
        say(world.subject, Event.REFUSE, version=other)


@pytest.mark.clause("DIS-a")
def test_a_language_that_the_text_does_not_have_cannot_be_agreed_to_in(world: World) -> None:
    publish(world.purpose, world.partner, languages=["en"])
    world.gives_no(TextNotShown, language="zh-hans")
    world.gives_no(TextNotShown, language="tlh")
    assert say(world.subject, Event.GIVE, language="en").state == State.GIVEN


@pytest.mark.clause("DIS-a")
def test_a_recipient_that_the_text_does_not_name_cannot_be_allowed(world: World) -> None:
    stranger = make_partner("Stranger")
    world.gives_no(TextNotShown, Subject(world.person, world.purpose, stranger))
    world.gives_no(TextNotShown, Subject(world.person, world.purpose, None))


@pytest.mark.clause("USE-c")
def test_a_purpose_of_our_own_names_nobody(world: World) -> None:
    news = make_purpose("news")
    publish(news)
    world.gives_no(TextNotShown, Subject(world.person, news, world.partner))
    assert say(Subject(world.person, news), Event.GIVE).recipient is None


@pytest.mark.clause("DIS-a")
@pytest.mark.parametrize("aspect", [aspect for aspect in Aspect if aspect is not Aspect.BASE])
def test_an_aspect_that_the_text_does_not_have_cannot_be_allowed(world: World, aspect: Aspect) -> None:
    separate = Subject(world.person, world.purpose, world.partner, aspect)
    world.gives_no(TextNotShown, separate)
    publish(
        world.purpose,
        world.partner,
        fields=[EMAIL, ALLERGIES],
        actions=["share", "sell", "rent", "trade"],
        countries=["CN", "SG"],
    )
    assert say(separate, Event.GIVE).state == State.GIVEN


# -- how long ----------------------------------------------------------------------------------------------


@pytest.mark.clause("DIS-a")
def test_a_consent_runs_for_as_long_as_its_text_says_from_when_it_was_given(world: World) -> None:
    assert say(world.subject, Event.GIVE, at=LATER).expires_at == LATER + 365 * DAY


@pytest.mark.clause("DIS-a")
def test_a_consent_given_elsewhere_runs_from_when_it_was_said(world: World) -> None:
    consent = say(world.subject, Event.GIVE, at=LATER, said_at=NOW, origin="platform", evidence="Form 7")
    assert (consent.expires_at, consent.changed_at) == (NOW + 365 * DAY, LATER)
    assert consent.changes.get().entry.body["said_at"] == "2040-05-03T12:00:00.000000Z"


@pytest.mark.clause("DIS-a")
def test_a_text_without_a_term_makes_a_consent_without_one(world: World) -> None:
    publish(world.purpose, world.partner, valid_days=None)
    assert say(world.subject, Event.GIVE).expires_at is None


@pytest.mark.clause("DIS-a")
@pytest.mark.parametrize("event", [Event.REFUSE, Event.REQUEST, Event.DEFER, Event.WITHDRAW])
def test_what_is_no_consent_has_no_term(world: World, event: Event) -> None:
    assert say(world.subject, event).expires_at is None


@pytest.mark.clause("DIS-a")
def test_giving_again_renews_and_runs_anew(world: World) -> None:
    say(world.subject, Event.GIVE)
    renewed = say(world.subject, Event.GIVE, at=LATER)
    assert (renewed.state, renewed.expires_at, renewed.revision) == (State.RENEWED, LATER + 365 * DAY, 2)


@pytest.mark.clause("DIS-a")
def test_what_has_run_out_is_entered_as_expired_once_and_nothing_else_is(world: World) -> None:
    end = NOW + 365 * DAY
    ben, carl = make_person("ben@lantern.example"), make_person("carl@lantern.example")
    say(world.subject, Event.GIVE)
    say(Subject(ben, world.purpose, world.partner), Event.GIVE, at=LATER)
    say(Subject(carl, world.purpose, world.partner), Event.GIVE)
    say(Subject(carl, world.purpose, world.partner), Event.WITHDRAW)
    assert expire_due(at=end - timedelta(microseconds=1)) == 0
    assert expire_due(at=end) == 1
    assert expire_due(at=end) == 0
    assert dict(Consent.objects.values_list("person", "state")) == {
        world.person.pk: State.EXPIRED,
        ben.pk: State.GIVEN,
        carl.pk: State.WITHDRAWN,
    }
    change = ConsentChange.objects.latest("pk")
    assert (change.before, change.after, change.at) == (State.GIVEN, State.EXPIRED, end)
    assert (change.entry.body["origin"], change.entry.actor) == ("system", "system")
    assert Consent.objects.get(person=world.person).revision == 2


@pytest.mark.clause("DIS-a")
def test_expiry_goes_on_where_one_round_is_too_short(world: World) -> None:
    for number in range(3):
        say(Subject(make_person(f"p{number}@lantern.example"), world.purpose, world.partner), Event.GIVE)
    end = NOW + 365 * DAY
    assert [expire_due(at=end, limit=2) for _ in range(3)] == [2, 1, 0]


# -- no, and changes of mind ---------------------------------------------------------------------------------


@pytest.mark.clause("DIS-a")
def test_a_refusal_is_recorded_like_a_consent(world: World) -> None:
    consent = say(world.subject, Event.REFUSE)
    assert (consent.state, consent.version, consent.revision) == (State.REFUSED, world.version, 1)
    assert consent.changes.get().entry.body["after"] == "ConsentRefused"


@pytest.mark.clause("DIS-a")
def test_a_withdrawal_is_bound_to_the_text_that_was_allowed(world: World) -> None:
    say(world.subject, Event.GIVE, language="zh-hans")
    publish(world.purpose, make_partner("Another"))
    withdrawn = say(world.subject, Event.WITHDRAW)
    assert (withdrawn.version, withdrawn.language) == (world.version, "zh-hans")


@pytest.mark.clause("DIS-a")
def test_what_was_never_given_can_be_withdrawn_and_twice_is_once(world: World) -> None:
    assert say(world.subject, Event.WITHDRAW).state == State.WITHDRAWN
    assert say(world.subject, Event.WITHDRAW).revision == 1
    assert ConsentChange.objects.count() == 1


@pytest.mark.clause("DIS-a")
@pytest.mark.parametrize("event", [Event.REVOKE, Event.INVALIDATE, Event.EXPIRE])
def test_a_consent_can_be_ended_although_a_newer_text_names_its_recipient_no_more(world: World, event: Event) -> None:
    say(world.subject, Event.GIVE)
    publish(world.purpose, make_partner("Another"))
    assert say(world.subject, event).version == world.version


@pytest.mark.clause("DIS-a")
@pytest.mark.parametrize("no", [Event.REFUSE, Event.WITHDRAW])
def test_a_yes_that_was_said_before_a_no_does_not_undo_it_when_it_is_reported_late(world: World, no: Event) -> None:
    say(world.subject, no, at=NOW + 2 * DAY)
    world.gives_no(ConflictingChange, said_at=LATER, at=NOW + 3 * DAY)
    say(world.subject, Event.REQUEST, at=NOW + 4 * DAY)
    world.gives_no(ConflictingChange, said_at=LATER, at=NOW + 5 * DAY)
    assert say(world.subject, Event.GIVE, said_at=NOW + 2 * DAY, at=NOW + 5 * DAY).state == State.GIVEN


@pytest.mark.clause("DIS-a")
def test_what_counts_of_a_no_is_also_when_it_was_said(world: World) -> None:
    say(world.subject, Event.REFUSE, said_at=NOW, at=NOW + 2 * DAY)
    assert say(world.subject, Event.GIVE, said_at=LATER, at=NOW + 2 * DAY).state == State.GIVEN


@pytest.mark.clause("DIS-a")
def test_a_withdrawal_that_is_reported_late_ends_what_was_given_since(world: World) -> None:
    say(world.subject, Event.GIVE, at=LATER)
    assert say(world.subject, Event.WITHDRAW, said_at=NOW, at=LATER).state == State.WITHDRAWN


# -- the text and what it covers ---------------------------------------------------------------------------------


def decision_on(world: World, *fields: str) -> Decision:
    name = pairwise_ids_of(world.partner, [world.person.pk], at=NOW)[world.person.pk]
    query = Query("id", str(name), "updates", fields, Ground.CONSENT, "share")
    [sheet] = read_facts(world.partner, find_cases(world.partner, [query]), at=NOW)
    assert set(facts_to_json(sheet.facts)["consents"]) <= {aspect.value for aspect in Aspect}
    return decide(sheet.facts, at=NOW)


@pytest.mark.clause("CHG-b")
def test_a_wider_text_leaves_the_old_consent_standing_for_what_it_named(world: World) -> None:
    narrow = publish(world.purpose, world.partner, fields=[EMAIL])
    make_engagement(world.partner, world.purpose)
    say(world.subject, Event.GIVE)
    publish(world.purpose, world.partner, fields=[EMAIL, PHONE], countries=["CN", "SG"])
    decision = decision_on(world, EMAIL, PHONE)
    assert decision.permitted == (EMAIL,)
    assert [(reason.code, fields) for reason, fields in decision.reasons] == [("text_not_covering_field", (PHONE,))]
    assert Consent.objects.get().version == narrow
    say(world.subject, Event.GIVE)
    assert decision_on(world, EMAIL, PHONE).permitted == (EMAIL, PHONE)


@pytest.mark.clause("CHG-b")
def test_what_a_text_names_no_more_an_old_consent_covers_no_more_and_it_comes_back_only_by_asking(world: World) -> None:
    make_engagement(world.partner, world.purpose)
    say(world.subject, Event.GIVE)
    publish(world.purpose, world.partner, fields=[EMAIL])
    assert decision_on(world, EMAIL, PHONE).permitted == (EMAIL,)
    publish(world.purpose, world.partner, fields=[EMAIL, PHONE])
    assert decision_on(world, EMAIL, PHONE).permitted == (EMAIL,)
    say(world.subject, Event.GIVE)
    assert decision_on(world, EMAIL, PHONE).permitted == (EMAIL, PHONE)


@pytest.mark.clause("CHG-b")
def test_a_recipient_whom_the_text_names_no_more_gets_nothing_by_an_old_consent(world: World) -> None:
    make_engagement(world.partner, world.purpose)
    say(world.subject, Event.GIVE)
    publish(world.purpose, make_partner("Another"))
    assert decision_on(world, EMAIL).permitted == ()


# -- erasure -----------------------------------------------------------------------------------------------------


@pytest.mark.clause("DIS-a")
@pytest.mark.parametrize("event", [Event.GIVE, Event.REFUSE, Event.REQUEST, Event.DEFER])
def test_nothing_can_be_said_in_the_name_of_the_erased(world: World, event: Event) -> None:
    erase(world.person, by=SYSTEM, at=NOW)
    with pytest.raises(PersonErased):
        say(world.subject, event)
    assert not Consent.objects.exists()


@pytest.mark.clause("DIS-a")
def test_but_a_withdrawal_in_their_name_is_accepted(world: World) -> None:
    say(world.subject, Event.GIVE)
    erase(world.person, by=SYSTEM, at=NOW)
    assert say(world.subject, Event.WITHDRAW, evidence="a letter").state == State.WITHDRAWN
    change = ConsentChange.objects.latest("pk")
    assert (change.entry.pseudonym, change.evidence) == (None, None)


@pytest.mark.clause("DIS-a")
def test_what_the_erased_had_given_still_runs_out(world: World) -> None:
    say(world.subject, Event.GIVE)
    erase(world.person, by=SYSTEM, at=NOW)
    assert expire_due(at=NOW + 365 * DAY) == 1


@pytest.mark.clause("SEC-a")
def test_evidence_is_sealed_for_its_consent_and_goes_with_the_persons_key(world: World) -> None:
    evidence = "Counter form 2040-7, signed by Ada Lin"
    consent = say(world.subject, Event.GIVE, evidence=evidence, origin="platform")
    sealed = bytes(consent.changes.get().evidence or b"")
    assert evidence.encode() not in sealed and b"Ada" not in sealed
    key = open_data_keys([world.person.pk])[world.person.pk]
    assert unseal(sealed, key=key, context=associated_data("consent-evidence", str(consent.pk))).decode() == evidence
    with pytest.raises(Unreadable):
        unseal(sealed, key=key, context=associated_data("consent-evidence", str(world.person.pk)))
    assert "Ada" not in str(list(Entry.objects.values()))
    erase(world.person, by=SYSTEM, at=NOW)
    assert open_data_keys([world.person.pk]) == {} == dict(PersonKey.objects.in_bulk([world.person.pk]))
    assert bytes(ConsentChange.objects.get().evidence or b"") == sealed


# -- races -------------------------------------------------------------------------------------------------------


@pytest.mark.clause("DIS-a")
def test_who_decided_on_what_is_not_there_any_more_is_told_so(world: World) -> None:
    say(world.subject, Event.REQUEST, expected_revision=0)
    world.gives_no(ConflictingChange, expected_revision=0)
    world.gives_no(ConflictingChange, expected_revision=2)
    assert say(world.subject, Event.GIVE, expected_revision=1).revision == 2


@pytest.mark.clause("DIS-a")
def test_a_withdrawal_need_not_know_what_is_there(world: World) -> None:
    say(world.subject, Event.GIVE)
    assert say(world.subject, Event.WITHDRAW, expected_revision=0).state == State.WITHDRAWN


@pytest.mark.clause("DIS-a")
@pytest.mark.parametrize("revision", [0, 1])
def test_of_two_who_change_one_consent_at_once_exactly_one_wins(committed_db: str, revision: int) -> None:
    world = World()
    if revision:
        say(world.subject, Event.REQUEST)
    events = [Event.GIVE, Event.REFUSE] * 4

    def changing(event: Event) -> object:
        subject = Subject(User.objects.get(pk=world.person.pk), world.purpose, world.partner)
        return say(subject, event, expected_revision=revision)

    results = at_once(*(lambda event=event: changing(event) for event in events))
    winners = [result for result in results if isinstance(result, Consent)]
    assert len(winners) == 1
    assert {type(result) for result in results} == {Consent, ConflictingChange}
    consent = Consent.objects.get()
    assert (consent.state, consent.revision) == (winners[0].state, revision + 1)
    assert consent.changes.count() == Entry.objects.filter(kind="consent.changed").count() == revision + 1


@pytest.mark.clause("DIS-a")
def test_a_withdrawal_is_honoured_whatever_it_races_with(committed_db: str) -> None:
    """Somebody renews while somebody withdraws: whoever comes second in the ledger has the last word, and none is lost."""
    world = World()
    say(world.subject, Event.GIVE)

    def changing(event: Event) -> object:
        subject = Subject(User.objects.get(pk=world.person.pk), world.purpose, world.partner)
        return say(subject, event, expected_revision=1)

    events = [Event.GIVE, Event.WITHDRAW, Event.GIVE, Event.WITHDRAW]
    results = at_once(*(lambda event=event: changing(event) for event in events))
    assert all(isinstance(result, Consent) for result in results[1::2])
    assert {type(result) for result in results[::2]} <= {Consent, ConflictingChange}
    consent = Consent.objects.get()
    assert consent.state == State.WITHDRAWN
    entries = list(Entry.objects.filter(kind="consent.changed").order_by("seq"))
    assert entries[-1].body["after"] == State.WITHDRAWN
    assert len(entries) == consent.revision == consent.changes.count()
