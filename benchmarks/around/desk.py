"""What the desk stands before: staff, authorities, partners and one real request; and as many others as are wanted.

The few are made through the product's own services, the many by SQL. A thing's number decides all there is about it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connections

from benchmarks.around.world import World
from disclosure.models import (
    Authority,
    Complaint,
    DisclosureRequest,
    Filing,
    LegalInstrument,
    Provision,
    Transaction,
)
from disclosure.services.authorities import add_authority, receive_instrument, verify_authority
from disclosure.services.filings import Wanted, approve, comment, draft, submit
from disclosure.services.provisions import enter_provision
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from users.models import LedgerPseudonym, User, Violation
from users.roles import Role
from users.services.people import bring_in
from users.services.roles import grant_role

AUTHORITIES, STAFF = 40, 8
RARE = 60
"""Of so many requests, the first there are, those for the last authority and those of the last member of staff are all."""
_PDF = b"%PDF-1.4\ntrailer\n<<>>\n%%EOF\n"


@dataclass(frozen=True, slots=True)
class Desk:
    """`filing` is a request that was submitted, approved once and talked about."""

    staff: Sequence[User]
    authorities: Sequence[Authority]
    filing: Filing
    world: World


def furnish(world: World, *, at: datetime) -> Desk:
    staff = [_member(number, at) for number in range(STAFF)]
    clerk = staff[0]
    authorities = [
        add_authority(
            name=f"Court {number}",
            kind=Authority.Kind.COURT,
            country="CN",
            contact_email=f"clerk@court{number}.example",
            by=clerk,
            at=at,
        )
        for number in range(AUTHORITIES)
    ]
    for authority in authorities:
        verify_authority(authority, how="Rang the published number", by=clerk, at=at)
    instruments = [_instrument(authority, clerk, at) for authority in authorities]
    enter_provision(
        kind=Provision.Kind.LAW,
        title_en="Emergency law",
        title_zh_hans="突发事件应对法",
        citation="Article 12",
        in_force_from=at - timedelta(days=1),
        by=clerk,
        at=at,
    )
    wanted = Wanted(world.people[0], ("contact.email", "contact.phone"), instruments[0], authority=authorities[0])
    filing = submit(draft(wanted, by=clerk, at=at), shown=1, by=clerk, at=at)
    for number in range(20):
        comment(filing, text=f"Rang the court, call {number}", by=staff[number % STAFF], at=at)
    filing = approve(filing, shown=1, reason="It names the person and the fields", by=staff[1], at=at)
    return Desk(staff, authorities, filing, world)


def _member(number: int, at: datetime) -> User:
    member = bring_in(email=f"staff{number}@lantern.example", phone=None, locale="en", items=[], by=SYSTEM, at=at)
    grant_role(member, Role.REVIEWER, by=SYSTEM, at=at)
    return member


def _instrument(authority: Authority, clerk: User, at: datetime) -> LegalInstrument:
    return receive_instrument(
        _PDF,
        authority=authority,
        by=clerk,
        at=at,
        kind=LegalInstrument.Kind.COURT_ORDER,
        number="2026-17",
        issued_on=at.date(),
        received_at=at,
        expires_at=at + timedelta(days=300),
        legal_basis="Civil Procedure Law 70",
        fields=["contact.email", "contact.phone"],
    )


# -- the many ------------------------------------------------------------------------------------------


def fill(desk: Desk, *, people: int, open_: int, closed: int, asked: int, at: datetime) -> None:
    """Have so many more people, open and closed requests that people decide, and requests of partners, of three years.

    Every person has about as many, however many there are. Every request has one entry on the ledger.
    """
    with connections["owner"].cursor() as cursor, _without_indexes(cursor):
        cursor.execute("SET synchronous_commit = off; SET work_mem = '128MB'; SET maintenance_work_mem = '256MB'")
        cursor.execute(_PEOPLE, {"at": at, "people": people})
        cursor.execute(_COUNTED_STAFF, {"clerks": [member.pk for member in desk.staff]})
        cursor.execute(_COUNTED_AUTHORITIES, {"ids": [authority.pk for authority in desk.authorities]})
        common: dict[str, Any] = {"at": at, "rare": RARE, "authorities": AUTHORITIES, "staff": STAFF}
        cursor.execute(_CASES, {**common, "closed": closed, "count": closed + open_})
        cursor.execute(_ASKED, {**common, "count": asked})
        for statement in (_VIOLATIONS, _COMPLAINTS, _TRANSACTIONS, _FILINGS, _ENTRIES):
            cursor.execute(statement)
        asker = {
            "client": desk.world.client.pk,
            "partner": desk.world.partner.pk,
            "purpose": desk.world.purpose.pk,
            "engagement": desk.world.engagement.pk,
        }
        cursor.execute(_REQUESTS, asker)
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


@contextmanager
def _without_indexes(cursor: Any) -> Iterator[None]:
    """Indexes and foreign keys of the tables that are filled, made again when they are full: that takes a third as long."""
    cursor.execute(
        "SELECT format('DROP INDEX %%I', i.indexname), i.indexdef FROM pg_indexes i"
        " WHERE i.tablename = ANY(%(tables)s) AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)"
        " UNION ALL SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),"
        " format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))"
        " FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text = ANY(%(tables)s)",
        {"tables": _FILLED},
    )
    rows = cursor.fetchall()
    for drop, _ in rows:
        cursor.execute(drop)
    yield
    for _, make in rows:
        cursor.execute(make)


_FILLED = [
    model._meta.db_table
    for model in (Filing, DisclosureRequest, Entry, Transaction, Complaint, Violation, LedgerPseudonym)
]


def _draw(use: int, below: int | str) -> str:
    """An even draw from the number `n` of a thing, another for each use."""
    return f"mod(hashint8extended(n, {use}) & 1073741823, {below})"


_PEOPLE = """
INSERT INTO users_user (id, password, email, is_active, locale, time_zone, created_at)
SELECT gen_random_uuid(), '!', 'somebody' || n || '@lantern.example', true, 'en', 'Asia/Shanghai', %(at)s
FROM generate_series(0, %(people)s::bigint - 1) n;
INSERT INTO users_ledgerpseudonym (pseudonym, person_id, created_at)
SELECT gen_random_uuid(), id, %(at)s FROM users_user u
WHERE NOT EXISTS (SELECT 1 FROM users_ledgerpseudonym p WHERE p.person_id = u.id);
CREATE TEMP TABLE people AS
SELECT substr(u.email, 9, position('@' IN u.email) - 9)::bigint AS n, u.id, p.pseudonym
FROM users_user u JOIN users_ledgerpseudonym p ON p.person_id = u.id WHERE starts_with(u.email, 'somebody');
CREATE UNIQUE INDEX ON people (n);
ANALYZE people;
"""

_COUNTED_STAFF = """
CREATE TEMP TABLE staff AS SELECT n - 1 AS n, id FROM unnest(%(clerks)s::uuid[]) WITH ORDINALITY s(id, n);
"""

_COUNTED_AUTHORITIES = """
CREATE TEMP TABLE courts AS
SELECT o.n - 1 AS n, o.id, i.id AS instrument
FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY o(id, n) JOIN disclosure_legalinstrument i ON i.authority_id = o.id;
"""

_CASES = f"""
CREATE TEMP TABLE cases AS
WITH numbered AS (
    SELECT n, n > %(closed)s AS is_open, {_draw(1, 100)} AS g, {_draw(2, 20)} AS s,
        {_draw(3, "(SELECT count(*) FROM people)")} AS person,
        {_draw(4, 12 * 86400)} AS seconds,
        CASE WHEN n <= %(rare)s THEN %(authorities)s - 1 ELSE {_draw(5, "(%(authorities)s - 1)")} END AS court,
        CASE WHEN n <= %(rare)s THEN %(staff)s - 1 ELSE {_draw(6, "(%(staff)s - 1)")} END AS clerk
    FROM generate_series(1, %(count)s::bigint) n
), drawn AS (
    SELECT *,
        CASE WHEN g < 40 THEN 'legal_instrument' WHEN g < 75 THEN 'transaction' WHEN g < 90 THEN 'ip_complaint'
            WHEN g < 98 THEN 'violation' ELSE 'other_provision' END AS ground,
        CASE WHEN is_open THEN (ARRAY['draft', 'draft', 'information_wanted', 'information_wanted', 'approved_once',
            'approved_once', 'approved_once', 'approved'])[s + 1]
            ELSE (ARRAY['refused', 'refused', 'refused', 'refused', 'refused', 'expired', 'expired', 'expired',
            'withdrawn', 'withdrawn', 'revoked'])[s + 1] END AS state,
        CASE WHEN is_open THEN %(at)s::timestamptz - seconds * interval '1 second'
            ELSE %(at)s::timestamptz - interval '12 days'
                - (%(closed)s - n)::float / %(closed)s * interval '1095 days' END AS filed_at
    FROM numbered
)
SELECT gen_random_uuid() AS id, d.n, d.g, d.ground, d.filed_at, %(at)s::timestamptz AS at, d.is_open,
    coalesce(d.state, CASE WHEN is_open THEN 'submitted' ELSE 'released' END) AS state,
    d.ground IN ('legal_instrument', 'violation', 'other_provision') AS for_authority,
    p.id AS person, p.pseudonym, o.id AS other, c.id AS clerk, a.id AS authority, a.instrument
FROM drawn d
JOIN people p ON p.n = d.person
JOIN people o ON o.n = mod(d.person + 1, (SELECT count(*) FROM people))
JOIN staff c ON c.n = d.clerk
JOIN courts a ON a.n = d.court;
ANALYZE cases;
"""

_VIOLATIONS = """
INSERT INTO users_violation (id, person_id, rule, evidence, state, found_by_id, found_at, decided_at)
SELECT id, person, 'No counterfeit goods', '\\x00', 'confirmed', clerk, filed_at, filed_at
FROM cases WHERE ground = 'violation'
"""

_COMPLAINTS = """
INSERT INTO disclosure_complaint (id, complainant_id, respondent_id, "right", subject_matter, fields, proof_id, opened_at,
    qualified_at, qualified_by_id, qualified_how)
SELECT id, person, other, 'copyright', 'The picture of listing ' || n, ARRAY['contact.email'],
    (SELECT id FROM disclosure_document LIMIT 1), filed_at, filed_at, clerk, 'Saw the register'
FROM cases WHERE ground = 'ip_complaint'
"""

_TRANSACTIONS = """
INSERT INTO disclosure_transaction (id, reference, first_id, second_id, first_performance, second_performance, opened_at,
    warned_at)
SELECT id, 'Order ' || n, person, other, 'none', 'partial', filed_at, filed_at FROM cases WHERE ground = 'transaction'
"""

_FILINGS = f"""
INSERT INTO disclosure_filing (id, ground, person_id, fields, authority_id, recipient_id, instrument_id, violation_id,
    complaint_id, transaction_id, provision_id, asked_for, state, version, filed_by_id, filed_at, submitted_at, due_at,
    paused_at, assigned_to_id, expires_at, decided_at, notice_delay_reason)
SELECT id, ground, person, ARRAY['contact.email'],
    CASE WHEN for_authority THEN authority END,
    CASE WHEN NOT for_authority THEN other END,
    CASE WHEN ground = 'legal_instrument' THEN instrument END,
    CASE WHEN ground = 'violation' THEN id END,
    CASE WHEN ground = 'ip_complaint' THEN id END,
    CASE WHEN ground = 'transaction' THEN id END,
    CASE WHEN ground = 'other_provision' THEN (SELECT id FROM disclosure_provision LIMIT 1) END,
    CASE WHEN ground = 'transaction' THEN 'completion' ELSE '' END,
    state, 1, CASE WHEN for_authority THEN clerk ELSE other END, filed_at,
    CASE WHEN state <> 'draft' THEN filed_at END,
    CASE WHEN state <> 'draft' THEN filed_at + interval '10 days' + {_draw(7, 5)} * interval '1 day' END,
    CASE WHEN state = 'information_wanted' THEN filed_at + interval '1 day' END,
    CASE WHEN {_draw(8, 3)} > 0 THEN clerk END,
    at + interval '30 days',
    CASE WHEN NOT is_open THEN filed_at + interval '5 days' END,
    ''
FROM cases
"""

# Both in one order: the number of an entry grows with its time.
_ENTRIES = """
INSERT INTO ledger_entry (seq, kind, pseudonym, actor, body, at, salt, leaf)
SELECT nextval('ledger_entry_seq_seq'), *, decode(md5(random()::text), 'hex'), sha256(random()::text::bytea || at::text::bytea)
FROM (
    SELECT 'filing.' || CASE WHEN state = 'released' THEN 'opened' WHEN state IN ('draft', 'submitted') THEN 'drafted'
            WHEN starts_with(state, 'approved') THEN 'approved' ELSE state END, pseudonym, 'system:', jsonb_build_object(
            'filing', id, 'version', 1, 'ground', ground, 'state', state, 'fields', ARRAY['contact.email']),
        filed_at AS at
    FROM cases
    UNION ALL
    SELECT 'disclosure.decided', pseudonym, 'client:x', jsonb_build_object('outcome', status, 'request', id), at
    FROM asked
    ORDER BY at
) entries
"""

_ASKED = f"""
CREATE TEMP TABLE asked AS
SELECT gen_random_uuid() AS id, p.id AS person, p.pseudonym, CASE WHEN s < 2 THEN 'refused' ELSE 'released' END AS status,
    %(at)s::timestamptz - (%(count)s - i)::float / %(count)s * interval '1095 days' AS at
FROM (
    SELECT n AS i, {_draw(9, "(SELECT count(*) FROM people)")} AS person, {_draw(10, 20)} AS s
    FROM generate_series(1, %(count)s::bigint) n
) d
JOIN people p ON p.n = d.person;
ANALYZE asked;
"""

_REQUESTS = """
INSERT INTO disclosure_disclosurerequest (id, client_id, partner_id, person_id, purpose_id, engagement_id, ground, action,
    country, fields, status, requested_at, entry_id)
SELECT a.id, %(client)s, %(partner)s, person, %(purpose)s, %(engagement)s, 'consent', 'share', '', ARRAY['contact.email'],
    status, a.at, e.seq
FROM asked a JOIN ledger_entry e ON e.kind = 'disclosure.decided' AND (e.body ->> 'request')::uuid = a.id
"""
