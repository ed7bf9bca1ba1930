"""`manage.py verify_ledger`: whoever alters an entry is found out, and what cannot be found out yet is said."""

from datetime import UTC
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from hypothesis import given
from hypothesis import strategies as st

from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.canonical import leaf_hash
from privacy_app.ledger.models import Entry
from privacy_app.ledger.services import append
from privacy_app.ledger.verification import NOT_YET_DETECTED, findings
from tests.makers import NOW


def verified() -> str:
    out = StringIO()
    call_command("verify_ledger", stdout=out)
    return out.getvalue()


def write(count: int) -> list[int]:
    """Entries of a certain body, and their numbers."""
    with transaction.atomic():
        return [
            append(kind="test.noted", pseudonym=uuid4(), actor=SYSTEM, body={"n": 1, "a": ["x"], "none": None}, at=NOW)
            for _ in range(count)
        ]


def owner_does(*statements: str, **params: Any) -> None:
    """What somebody with the owner's role can do, who lets the triggers sleep and wakes them afterwards."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement, params)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_append_only")
        cursor.execute("ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_no_truncate")


@pytest.mark.clause("SEC-a")
@pytest.mark.django_db
def test_an_untouched_ledger_matches_and_what_is_not_detected_is_said() -> None:
    write(3)
    count = Entry.objects.count()
    assert verified() == f"{count} entries, each matches its leaf.\n{NOT_YET_DETECTED}\n"
    assert "deleted" in NOT_YET_DETECTED and "order" in NOT_YET_DETECTED and "owner" in NOT_YET_DETECTED


@pytest.mark.clause("SEC-a")
def test_the_first_of_several_altered_entries_is_reported(committed_db: str) -> None:
    numbers = write(5)
    before = Entry.objects.filter(seq__lt=numbers[1]).count()
    owner_does("UPDATE ledger_entry SET actor = 'staff' WHERE seq = ANY(%(seqs)s)", seqs=[numbers[3], numbers[1]])
    with pytest.raises(CommandError) as reported:
        verified()
    assert str(reported.value) == (
        f"Entry {numbers[1]} does not match its leaf. {before} entries before it match.\n{NOT_YET_DETECTED}"
    )
    assert [finding.seq for finding in findings() if not finding.matches] == [numbers[1], numbers[3]]


ALTERATIONS = [
    "kind = 'test.other'",
    "kind = kind || 'x'",
    "pseudonym = NULL",
    "pseudonym = gen_random_uuid()",
    "actor = ''",
    "actor = 'system '",
    "at = at + interval '1 microsecond'",
    "at = at - interval '1 day'",
    "at = 'infinity'",
    "at = '-infinity'",
    "at = at + interval '20000 years'",
    "at = '2040-05-03 12:00:00+00 BC'",
    "body = '{}'",
    "body = '[]'",
    "body = 'null'",
    "body = body || '{\"more\": 1}'",
    "body = body - 'a'",
    "body = jsonb_set(body, '{n}', '2')",
    "body = jsonb_set(body, '{n}', '1.0')",
    "body = jsonb_set(body, '{n}', '\"1\"')",
    "body = jsonb_set(body, '{n}', 'true')",
    "body = jsonb_set(body, '{n}', ('1' || repeat('0', 5000))::jsonb)",
    "body = jsonb_set(body, '{n}', '1e400')",
    "body = jsonb_set(body, '{none}', '1e400')",
    "body = jsonb_set(body, '{none}', '\"\"')",
    "body = body - 'none'",
    "body = jsonb_set(body, '{a}', '[\"x\", \"x\"]')",
    "body = jsonb_set(body, '{a}', (repeat('[', 5000) || repeat(']', 5000))::jsonb)",
    "salt = '\\x00'",
    "salt = ''",
    "salt = salt || '\\x00'",
    "leaf = '\\x00'",
    "leaf = sha256(leaf)",
]


@pytest.mark.clause("SEC-a")
def test_whatever_is_altered_about_an_entry_is_detected_and_stops_nothing(committed_db: str) -> None:
    numbers = write(len(ALTERATIONS) + 1)
    for seq, alteration in zip(numbers, ALTERATIONS, strict=False):
        owner_does(f"UPDATE ledger_entry SET {alteration} WHERE seq = {seq}".replace("%", "%%"))
    unmatched = [finding.seq for finding in findings() if not finding.matches]
    assert dict(zip(numbers, ALTERATIONS, strict=False)).keys() - set(unmatched) == set()
    assert numbers[-1] not in unmatched


@pytest.mark.clause("SEC-a")
def test_contents_moved_from_one_entry_to_another_are_detected(committed_db: str) -> None:
    one, other = write(2)
    owner_does(
        f"UPDATE ledger_entry SET pseudonym = (SELECT pseudonym FROM ledger_entry WHERE seq = {other}) WHERE seq = {one}"
    )
    assert [finding.seq for finding in findings() if not finding.matches] == [one]


@pytest.mark.clause("SEC-a")
def test_what_is_said_not_to_be_detected_is_not(committed_db: str) -> None:
    """So that nobody relies on more than there is: this test changes when entries are sealed."""
    deleted, moved, recomputed = write(3)
    entry = Entry.objects.get(seq=recomputed)
    leaf = leaf_hash(
        salt=bytes(entry.salt), kind=entry.kind, pseudonym=None, actor=entry.actor, at=entry.at, body=entry.body
    )
    owner_does(
        f"DELETE FROM ledger_entry WHERE seq = {deleted}",
        f"UPDATE ledger_entry SET seq = 999999 WHERE seq = {moved}",
        f"UPDATE ledger_entry SET pseudonym = NULL, leaf = %(leaf)s WHERE seq = {recomputed}",
        leaf=leaf,
    )
    assert all(finding.matches for finding in findings())


# -- any change at all -------------------------------------------------------------------------------------------

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)
contents = st.fixed_dictionaries(
    {
        "salt": st.binary(min_size=16, max_size=16),
        "kind": texts,
        "pseudonym": st.none() | st.uuids().map(str),
        "actor": texts,
        "at": st.datetimes(timezones=st.just(UTC)),
        "body": st.dictionaries(
            st.sampled_from(["kind", "actor", "at", "body", "a"]), texts | st.integers(0, 9) | st.none(), max_size=3
        ),
    }
)


@pytest.mark.clause("SEC-a")
@given(contents, contents, st.sets(st.sampled_from(["salt", "kind", "pseudonym", "actor", "at", "body"]), min_size=1))
def test_any_change_of_any_column_changes_the_leaf(
    entry: dict[str, Any], other: dict[str, Any], changed: set[str]
) -> None:
    altered = {**entry, **{column: other[column] for column in changed}}
    assert (leaf_hash(**altered) == leaf_hash(**entry)) is (altered == entry)
