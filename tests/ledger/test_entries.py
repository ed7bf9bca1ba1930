"""Appending to the ledger: with its cause, or not at all."""

from datetime import timedelta, timezone
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from privacy_app.ledger.actors import SYSTEM, Actor
from privacy_app.ledger.canonical import NotCanonical, leaf_hash
from privacy_app.ledger.models import Entry
from privacy_app.ledger.services import Draft, append, append_all
from privacy_app.ledger.verification import findings
from tests.makers import NOW, at_once


def note(number: int = 0, **body: object) -> Draft:
    return Draft("test.noted", uuid4(), Actor.client("northwind"), {"number": number, **body}, NOW)


@pytest.mark.clause("PRE-2")
@pytest.mark.django_db
def test_an_entry_is_kept_as_it_was_written_under_a_salt_of_its_own() -> None:
    pseudonym = uuid4()
    body = {"words": "同意 \u2028 𝄞", "none": None, "list": [1, True, {"": "x"}], "most": 2**53 - 1}
    numbers = [
        append(kind="test.noted", pseudonym=pseudonym, actor=Actor.person(pseudonym), body=body, at=NOW)
        for _ in range(2)
    ]
    first, second = Entry.objects.filter(seq__in=numbers).order_by("seq")
    assert [first.seq, second.seq] == numbers
    assert (first.kind, first.pseudonym, first.actor, first.body, first.at) == (
        "test.noted",
        pseudonym,
        f"person:{pseudonym}",
        body,
        NOW,
    )
    assert len(first.salt) == 16 and first.salt != second.salt and first.leaf != second.leaf
    assert bytes(first.leaf) == leaf_hash(
        salt=bytes(first.salt), kind=first.kind, pseudonym=str(pseudonym), actor=first.actor, at=NOW, body=body
    )
    assert all(finding.matches for finding in findings())


@pytest.mark.clause("PRE-2")
@pytest.mark.django_db
def test_entries_written_together_stand_in_their_order_at_the_price_of_one() -> None:
    with CaptureQueriesContext(connection) as for_one:
        append_all([note()])
    with CaptureQueriesContext(connection) as for_many:
        numbers = append_all(note(number) for number in range(200))
    with CaptureQueriesContext(connection) as for_none:
        assert append_all([]) == []
    assert (len(for_many), len(for_none)) == (len(for_one), 0)
    assert numbers == sorted(numbers)
    entries = Entry.objects.filter(seq__in=numbers).order_by("seq")
    assert list(entries.values_list("body__number", flat=True)) == list(range(200))


@pytest.mark.clause("PRE-2")
@pytest.mark.django_db
def test_an_instant_is_kept_whatever_zone_it_came_in() -> None:
    shanghai = NOW.astimezone(timezone(timedelta(hours=8)))
    seq = append(kind="test.noted", pseudonym=None, actor=SYSTEM, body={}, at=shanghai)
    assert Entry.objects.get(seq=seq).at == NOW
    assert all(finding.matches for finding in findings())


@pytest.mark.clause("PRE-2")
def test_the_ledger_is_written_in_a_transaction_or_not_at_all(committed_db: str) -> None:
    before = Entry.objects.count()
    assert not connection.in_atomic_block
    with pytest.raises(TransactionManagementError):
        append_all([note()])
    assert Entry.objects.count() == before


@pytest.mark.clause("PRE-2")
def test_what_is_rolled_back_leaves_no_entry(committed_db: str) -> None:
    before = list(Entry.objects.values_list("seq", flat=True))
    with pytest.raises(RuntimeError), transaction.atomic():
        append_all([note(1)])
        raise RuntimeError
    assert list(Entry.objects.values_list("seq", flat=True)) == before
    with transaction.atomic():
        [kept] = append_all([note(2)])
        with pytest.raises(RuntimeError), transaction.atomic():
            append_all([note(3)])
            raise RuntimeError
    assert list(Entry.objects.values_list("seq", flat=True)) == [*before, kept]


@pytest.mark.clause("PRE-1")
@pytest.mark.django_db
def test_a_body_without_one_form_is_refused_together_with_all_beside_it() -> None:
    before = Entry.objects.count()
    for body in ({"share": 0.5}, {"name": "\ud800"}, {"name": "\x00"}, {"名": 1}, {"n": 2**53}):
        with pytest.raises(NotCanonical):
            append_all([note(), note(**body)])
    assert Entry.objects.count() == before


@pytest.mark.clause("SEC-a")
@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["", "noted", "Test.noted", "test.noted ", "test..noted", ".noted", "test.noted\n"])
def test_a_kind_is_two_words_or_more_with_dots_between(kind: str) -> None:
    with pytest.raises(IntegrityError, match="ledger_kind_is_dotted"), transaction.atomic():
        append(kind=kind, pseudonym=None, actor=SYSTEM, body={}, at=NOW)


@pytest.mark.clause("SEC-a")
def test_an_actor_is_named_by_kind_and_pseudonym_or_client() -> None:
    pseudonym = uuid4()
    assert [str(actor) for actor in (SYSTEM, Actor.person(pseudonym), Actor.staff(pseudonym), Actor.client("n"))] == [
        "system",
        f"person:{pseudonym}",
        f"staff:{pseudonym}",
        "client:n",
    ]


@pytest.mark.clause("PRE-2")
def test_writers_do_not_wait_for_one_another(committed_db: str) -> None:
    """Each holds its transaction open until the others have written theirs, too."""
    before, all_have_written = Entry.objects.count(), Barrier(4)

    def writing(number: int) -> object:
        with transaction.atomic():
            append_all(note(number) for _ in range(50))
            return all_have_written.wait(timeout=10)

    results = at_once(*(lambda number=number: writing(number) for number in range(4)))
    assert sorted(str(result) for result in results) == ["0", "1", "2", "3"]
    assert Entry.objects.count() == before + 200
    assert all(finding.matches for finding in findings())
