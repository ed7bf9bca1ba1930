"""What a new text asks of those who allow an older one: exactly the difference, once; and what it leaves alone (CHG-b)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consent.models import Aspect, Consent, ConsentChange, Purpose, PurposeVersion, Significance
from consent.services.consents import Subject, expire_due
from consent.services.errors import DisagreementUnexplained, MeaningNeedsNotice, PublishedMeanwhile
from consent.services.meaning import take_step
from consent.services.purposes import Marking, Wording, publish_version
from consent.standings import choices_of
from consent.states import Event, State
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from privacy_app.outbox.models import Message
from tests.consent.makers import (
    LIST,
    LONG_AGO,
    a_partner,
    browser_of,
    buttons_of,
    decide,
    press,
    publish,
    read_by,
    someone,
    text_of,
)
from users.models import EventType, Partner, PartnerEvent, User
from users.services.people import pairwise_ids_of

pytestmark = [pytest.mark.django_db, pytest.mark.clause("CHG-b")]
WIDER = ("contact.email", "contact.phone")
MORE = ("consent.more_asked", "consent.more_refused")


@pytest.fixture
def ada() -> User:
    return someone()


@pytest.fixture
def browser(ada: User) -> Client:
    return browser_of(ada)


@pytest.fixture
def northwind() -> Partner:
    return a_partner()


@pytest.fixture
def news(ada: User, northwind: Partner) -> Purpose:
    """A purpose that rests on consent and names Northwind, which Ada allows."""
    purpose = publish("parcel-news", northwind)
    decide(ada, purpose, Event.GIVE, northwind)
    return purpose


def widen(northwind: Partner, **more: Any) -> Purpose:
    return publish("parcel-news", northwind, **{"fields": WIDER, **more})


def asked() -> list[str]:
    """What was entered about that which a text names beyond the one that is allowed."""
    return list(Entry.objects.filter(kind__in=MORE).order_by("seq").values_list("kind", flat=True))


# -- more of what is allowed already ------------------------------------------------------------------


def test_the_next_visit_asks_for_exactly_the_difference_and_the_old_consent_stands(
    browser: Client, news: Purpose, northwind: Partner
) -> None:
    widen(northwind, countries=["CN", "SG"])
    page = text_of(browser.get(LIST))
    assert "New: also Telephone number, access from Singapore" in page
    assert "Waiting for your answer" in page
    consent = Consent.objects.get(aspect=Aspect.BASE)
    assert (consent.state, consent.version.version) == (State.GIVEN, 1)
    entry = Entry.objects.get(kind="consent.more_asked")
    assert entry.body == {
        "purpose": "parcel-news",
        "recipient": str(northwind.pk),
        "aspect": "base",
        "text_version": 2,
        "language": "en",
        "allowed_version": 1,
        "fields": ["contact.phone"],
        "actions": [],
        "countries": ["SG"],
        "origin": "page",
        "said_at": None,
    }


def test_it_is_entered_once_that_somebody_was_asked(browser: Client, news: Purpose, northwind: Partner) -> None:
    widen(northwind)
    browser.head(LIST)
    assert asked() == []
    for _ in range(3):
        assert "New: also Telephone number" in text_of(browser.get(LIST))
    assert asked() == ["consent.more_asked"]


def test_the_two_answers_are_equal_buttons(browser: Client, news: Purpose, northwind: Partner) -> None:
    widen(northwind)
    buttons = buttons_of(browser.get(LIST))
    assert buttons["base-newer"]["class"] == buttons["base-keep"]["class"]


@pytest.mark.parametrize("htmx", [True, False])
def test_allowing_binds_the_consent_to_the_new_text(
    browser: Client, news: Purpose, northwind: Partner, htmx: bool
) -> None:
    widen(northwind)
    answer = press(browser, browser.get(LIST), "base-newer", htmx=htmx)
    consent = Consent.objects.get()
    assert (consent.state, consent.version.version) == (State.RENEWED, 2)
    page = text_of(answer if htmx else browser.get(LIST))
    assert "Northwind may now read this for this purpose: E-mail address, Telephone number." in page
    assert "New: also" not in page


@pytest.mark.parametrize("htmx", [True, False])
def test_a_no_keeps_it_as_it_was_and_is_taken_for_an_answer(
    ada: User, browser: Client, news: Purpose, northwind: Partner, htmx: bool
) -> None:
    widen(northwind)
    answer = press(browser, browser.get(LIST), "base-keep", htmx=htmx)
    page = text_of(answer if htmx else browser.get(LIST))
    assert "It stays as it was. Northwind may use this for this purpose, and nothing more: E-mail address." in page
    assert "Not allowed: Telephone number" in page and "You kept it as it was on" in page
    assert "base-keep" not in buttons_of(browser.get(LIST))
    consent = Consent.objects.get()
    assert (consent.state, consent.version.version) == (State.GIVEN, 1)
    assert asked() == ["consent.more_asked", "consent.more_refused"]
    read_by(northwind, ada, news)
    # A no can become a yes later.
    press(browser, browser.get(LIST), "base-newer")
    assert Consent.objects.get().version.version == 2


def test_a_no_counts_for_later_texts_until_one_names_something_else(
    browser: Client, news: Purpose, northwind: Partner
) -> None:
    widen(northwind)
    press(browser, browser.get(LIST), "base-keep")
    widen(northwind, title="Word of parcels")
    assert "base-keep" not in buttons_of(browser.get(LIST))
    widen(northwind, fields=[*WIDER, "contact.address"])
    assert "base-keep" in buttons_of(browser.get(LIST))
    assert asked() == ["consent.more_asked", "consent.more_refused", "consent.more_asked"]


def test_a_stale_no_changes_nothing(browser: Client, news: Purpose, northwind: Partner, ada: User) -> None:
    widen(northwind)
    page = browser.get(LIST)
    decide(ada, news, Event.WITHDRAW, northwind)
    assert press(browser, page, "base-keep").status_code == 409
    assert asked() == ["consent.more_asked"]


def test_question_and_answer_have_their_receipts_and_stand_in_the_history(
    browser: Client, news: Purpose, northwind: Partner
) -> None:
    widen(northwind)
    press(browser, browser.get(LIST), "base-keep")
    history = text_of(browser.get(f"{LIST}history/"))
    assert "You were asked to allow Northwind more: Parcel news." in history
    assert "You kept what you allow Northwind as it was: Parcel news." in history
    receipt = text_of(browser.get(f"{LIST}receipt/{ConsentChange.objects.latest('pk').pk}/"))
    assert "Asked beyond what you allow" in receipt and "Telephone number" in receipt
    assert "Ends by itself" not in receipt


def test_the_overview_names_what_is_new(browser: Client, news: Purpose, northwind: Partner) -> None:
    widen(northwind)
    page = text_of(browser.get("/en/me/"))
    assert "Northwind: Parcel news. New: also Telephone number." in page
    assert f'href="{LIST}#row-parcel-news--{northwind.pk.hex}"' in page


def test_each_part_that_is_allowed_separately_is_asked_for_by_itself(
    ada: User, browser: Client, northwind: Partner
) -> None:
    purpose = publish("parcel-news", northwind, countries=["SG"])
    decide(ada, purpose, Event.GIVE, northwind)
    decide(ada, purpose, Event.GIVE, northwind, aspect=Aspect.ABROAD)
    widen(northwind, countries=["SG"])
    assert text_of(browser.get("/en/me/")).count("New: also Telephone number.") == 1
    said = text_of(press(browser, browser.get(LIST), "base-newer", htmx=True))
    assert "Still not allowed, each with a switch of its own: going abroad (Telephone number)." in said
    page = browser.get(LIST)
    assert {"abroad-newer", "abroad-keep"} <= set(buttons_of(page))
    assert "base-newer" not in buttons_of(page)


# -- what is new altogether ---------------------------------------------------------------------------


def test_a_new_recipient_is_asked_for_where_the_purpose_is_allowed_to_another(
    browser: Client, news: Purpose, northwind: Partner
) -> None:
    brightleaf = a_partner("Brightleaf")
    publish("parcel-news", northwind, brightleaf)
    page = text_of(browser.get(LIST))
    assert "New: also" not in page
    consent = Consent.objects.get(recipient=brightleaf)
    assert (consent.state, consent.version.version) == (State.REQUESTED, 2)
    browser.get(LIST)
    assert consent.changes.count() == 1


def test_whoever_never_allowed_the_purpose_is_not_asked_for_its_new_recipient(
    browser: Client, northwind: Partner
) -> None:
    publish("parcel-news", northwind)
    publish("parcel-news", northwind, a_partner("Brightleaf"))
    browser.get(LIST)
    assert not Consent.objects.exists()


def test_a_new_purpose_is_asked_for_of_those_who_were_here_before_it(browser: Client, northwind: Partner) -> None:
    publish("parcel-news", northwind, at=timezone.now())
    publish("older", northwind)
    browser.get(LIST)
    assert Consent.objects.get().purpose.key == "parcel-news"
    ben = someone("ben@lantern.example")
    User.objects.filter(pk=ben.pk).update(created_at=timezone.now())
    browser_of(ben).get(LIST)
    assert not Consent.objects.filter(person=ben).exists()


def test_what_is_to_be_allowed_separately_from_now_on_is_asked_for(
    browser: Client, news: Purpose, northwind: Partner
) -> None:
    widen(northwind, fields=["contact.email", "health.allergies"])
    assert {"sensitive", "sensitive-refuse", "base-keep"} <= set(buttons_of(browser.get(LIST)))
    assert Consent.objects.get(aspect=Aspect.SENSITIVE).state == State.REQUESTED


def test_asking_takes_as_many_statements_for_much_as_for_little(ada: User, northwind: Partner) -> None:
    chrome = browser_of(ada)
    chrome.get(LIST)

    def first_visit(*numbers: int) -> int:
        others = [a_partner(f"Other{number}") for number in numbers]
        for number in numbers:
            purpose = publish(f"purpose-{number}", northwind)
            decide(ada, purpose, Event.GIVE, northwind)
            publish(f"purpose-{number}", northwind, *others, fields=WIDER)
        with CaptureQueriesContext(connection) as captured:
            assert chrome.get(LIST).status_code == 200
        return len(captured)

    assert first_visit(1) == first_visit(2, 3, 4, 5)


# -- what disturbs nobody ---------------------------------------------------------------------------

TEXT = Wording("News", "We write to you.", "So that you know.", "By mail.", "A year.")


def republish(purpose: Purpose, partner: Partner, wording: Wording, **more: Any) -> PurposeVersion:
    scope: dict[str, Any] = {"fields": ["contact.email"], "actions": ["share"], "countries": ["CN"], **more}
    return publish_version(
        purpose,
        basis="consent",
        recipients=[partner],
        wordings={"en": wording, "zh-hans": wording},
        valid_days=365,
        by=SYSTEM,
        at=timezone.now() - LONG_AGO,
        **scope,
    )


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(*[st.text(" .,abcdé文", min_size=1, max_size=40) for _ in range(5)]), min_size=1, max_size=3))
def test_no_rewording_touches_any_consent(
    ada: User, northwind: Partner, news: Purpose, rewordings: list[tuple[str, ...]]
) -> None:
    with transaction.atomic():
        before = list(Consent.objects.values()), ConsentChange.objects.count()
        for words in rewordings:
            republish(news, northwind, Wording(*words))
        (choice,) = choices_of(ada, at=timezone.now())
        assert (choice.is_on, choice.counts, choice.waits, bool(choice.more)) == (True, True, False, False)
        browser_of(ada).get(LIST)
        assert before == (list(Consent.objects.values()), ConsentChange.objects.count())
        transaction.set_rollback(True)


def test_the_new_words_stand_there_without_a_word_about_them(
    browser: Client, news: Purpose, northwind: Partner
) -> None:
    republish(news, northwind, TEXT)
    page = text_of(browser.get(LIST))
    assert "We write to you." in page and "version 1" not in page


def test_what_is_marked_editorial_asks_nobody_and_covers_no_more(
    browser: Client, news: Purpose, northwind: Partner, ada: User
) -> None:
    republish(
        news, northwind, TEXT, fields=WIDER, marking=Marking(Significance.EDITORIAL, "It was told to all by letter.")
    )
    page = browser.get(LIST)
    assert "Not allowed: Telephone number" in text_of(page)
    assert "base-keep" not in buttons_of(page) and asked() == []
    (choice,) = choices_of(ada, at=timezone.now())
    assert choice.covered is not None and choice.covered.fields == {"contact.email"}


def test_what_is_named_no_more_is_covered_no_more_and_the_page_says_so(
    browser: Client, ada: User, northwind: Partner
) -> None:
    wide = publish("parcel-news", northwind, fields=WIDER)
    decide(ada, wide, Event.GIVE, northwind)
    publish("parcel-news", northwind)
    page = browser.get(LIST)
    assert "so it is not covered any more: Telephone number." in text_of(page)
    assert "base-keep" not in buttons_of(page)


# -- marking ------------------------------------------------------------------------------------------


def test_a_version_is_marked_as_proposed_unless_the_editor_says_otherwise(news: Purpose, northwind: Partner) -> None:
    typo = republish(
        news,
        northwind,
        Wording("Parcel news", "The sumary of parcel-news.", "The reason.", "The method.", "A whole year.", "Across."),
        marking=Marking(Significance.SIGNIFICANT, "Many asked."),
    )
    assert typo.significance == Significance.SIGNIFICANT
    wider = republish(news, northwind, TEXT, fields=WIDER)
    assert (wider.significance, wider.proposed_significance, wider.significance_reason) == (
        Significance.SIGNIFICANT,
        Significance.SIGNIFICANT,
        "",
    )
    body = Entry.objects.filter(kind="purpose.published").latest("seq").body
    assert (body["significance"], body["proposed_significance"], body["meaning_changed"]) == (
        "significant",
        "significant",
        False,
    )


def test_disagreeing_takes_a_reason(news: Purpose, northwind: Partner) -> None:
    with pytest.raises(DisagreementUnexplained):
        republish(news, northwind, TEXT, fields=WIDER, marking=Marking(Significance.EDITORIAL, "  "))
    version = republish(news, northwind, TEXT, fields=WIDER)
    with pytest.raises(IntegrityError), transaction.atomic():
        PurposeVersion.objects.create(
            purpose=news,
            version=9,
            basis="consent",
            fields=["contact.email"],
            actions=["share"],
            countries=["CN"],
            significance="editorial",
            proposed_significance="significant",
            published_at=version.published_at,
        )


def test_a_new_meaning_is_never_editorial(news: Purpose, northwind: Partner) -> None:
    with pytest.raises(MeaningNeedsNotice):
        republish(news, northwind, TEXT, marking=Marking(Significance.EDITORIAL, "Why.", meaning_changed=True))


def test_of_two_editors_who_publish_on_the_same_version_the_second_is_told(news: Purpose, northwind: Partner) -> None:
    republish(news, northwind, TEXT, marking=Marking(base=1))
    with pytest.raises(PublishedMeanwhile):
        republish(news, northwind, TEXT, marking=Marking(base=1))
    assert news.versions.count() == 2


# -- another meaning --------------------------------------------------------------------------------------


@pytest.fixture
def newly_meant(news: Purpose, northwind: Partner) -> PurposeVersion:
    return republish(news, northwind, TEXT, marking=Marking(meaning_changed=True))


def test_from_its_publication_on_nothing_counts_of_what_was_allowed_before(
    ada: User, browser: Client, newly_meant: PurposeVersion
) -> None:
    assert Consent.objects.get().state == State.GIVEN
    (choice,) = choices_of(ada, at=timezone.now())
    assert (choice.state, choice.is_on) == (State.INVALIDATED, False)
    assert "You have allowed nobody." in text_of(browser.get("/en/policy/"))


def test_it_is_entered_in_steps_for_each_and_the_recipient_is_told(
    ada: User, northwind: Partner, newly_meant: PurposeVersion
) -> None:
    people = [ada, *(someone(f"person{number}@lantern.example") for number in range(4))]
    pairwise_ids_of(northwind, [person.pk for person in people], at=timezone.now())
    first = newly_meant.purpose.versions.get(version=1)
    for person in people[1:]:
        Consent.objects.create(
            person=person,
            purpose=newly_meant.purpose,
            recipient=northwind,
            state=State.GIVEN,
            version=first,
            language="en",
            changed_at=timezone.now(),
        )
    Message.objects.all().delete()
    assert [take_step(newly_meant.pk, at=timezone.now(), limit=2) for _ in range(4)] == [2, 2, 1, 0]
    # Each step but the last leaves word for the next.
    assert Message.objects.filter(kind="consents.meaning_changed").count() == 2
    assert set(Consent.objects.values_list("state", flat=True)) == {State.INVALIDATED}
    assert Entry.objects.filter(kind="consent.changed", body__after="ConsentInvalidated").count() == 5
    assert PartnerEvent.objects.filter(type=EventType.CONSENT_INVALIDATED, partner=northwind).count() == 5


def test_who_comes_before_the_step_is_asked_anew_with_both_entered(
    ada: User, browser: Client, newly_meant: PurposeVersion
) -> None:
    page = browser.get(LIST)
    assert {"base", "base-refuse", "base-defer"} <= set(buttons_of(page))
    changes = ConsentChange.objects.order_by("pk").values_list("before", "after")
    assert list(changes)[1:] == [
        (State.GIVEN, State.INVALIDATED),
        (State.INVALIDATED, State.REQUESTED),
    ]
    press(browser, page, "base")
    consent = Consent.objects.get()
    assert (consent.state, consent.version) == (State.GIVEN, newly_meant)
    assert take_step(newly_meant.pk, at=timezone.now()) == 0


@pytest.mark.parametrize(("event", "state"), [(Event.GIVE, State.GIVEN), (Event.WITHDRAW, State.WITHDRAWN)])
def test_whatever_somebody_says_after_it_comes_after_it_in_the_record(
    ada: User, northwind: Partner, newly_meant: PurposeVersion, event: Event, state: State
) -> None:
    consent = decide(ada, newly_meant.purpose, event, northwind)
    assert consent.state == state
    assert consent.changes.filter(after=State.INVALIDATED).count() == 1


# -- time -------------------------------------------------------------------------------------------------


def test_a_consent_to_an_older_text_still_runs_out_and_is_not_asked_for_more_then(
    ada: User, browser: Client, news: Purpose, northwind: Partner
) -> None:
    widen(northwind)
    browser.get(LIST)
    end = Consent.objects.get().expires_at
    assert end is not None
    assert not any(choice.waits for choice in choices_of(ada, at=end))
    assert expire_due(at=end + timedelta(seconds=1)) == 1
    assert Subject(ada, news, northwind).person == ada
    assert "New: also" not in text_of(browser.get(LIST))
