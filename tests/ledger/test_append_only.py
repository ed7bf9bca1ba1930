"""What must not be rewritten cannot be: not by the app, nor by the owner of the tables while the triggers stand."""

import pytest
from django.apps import apps
from django.db import connection, connections, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.utils import ProgrammingError
from django.utils import timezone

from consent.models import (
    Acceptance,
    Agreement,
    AgreementText,
    ConsentChange,
    Policy,
    PolicyText,
    PurposeRecipient,
    PurposeText,
    PurposeVersion,
)
from consent.queries import agreement_in_force
from consent.services.consents import Subject
from consent.services.sign_up import accept
from consent.states import Event
from disclosure.contributing import Item, Offer
from disclosure.facts import Query
from disclosure.gate import Ground
from disclosure.models import Contribution, Release
from disclosure.services.contributions import contribute
from disclosure.services.disclosures import read_disclosures, request_disclosures
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.append_only import AppendOnly
from privacy_app.ledger.models import Entry
from tests.makers import EMAIL, NOW, make_engagement, make_partner, make_person, make_purpose, publish, say
from users.services.items import Channel
from users.services.partners import issue_client

# What must be here, whatever else the migrations keep so.
EVIDENCE = {
    model._meta.db_table
    for model in (
        Entry,
        Policy,
        PolicyText,
        Agreement,
        AgreementText,
        Acceptance,
        PurposeVersion,
        PurposeText,
        PurposeRecipient,
        ConsentChange,
        Release,
        Contribution,
    )
}
OPERATIONS = [
    operation
    for migration in MigrationLoader(None).disk_migrations.values()
    for operation in migration.operations
    if isinstance(operation, AppendOnly)
]
TABLES = sorted(operation.table for operation in OPERATIONS if operation.unless is None)
KEYS = {model._meta.db_table: model._meta.pk.column for model in apps.get_models()}


def rewriting(table: str) -> list[str]:
    return [f"UPDATE {table} SET {KEYS[table]} = {KEYS[table]}", f"DELETE FROM {table}"]


def emptying(table: str) -> str:
    return f"TRUNCATE {table} CASCADE"


@pytest.mark.clause("SEC-a")
def test_all_evidence_is_kept_so() -> None:
    assert set(TABLES) >= EVIDENCE


@pytest.mark.clause("SEC-a")
@pytest.mark.django_db
@pytest.mark.parametrize("table", TABLES)
def test_the_app_has_no_right_to_rewrite(table: str) -> None:
    for statement in (*rewriting(table), emptying(table)):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


@pytest.mark.clause("SEC-a")
def test_the_owner_of_the_tables_meets_a_trigger(committed_db: str) -> None:
    _fill_every_table()
    filled = [table for table in TABLES if _owner_counts(table) > 0]
    assert set(filled) >= EVIDENCE
    for statement in (*(each for table in filled for each in rewriting(table)), *map(emptying, TABLES)):
        with (
            pytest.raises(ProgrammingError, match=r"is append-only: (UPDATE|DELETE|TRUNCATE) refused"),
            connections["owner"].cursor() as cursor,
        ):
            cursor.execute(statement)


@pytest.mark.clause("SEC-a")
@pytest.mark.parametrize("table", ["users_user", "users_partner", "consent_purpose", "disclosure_engagement"])
def test_the_owner_cannot_empty_them_by_emptying_what_they_point_to(committed_db: str, table: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="is append-only: TRUNCATE refused"),
        connections["owner"].cursor() as cursor,
    ):
        cursor.execute(emptying(table))


@pytest.mark.clause("SEC-a")
def test_the_owner_cannot_pass_for_a_replica_whose_triggers_sleep(committed_db: str) -> None:
    """And if it were let: a trigger that is enabled ALWAYS (`A`) does not sleep there."""
    with pytest.raises(ProgrammingError, match="permission denied"), connections["owner"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            """
            SELECT c.relname, t.tgenabled, count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
            WHERE t.tgfoid = 'refuse_rewrite'::regproc GROUP BY 1, 2 ORDER BY 1
            """
        )
        assert cursor.fetchall() == [(table, "A", 2) for table in sorted(each.table for each in OPERATIONS)]


@pytest.mark.clause("PRE-3")
def test_no_model_says_that_it_is_never_rewritten_without_being_kept_so() -> None:
    said = {
        model._meta.db_table
        for model in apps.get_models()
        if any(word in (model.__doc__ or "").lower() for word in ("append-only", "immutable", "never rewritten"))
    }
    assert said
    assert said <= {operation.table for operation in OPERATIONS}


def _owner_counts(table: str) -> int:
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        count: int = cursor.fetchone()[0]
    return count


def _fill_every_table() -> None:
    """A row in each table of evidence: the triggers of rows need one to be fired."""
    partner, purpose, person = make_partner(), make_purpose(), make_person()
    publish(purpose, partner)
    make_engagement(partner, purpose)
    say(Subject(person, purpose, partner), Event.GIVE)
    agreement = agreement_in_force(at=timezone.now())
    assert agreement is not None
    accept(person, agreement, language="en", by=SYSTEM, at=NOW)
    client, _ = issue_client(partner, scopes=["disclosures"], name="test", by=SYSTEM, at=NOW)
    query = Query("email", "ada@lantern.example", "updates", (EMAIL,), Ground.CONSENT, "share")
    [answer] = request_disclosures(client, [query], clock=lambda: NOW)
    [read] = read_disclosures(client, [answer.request.pk], clock=lambda: NOW)
    assert read is not None and read.is_permitted
    offer = Offer("email", "ada@lantern.example", (Item(EMAIL, "ada@else.example", NOW),), Channel("", "", ""))
    contribute(client, offer, clock=lambda: NOW)
