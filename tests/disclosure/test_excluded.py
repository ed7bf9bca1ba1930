"""What lies outside the policy (EXC-a to EXC-c): held under categories of its own alone, and let out by three grounds at most."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from disclosure.filing_gate import FilingElement, FilingFacts, FilingReason, decide_filing
from disclosure.gate import ElementFact, Ground, Outcome, Reason, decide
from privacy_app.ledger.actors import SYSTEM
from tests.disclosure.cases import AT, ENGAGEMENT, GIVEN, ON_CONSENT, ON_SERVICE, SERVICE
from tests.disclosure.filing_cases import BY_COMPLAINT, BY_INSTRUMENT, BY_PROVISION, BY_TRANSACTION, BY_VIOLATION
from users.models import Category, DataElement
from users.services.elements import change_element, register_element
from users.services.reference import elements

OUTSIDE = [element for element in elements() if element.is_excluded]
each_outside = pytest.mark.parametrize("element", OUTSIDE, ids=lambda element: element.key)
_REACHING = {Ground.LEGAL_INSTRUMENT, Ground.VIOLATION, Ground.TRANSACTION}


@pytest.mark.clause("EXC-a")
@pytest.mark.clause("EXC-b")
@pytest.mark.clause("EXC-c")
def test_keywords_activity_violations_and_measures_are_marked_as_outside() -> None:
    assert {element.key: element.excluded_by for element in OUTSIDE} == {
        "activity.search_keywords": "EXC-a",
        "activity.transactions": "EXC-b",
        "activity.reviews": "EXC-b",
        "activity.participation": "EXC-b",
        "enforcement.violations": "EXC-c",
        "enforcement.measures": "EXC-c",
    }
    marked = {Category.ACTIVITY, Category.ENFORCEMENT}
    assert {element.key for element in elements() if element.category in marked} == {each.key for each in OUTSIDE}


@pytest.mark.clause("EXC-a")
@pytest.mark.clause("EXC-b")
@pytest.mark.clause("EXC-c")
@each_outside
def test_neither_a_consent_nor_a_service_lets_them_out_even_where_everything_names_them(element: DataElement) -> None:
    key = element.key
    named = frozenset({key})
    engagement = replace(ENGAGEMENT, fields=named)
    common: dict[str, Any] = {
        "fields": (key,),
        "elements": {key: ElementFact(element.is_sensitive, True)},
        "engagement": engagement,
    }
    for facts in (
        replace(ON_CONSENT, **common, consents={"base": replace(GIVEN, fields=named)}),
        replace(ON_SERVICE, **common, service=replace(SERVICE, necessary=named)),
    ):
        decision = decide(facts, at=AT)
        assert decision.outcome is Outcome.DENY
        assert decision.reasons == ((Reason.EXCLUDED_FIELD, (key,)),)


@pytest.mark.clause("EXC-a")
@pytest.mark.clause("EXC-b")
@pytest.mark.clause("EXC-c")
@each_outside
@pytest.mark.parametrize(
    "facts",
    [BY_INSTRUMENT, BY_VIOLATION, BY_COMPLAINT, BY_TRANSACTION, BY_PROVISION],
    ids=lambda facts: facts.ground.clause,
)
def test_only_the_law_a_violation_and_a_transaction_get_past_the_mark(element: DataElement, facts: FilingFacts) -> None:
    asked = replace(
        facts, fields=(element.key,), elements={element.key: FilingElement(excluded=True, is_contact=False)}
    )
    refused = {reason for reason, _ in decide_filing(asked, at=AT).reasons}
    assert (FilingReason.EXCLUDED_FIELD in refused) == (facts.ground not in _REACHING)


@pytest.mark.clause("EXC-a")
@pytest.mark.clause("EXC-b")
@pytest.mark.clause("EXC-c")
@pytest.mark.django_db
@each_outside
def test_nobody_can_take_the_mark_away_nor_enter_such_a_kind_without_it(element: DataElement) -> None:
    words: dict[str, Any] = {
        "title_en": "T",
        "title_zh_hans": "T",
        "dpv_term": "dpv-pd:Purchase",
        "format": "text",
        "is_sensitive": False,
        "retention_days": None,
        "by": SYSTEM,
        "at": timezone.now(),
    }
    for mark in ("", "EXC-c" if element.category == Category.ACTIVITY else "EXC-b"):
        with pytest.raises(IntegrityError, match="element_outside_stays_outside"), transaction.atomic():
            change_element(DataElement.objects.get(pk=element.key), excluded_by=mark, **words)
        with pytest.raises(IntegrityError, match="element_outside_stays_outside"), transaction.atomic():
            register_element(key=f"{element.category}.something_else", excluded_by=mark, **words)
    assert DataElement.objects.get(pk=element.key).excluded_by == element.excluded_by
