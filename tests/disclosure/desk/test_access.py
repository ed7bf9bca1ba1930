"""Who gets to what at the desk: a table of roles, tried over HTTP."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import URLPattern

from disclosure.desk import authorities, complaints, filing_deeds, instruments, provisions, transactions, violations
from disclosure.desk_urls import urlpatterns
from privacy_app.ledger.models import Entry
from tests.disclosure.desk.clerks import DESK, Clerk, a_provision, on_violation, somebody
from tests.disclosure.matters import complaint_about, order_of, transaction_of
from tests.users.makers import ADA, BEN
from users.roles import Role

pytestmark = pytest.mark.django_db

SOMETHING = str(uuid4())
EVERYBODY = frozenset({Role.REVIEWER, Role.SECURITY_OFFICER, Role.ADMINISTRATOR})
FILERS = frozenset({Role.REVIEWER, Role.SECURITY_OFFICER})
REVIEWERS = frozenset({Role.REVIEWER})
EDITORS = frozenset({Role.POLICY_EDITOR})

SEEN: dict[str, frozenset[Role]] = {
    "queue": EVERYBODY,
    "new": FILERS,
    "new_on_instrument": FILERS,
    "new_on_violation": FILERS,
    "new_on_provision": FILERS,
    "filing": EVERYBODY,
    "edit": FILERS,
    "authorities": EVERYBODY,
    "new_authority": FILERS,
    "authority": EVERYBODY,
    "new_instrument": FILERS,
    "instrument": EVERYBODY,
    "violations": EVERYBODY,
    "new_violation": FILERS,
    "violation": EVERYBODY,
    "complaints": EVERYBODY,
    "new_complaint": REVIEWERS,
    "complaint": EVERYBODY,
    "transactions": EVERYBODY,
    "new_transaction": REVIEWERS,
    "transaction": EVERYBODY,
    "provisions": EVERYBODY | EDITORS,
    "new_provision": EDITORS,
    "contributions": EVERYBODY,
    "contribution": EVERYBODY,
    "search": FILERS,
}
DONE: dict[str, frozenset[Role]] = {
    "look": REVIEWERS,
    "filing_evidence": EVERYBODY,
    "document": EVERYBODY,
    "evidence": EVERYBODY,
    "contribution_evidence": FILERS,
}
"""Pages and presses that have an address of their own. Whether a deed is open to somebody is said by the deed."""
DEEDS: dict[str, dict[str, frozenset[Role]]] = {
    "do": {
        **dict.fromkeys(("approve", "refuse", "ask", "revoke", "send-link", "delay-notice"), REVIEWERS),
        **dict.fromkeys(("assign", "extend"), REVIEWERS),
        **dict.fromkeys(("submit", "take-back", "comment"), FILERS),
    },
    "do_to_authority": dict.fromkeys(("verify", "doubt"), FILERS),
    "do_to_instrument": {"approve-at-home": FILERS},
    "do_to_violation": dict.fromkeys(("confirm", "dismiss"), FILERS),
    "do_to_complaint": dict.fromkeys(("qualify", "close"), REVIEWERS),
    "do_to_transaction": dict.fromkeys(("perform", "warn", "close"), REVIEWERS),
    "do_to_provision": {"repeal": EDITORS},
}


def _address(name: str) -> str:
    (pattern,) = [each for each in urlpatterns if isinstance(each, URLPattern) and each.name == name]
    return DESK + str(pattern.pattern).replace("<uuid:id>", SOMETHING)


@pytest.fixture
def clerks() -> dict[Role, Clerk]:
    return {role: Clerk(role, email=f"{role}@lantern.example") for role in Role}


def test_every_address_of_the_desk_is_in_the_table() -> None:
    assert {each.name for each in urlpatterns} == {*SEEN, *DONE, *DEEDS}


@pytest.mark.clause("SEC-a")
@pytest.mark.parametrize("name", SEEN)
def test_a_page_is_seen_by_exactly_those_whose_role_says_so(clerks: dict[Role, Clerk], name: str) -> None:
    """What is not there is a 404 to them, and a 403 to everybody else: nobody learns what there is."""
    answers = {role: clerk.browser.get(_address(name)).status_code for role, clerk in clerks.items()}
    assert {role for role, status in answers.items() if status in (200, 404)} == SEEN[name]
    assert {status for role, status in answers.items() if role not in SEEN[name]} <= {403}


@pytest.mark.clause("SEC-a")
@pytest.mark.parametrize("name", DONE)
def test_a_press_is_for_exactly_those_whose_role_says_so(clerks: dict[Role, Clerk], name: str) -> None:
    answers = {role: clerk.browser.post(_address(name)).status_code for role, clerk in clerks.items()}
    assert {role for role, status in answers.items() if status == 404} == DONE[name]
    assert {status for role, status in answers.items() if role not in DONE[name]} <= {403}


@pytest.mark.parametrize("name", [*SEEN, *DONE, *DEEDS])
def test_visitors_are_led_to_the_log_in_and_people_without_a_role_are_refused(name: str) -> None:
    address = _address(name).replace("<slug:slug>", "approve")
    for method in ("get", "post"):
        answer = getattr(Client(SERVER_NAME="localhost"), method)(address)
        assert answer.status_code in (302, 405)
        assert "/account/login/" in answer.get("Location", "/account/login/")
    person = Clerk(email="nobody@lantern.example")
    assert {person.browser.get(address).status_code, person.browser.post(address).status_code} <= {403, 405}


def test_a_deed_that_is_none_leads_nowhere(clerks: dict[Role, Clerk]) -> None:
    assert clerks[Role.REVIEWER].post(f"filings/{UUID(int=1)}/shred/").status_code == 404


LISTS = ("queue", "new", "authorities", "violations", "complaints", "transactions", "provisions", "search")


@pytest.mark.parametrize("name", LISTS)
def test_no_page_of_the_desk_is_kept_by_a_cache(clerks: dict[Role, Clerk], name: str) -> None:
    role = min(SEEN[name])
    assert "no-store" in clerks[role].browser.get(_address(name)).headers["Cache-Control"]


# -- deeds -----------------------------------------------------------------------------------------


def _things(clerks: dict[Role, Clerk]) -> dict[str, str]:
    """By the name of the address at which it is done to, something to which something can be done."""
    staff = clerks[Role.REVIEWER].user
    filing = on_violation(staff, clerks[Role.SECURITY_OFFICER].user)
    complaint = complaint_about(somebody(BEN), somebody(ADA), clerk=staff)
    assert filing.authority is not None
    return {
        "do": str(filing.pk),
        "do_to_authority": str(filing.authority.pk),
        "do_to_instrument": str(order_of(filing.authority, clerk=staff).pk),
        "do_to_violation": str(filing.violation_id),
        "do_to_complaint": str(complaint.pk),
        "do_to_transaction": str(transaction_of(somebody(BEN), somebody(ADA)).pk),
        "do_to_provision": str(a_provision(staff).pk),
    }


@pytest.mark.clause("SEC-a")
def test_a_deed_is_for_exactly_those_whose_role_says_so(clerks: dict[Role, Clerk]) -> None:
    """An empty form is not taken, and a deed that is not open is refused: only whoever lacks the role gets a 403."""
    things = _things(clerks)
    for name, deeds in DEEDS.items():
        for slug, roles in deeds.items():
            if slug in ("doubt", "warn", "close", "repeal", "assign", "send-link"):
                continue  # they need nothing but the press: tried where they are done
            address = _address(name).replace(SOMETHING, things[name]).replace("<slug:slug>", slug)
            answers = {role: clerk.browser.post(address).status_code for role, clerk in clerks.items()}
            allowed = {role for role, status in answers.items() if status in (409, 422)}
            assert (slug, allowed) == (slug, set(roles))
            assert {status for role, status in answers.items() if role not in roles} == {403}


@pytest.mark.clause("SEC-a")
@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("do", "assign"),
        ("do", "send-link"),
        ("do_to_authority", "doubt"),
        ("do_to_complaint", "close"),
        ("do_to_transaction", "warn"),
        ("do_to_transaction", "close"),
        ("do_to_provision", "repeal"),
    ],
)
def test_a_deed_that_needs_nothing_but_a_press_is_refused_to_all_others(
    clerks: dict[Role, Clerk], name: str, slug: str
) -> None:
    address = _address(name).replace(SOMETHING, _things(clerks)[name]).replace("<slug:slug>", slug)
    before = Entry.objects.latest("seq").seq
    others = [clerk for role, clerk in clerks.items() if role not in DEEDS[name][slug]]
    assert {clerk.browser.post(address).status_code for clerk in others} == {403}
    assert Entry.objects.latest("seq").seq == before


def test_the_table_of_deeds_is_whole() -> None:
    tables: dict[str, Any] = {
        "do": filing_deeds.DEEDS,
        "do_to_authority": authorities.DEEDS,
        "do_to_instrument": instruments.DEEDS,
        "do_to_violation": violations.DEEDS,
        "do_to_complaint": complaints.DEEDS,
        "do_to_transaction": transactions.DEEDS,
        "do_to_provision": (provisions.REPEAL,),
    }
    deeds = {name: {deed.slug for deed in table} for name, table in tables.items()}
    assert deeds == {name: set(slugs) for name, slugs in DEEDS.items()}
