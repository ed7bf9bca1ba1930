"""Versions of the policy: numbered, dated, immutable, in force by their dates; and their pages."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consent.editions import Standing, policy_edition
from consent.models import Agreement, Policy, PolicyText, Significance
from consent.queries import agreement_in_force, policy_in_force
from consent.services import policies
from consent.services.errors import DatedBeforeLast, TextMissing
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry

pytestmark = pytest.mark.django_db
NOW = datetime(2040, 5, 3, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
EDITORIAL, SIGNIFICANT = Significance.EDITORIAL, Significance.SIGNIFICANT


def publish(at: datetime = NOW, *, title: str = "Policy", **options: Any) -> Agreement:
    """The next version, of toy texts."""
    texts = {
        "en": f"# {title}\n\n### DIS-a · With consent\n\nWe ask.",
        "zh-hans": "# 政策\n\n### DIS-a · 经同意\n\n征求。",
    }
    given: dict[str, Any] = {
        "policy_texts": texts,
        "agreement_texts": texts,
        "prevailing_language": "zh-hans",
        "by": SYSTEM,
        "at": at,
    }
    return policies.publish(**{**given, **options})


# -- publishing ------------------------------------------------------------------------------------


@pytest.mark.clause("PRE-5")
def test_a_version_is_published_with_its_agreement_and_both_are_on_record_with_their_digests() -> None:
    agreement = publish(summaries={"en": "Couriers are named."}, significance=SIGNIFICANT, proposed=SIGNIFICANT)
    policy = agreement.policy
    said, agreed = Entry.objects.filter(kind__endswith=".published").order_by("-seq")[:2][::-1]
    assert (said.kind, agreed.kind) == ("policy.published", "agreement.published")
    assert said.body["version"] == agreed.body["policy_version"] == policy.version == 2
    assert said.body["significance"] == said.body["proposed"] == "significant"
    assert said.body["in_force_from"] == "2040-05-03T12:00:00.000000Z"
    assert said.body["texts"] == {text.language: text.sha256 for text in policy.texts.all()}
    english = policy.texts.get(language="en")
    assert english.summary == "Couriers are named."
    assert english.sha256 == PolicyText.digest(english.markdown)
    assert said.body["summaries"] == {"en": PolicyText.digest(english.summary)}


@pytest.mark.clause("PRE-3")
def test_a_version_of_a_later_date_is_posted_at_once_and_in_force_only_then() -> None:
    agreement = publish(in_force_from=LATER)
    for at, version in ((NOW, 1), (LATER - timedelta(microseconds=1), 1), (LATER, 2)):
        policy, agreed = policy_in_force(at=at), agreement_in_force(at=at)
        assert policy
        assert agreed
        assert (policy.version, agreed.policy_id) == (version, policy.pk)
    assert (agreement.posted_at, agreement.published_at) == (NOW, LATER)
    upcoming = policy_edition(2, at=NOW)
    assert upcoming
    assert upcoming.standing is Standing.UPCOMING
    assert policy_edition(2, at=NOW - timedelta(days=1)) is None


@pytest.mark.clause("PRE-3")
def test_no_version_is_dated_before_the_last_nor_into_the_past() -> None:
    publish(in_force_from=LATER)
    for begin in (None, LATER - timedelta(seconds=1), NOW - timedelta(days=9000)):
        with pytest.raises(DatedBeforeLast):
            publish(in_force_from=begin)
    assert Policy.objects.count() == Agreement.objects.count() == 2


@pytest.mark.clause("PRE-3")
def test_what_is_scheduled_is_not_taken_back_but_replaced_by_a_version_of_the_same_time() -> None:
    for _ in range(2):
        publish(in_force_from=LATER)
    in_force = policy_in_force(at=LATER)
    assert in_force
    assert in_force.version == 3
    standings = [
        policy_edition(version, at=at) for version, at in ((1, NOW), (2, NOW), (3, NOW), (1, LATER), (3, LATER))
    ]
    assert [edition and edition.standing for edition in standings] == [
        Standing.IN_FORCE,
        Standing.NEVER,
        Standing.UPCOMING,
        Standing.PAST,
        Standing.IN_FORCE,
    ]


@pytest.mark.parametrize(
    "options",
    [
        {"policy_texts": {"en": "# Policy", "zh-hans": " \n"}},
        {"agreement_texts": {"en": "# Agreement"}},
        {"policy_texts": {}},
    ],
    ids=["blank", "none in the language that prevails", "none"],
)
def test_nothing_is_published_without_words(options: dict[str, Any]) -> None:
    with pytest.raises(TextMissing):
        publish(**options)
    assert Policy.objects.count() == 1


@pytest.mark.clause("CHG-b")
def test_disagreeing_with_what_was_proposed_takes_a_reason() -> None:
    with pytest.raises(IntegrityError, match="policy_disagreeing_takes_a_reason"), transaction.atomic():
        publish(significance=EDITORIAL, proposed=SIGNIFICANT)
    policy = publish(significance=EDITORIAL, proposed=SIGNIFICANT, reason="Only the order of words changed.").policy
    assert (policy.proposed_significance, policy.significance) == (SIGNIFICANT, EDITORIAL)


# -- reading ---------------------------------------------------------------------------------------


def _queries(address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert Client(SERVER_NAME="localhost").get(address).status_code == 200
    return len(captured)


@pytest.mark.clause("PRE-3")
def test_the_page_of_a_version_costs_the_same_however_many_there_are_and_however_long_they_are() -> None:
    at = timezone.now()
    publish(at)
    addresses = ("/en/policy/", "/en/policy/1/", "/en/policy/2/", "/zh-hans/policy/1/")
    few = [_queries(address) for address in addresses]
    long = "# Policy\n\n" + "\n\n".join(f"### DIS-{n % 7} · Clause\n\n{'word ' * 200}" for n in range(100))
    for number in range(20):
        texts = {"en": f"{long}\n\n{number}", "zh-hans": f"{long}\n\n{number}"}
        publish(at + timedelta(microseconds=number + 1), policy_texts=texts)
    assert [_queries(address) for address in addresses] == few
