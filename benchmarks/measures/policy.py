"""Pages of a policy of 20,000 words and 200 versions, for a person with 10,000 records of each kind, beside a trivial page."""

import random
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.utils import timezone

from benchmarks.around import world
from benchmarks.around.copies import multiply
from benchmarks.around.rounds import Side, each, take
from benchmarks.around.table import Line, Section, at_most, cost_line
from consent import comparisons
from consent.models import ConsentChange
from consent.queries import agreement_in_force
from consent.services.policies import publish
from consent.services.sign_up import accept
from disclosure.models import DisclosureRequest, Release
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from users.models import PersonalDataItem, User
from users.roles import Role
from users.services.people import register
from users.services.roles import grant_role

WORDS, VERSIONS, RECORDS = 20_000, 200, 10_000
_ROUNDS, _REPEAT = 9, 3
_TRIVIAL = "the home page"
_VOCABULARY = [f"word{number}" for number in range(3_000)]


def sections() -> Iterator[Section]:
    """The pages for each reader, and the comparison of two versions, kept and anew."""
    print("Making the world …", file=sys.stderr, flush=True)
    call_command("migrate", verbosity=0)
    call_command("prepare", verbosity=0, stdout=sys.stderr)
    now = timezone.now()
    person = _person(now)
    _publish_versions(now)
    _multiply_records(person)
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    print("Measuring …", file=sys.stderr, flush=True)
    clerk = _clerk(now)
    readers = {"a visitor": _browser(None), "the person": _browser(person), "one of the staff": _browser(clerk)}
    yield _pages(readers)
    yield _comparisons(readers["a visitor"])


def _pages(readers: dict[str, Client]) -> Section:
    sides: dict[str, Side] = {_TRIVIAL: _visit(readers["a visitor"], "/en/")}
    sides |= {name: _visit(browser, "/en/policy/") for name, browser in readers.items()}
    figures = take(sides, rounds=_ROUNDS)
    lines: list[Line] = []
    for name in readers:
        milliseconds = figures.of(name) * 1000
        lines.append(
            cost_line(
                f"the policy, read by {name}", figures, _TRIVIAL, at_most(100, "ms"), judged=milliseconds, side=name
            )
        )
    return Section(f"The policy: {WORDS:,} words, {VERSIONS} versions, {RECORDS:,} records of each kind", lines)


def _comparisons(visitor: Client) -> Section:
    address = f"/en/policy/{VERSIONS // 2}...{VERSIONS}/"
    known = _visit(visitor, address)

    def anew() -> float:
        comparisons._difference.cache_clear()
        return each(lambda: _get(visitor, address), count=1)()

    figures = take({_TRIVIAL: _visit(visitor, "/en/"), "kept": known, "anew": anew}, rounds=_ROUNDS)
    return Section(
        "What changed between two of them",
        [
            cost_line(
                "compared before", figures, _TRIVIAL, at_most(100, "ms"), judged=figures.of("kept") * 1000, side="kept"
            ),
            cost_line("compared anew", figures, _TRIVIAL, side="anew"),
        ],
    )


def _visit(browser: Client, address: str) -> Side:
    return each(lambda: _get(browser, address), count=1, repeat=_REPEAT)


def _get(browser: Client, address: str) -> None:
    assert browser.get(address).status_code == 200


def _browser(person: User | None) -> Client:
    browser = Client(SERVER_NAME="localhost")
    if person is not None:
        browser.force_login(person)
    return browser


def _person(at: datetime) -> User:
    """Somebody who allowed a partner something that it has read."""
    (person,) = world.make(1, at=at).people
    agreement = agreement_in_force(at=at)
    assert agreement is not None
    accept(person, agreement, language="en", by=SYSTEM, at=at)
    return person


def _clerk(at: datetime) -> User:
    clerk = User.objects.create(email="clerk@lantern.example")
    register(clerk, origin="website", at=at)
    agreement = agreement_in_force(at=at)
    assert agreement is not None
    accept(clerk, agreement, language="en", by=SYSTEM, at=at)
    grant_role(clerk, Role.SECURITY_OFFICER, by=SYSTEM, at=at)
    return clerk


def _multiply_records(person: User) -> None:
    item = PersonalDataItem.objects.filter(person=person).first()
    assert item is not None
    multiply(item, RECORDS, is_chosen="false")
    multiply(ConsentChange.objects.filter(consent__person=person)[0], RECORDS)
    multiply(Release.objects.filter(person=person)[0], RECORDS)
    multiply(DisclosureRequest.objects.filter(person=person)[0], RECORDS)
    for kind in ("consent.changed", "disclosure.read", "disclosure.decided", "item.stored"):
        multiply(Entry.objects.filter(kind=kind).latest("seq"), RECORDS, leaf="sha256(leaf || n::text::bytea)")


def _publish_versions(at: datetime) -> None:
    chance = random.Random(1)
    folder = Path(settings.BASE_DIR) / "consent/texts"
    texts = {
        language: (folder / f"policy-1.{language}.md").read_text(encoding="utf-8").split("\n\n")
        for language in ("en", "zh-hans")
    }
    for language, paragraphs in texts.items():
        texts[language] = _lengthened(paragraphs, chance)
    for number in range(VERSIONS - 1):
        for paragraphs in texts.values():
            _reword(paragraphs, chance)
        publish(
            policy_texts={language: "\n\n".join(paragraphs) for language, paragraphs in texts.items()},
            agreement_texts=dict.fromkeys(texts, "# Agreement\n\nAs before."),
            prevailing_language="zh-hans",
            summaries=dict.fromkeys(texts, f"Change {number}."),
            by=SYSTEM,
            at=at + timedelta(microseconds=number + 1),
        )


def _lengthened(paragraphs: list[str], chance: random.Random) -> list[str]:
    """The text with paragraphs of a hundred words after its own, until it is long enough."""
    places = [place for place, text in enumerate(paragraphs) if text.startswith("### ")]
    more = (WORDS - sum(len(text.split()) for text in paragraphs)) // 100
    added: dict[int, list[str]] = {}
    for number in range(more):
        added.setdefault(places[number % len(places)], []).append(" ".join(chance.choices(_VOCABULARY, k=100)) + ".")
    return [part for place, text in enumerate(paragraphs) for part in (text, *added.get(place, ()))]


def _reword(paragraphs: list[str], chance: random.Random) -> None:
    """Change a few words in a few paragraphs."""
    for _ in range(5):
        place = chance.randrange(len(paragraphs))
        if paragraphs[place].startswith("#"):
            continue
        words = paragraphs[place].split(" ")
        words[chance.randrange(len(words))] = chance.choice(_VOCABULARY)
        paragraphs[place] = " ".join(words)
