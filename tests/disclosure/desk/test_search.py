"""The search over decisions and the ledger: all of it posted, narrowed by what one knows, the same work however much there is."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from disclosure.models import DisclosureRequest
from disclosure.services import filings
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from privacy_app.ledger.services import Draft, append_all
from tests.admin_makers import Affair
from tests.disclosure.desk.clerks import (
    DESK,
    Clerk,
    approved,
    asked_by_party,
    many,
    officer,
    reviewer,
    says,
    somebody,
    submitted,
)
from tests.disclosure.matters import now
from tests.users.makers import ADA, BEN
from users.services.erasure import erase

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita() -> Clerk:
    return reviewer()


@pytest.fixture
def olga() -> Clerk:
    return officer()


def find(clerk: Clerk, place: str = "decisions", /, **typed: str) -> Any:
    return clerk.post("search/", place=place, **typed)


def decided(answer: Any) -> list[str]:
    assert answer.status_code == 200, says(answer)
    return [row.href for row in answer.context["rows"]]


def entered(answer: Any) -> list[Entry]:
    assert answer.status_code == 200, says(answer)
    return [line.told.entry for line in answer.context["lines"]]


def test_the_page_begins_with_the_question_and_nothing_found(rita: Clerk) -> None:
    page = says(rita.get("search/"))
    assert "stands in no address" in page
    assert "the latest first" not in page


@pytest.mark.clause("PRE-2")
def test_decisions_are_found_by_person_recipient_ground_outcome_and_time(rita: Clerk, olga: Clerk) -> None:
    affair = Affair()
    asked = affair.ask().request
    demand = submitted(olga.user)
    between, _ = asked_by_party()
    request = f"/en/admin/disclosure/disclosurerequest/{asked.pk}/change/"
    on_demand, on_between = (f"{DESK}filings/{each.pk}/" for each in (demand, between))

    assert set(decided(find(rita))) == {request, on_demand, on_between}
    assert set(decided(find(rita, person=ADA))) == {on_demand, on_between}
    assert decided(find(rita, person=str(affair.person.pk))) == [request]
    assert decided(find(rita, recipient=str(affair.partner.pk))) == [request]
    assert decided(find(rita, recipient=str(demand.authority_id))) == [on_demand]
    assert decided(find(rita, ground="transaction")) == [on_between]
    assert decided(find(rita, ground="consent", result="permitted")) == [request]
    assert decided(find(rita, result="permitted")) == [request]
    approved(demand, rita.user, reviewer(1).user)
    assert set(decided(find(rita, result="permitted"))) == {request, on_demand}
    filings.refuse(between, shown=1, reason="No", by=rita.user, at=now())
    assert decided(find(rita, result="refused")) == [on_between]
    today = timezone.localdate().isoformat()
    yesterday = (timezone.localdate() - timedelta(days=2)).isoformat()
    assert set(decided(find(rita, until=today))) >= {on_between}
    assert decided(find(rita, until=yesterday)) == []
    assert "There is none." in says(find(rita, until=yesterday))


@pytest.mark.clause("PRE-2")
def test_entries_are_found_by_person_kind_and_time_and_lead_to_what_they_are_about(rita: Clerk, olga: Clerk) -> None:
    filing = submitted(olga.user)
    affair = Affair()
    release = affair.read()
    (line,) = [
        line for line in find(rita, "ledger", person=ADA).context["lines"] if line.told.entry.kind == "filing.submitted"
    ]
    assert line.href == f"{DESK}filings/{filing.pk}/"
    assert line.told.who == "officer@lantern.example"
    lines = {
        line.told.entry.seq: line.href for line in find(rita, "ledger", person=str(affair.person.pk)).context["lines"]
    }
    assert lines[release.entry_id].endswith(f"/disclosurerequest/{release.request_id}/change/")
    kinds = {entry.kind for entry in entered(find(rita, "ledger", kind="filing.drafted"))}
    assert kinds == {"filing.drafted"}
    nothing = find(rita, "ledger", kind="filing.drafted", until="2020-01-01")
    assert entered(nothing) == []
    assert entered(find(rita, "ledger", kind="filing.drafted", since="2020-01-01"))


@pytest.mark.parametrize(
    ("place", "typed", "words"),
    [
        ("ledger", {"ground": "consent"}, "The ledger is searched by person, kind and time."),
        ("ledger", {"result": "refused"}, "The ledger is searched by person, kind and time."),
        ("decisions", {"kind": "role.granted"}, "Only entries of the ledger have a kind."),
        ("decisions", {"person": "nobody@lantern.example"}, "Nobody is known by exactly this id or address."),
        ("decisions", {"since": "2026-05-02", "until": "2026-05-01"}, "This is before the first day."),
        ("decisions", {"since": "soon"}, "Write the date as year-month-day"),
        ("elsewhere", {}, "Select a valid choice."),
        ("decisions", {"recipient": "x"}, "Select a valid choice."),
    ],
)
def test_a_search_that_makes_no_sense_is_explained(
    rita: Clerk, olga: Clerk, place: str, typed: dict[str, str], words: str
) -> None:
    submitted(olga.user)
    answer = find(rita, place, **typed)
    assert answer.status_code == 422
    assert words in says(answer)
    assert "rows" not in answer.context


@pytest.mark.clause("SEC-a")
def test_whom_one_looks_for_stands_in_no_address(rita: Clerk, olga: Clerk) -> None:
    many(olga.user, 60)
    answer = find(rita, person=ADA)
    assert answer.status_code == 200
    html = answer.content.decode()
    assert not [link for link in html.split('href="')[1:] if "ada@" in link.split('"')[0]]
    assert rita.get("search/", person=ADA).context["form"].is_bound is False


def test_an_erased_persons_requests_are_found_by_id_and_their_entries_by_nobody(rita: Clerk, olga: Clerk) -> None:
    filing = submitted(olga.user)
    erase(filing.person, by=SYSTEM, at=now())
    assert decided(find(rita, person=str(filing.person_id))) == [f"{DESK}filings/{filing.pk}/"]
    assert entered(find(rita, "ledger", person=str(filing.person_id))) == []


def test_long_lists_lead_on_by_a_mark_and_hold_each_row_once(rita: Clerk, olga: Clerk) -> None:
    rows = {f"{DESK}filings/{row.pk}/" for row in many(olga.user, 110)}
    affair = Affair()
    for _ in range(15):
        affair.ask()
    requests = DisclosureRequest.objects.values_list("pk", flat=True)
    rows |= {f"/en/admin/disclosure/disclosurerequest/{pk}/change/" for pk in requests}
    found: list[str] = []
    mark = ""
    while True:
        answer = find(rita, after=mark)
        found += decided(answer)
        mark = answer.context["after"]
        if not mark:
            break
    assert (len(found), set(found)) == (125, rows)
    times = [row.at for row in find(rita).context["rows"]]
    assert times == sorted(times, reverse=True)


def test_the_next_page_asks_the_same_question(rita: Clerk, olga: Clerk) -> None:
    many(olga.user, 60)
    asked_by_party()
    page = find(rita, person=ADA, ground="legal_instrument").content.decode()
    form = page[page.rindex('class="pages"') :]
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
    assert (hidden["person"], hidden["ground"]) == (ADA, "legal_instrument")
    second = rita.post("search/", **{name: value for name, value in hidden.items() if name != "csrfmiddlewaretoken"})
    assert len(decided(second)) == 10


def test_the_ledger_leads_on_by_number(rita: Clerk) -> None:
    append_all(Draft("test.entry", None, SYSTEM, {"number": number}, now()) for number in range(120))
    first = find(rita, "ledger", kind="test.entry")
    second = find(rita, "ledger", kind="test.entry", after=str(first.context["after"]))
    third = find(rita, "ledger", kind="test.entry", after=str(second.context["after"]))
    numbers = [entry.body["number"] for answer in (first, second, third) for entry in entered(answer)]
    assert numbers == list(range(119, -1, -1))
    assert third.context["after"] is None
    for wrong in ("x", "-1", "٣"):
        assert len(entered(find(rita, "ledger", kind="test.entry", after=wrong))) == 50


def test_of_a_time_the_ledger_leads_on_by_time(rita: Clerk) -> None:
    begin = now() - timedelta(days=2)
    # Those with even numbers have one time, later than all others: an entry's number need not grow with its time.
    times = [begin if number % 2 == 0 else begin - timedelta(minutes=number) for number in range(120)]
    append_all(Draft("test.entry", None, SYSTEM, {"number": number}, at) for number, at in enumerate(times))
    sought = {"kind": "test.entry", "since": (timezone.localdate() - timedelta(days=9)).isoformat()}
    first = find(rita, "ledger", **sought)
    second = find(rita, "ledger", after=str(first.context["after"]), **sought)
    third = find(rita, "ledger", after=str(second.context["after"]), **sought)
    numbers = [entry.body["number"] for answer in (first, second, third) for entry in entered(answer)]
    assert numbers == [*range(118, -1, -2), *range(1, 120, 2)]
    assert third.context["after"] is None
    assert len(entered(find(rita, "ledger", after="9" * 30, **sought))) == 50


def test_a_search_takes_as_many_queries_for_much_as_for_little(rita: Clerk, olga: Clerk) -> None:
    submitted(olga.user, person=somebody(BEN))
    Affair().ask()

    def cost(place: str, **typed: str) -> int:
        find(rita, place, **typed)
        with CaptureQueriesContext(connection) as captured:
            assert find(rita, place, **typed).status_code == 200
        return len(captured)

    few = [cost("decisions"), cost("ledger"), cost("decisions", person=BEN)]
    many(olga.user, 300)
    append_all(Draft("test.entry", None, SYSTEM, {"number": number}, now()) for number in range(300))
    for _ in range(5):
        somebody(f"p{_}@lantern.example")
    assert [cost("decisions"), cost("ledger"), cost("decisions", person=BEN)] == few
    assert max(few) <= 20


@pytest.mark.clause("DIS-c")
def test_a_member_of_staff_does_not_learn_at_the_desk_of_what_their_notice_is_delayed_for(
    rita: Clerk, olga: Clerk
) -> None:
    filing = submitted(olga.user, person=rita.user)
    page = f"filings/{filing.pk}/"
    assert rita.get(page).status_code == 200
    assert decided(find(rita)) == [f"{DESK}{page}"]
    filings.delay_notice(filing, until=now() + timedelta(days=9), reason="The order forbids it", by=olga.user, at=now())
    assert [rita.get(page).status_code, rita.post(f"{page}comment/", text="What is this?").status_code] == [404, 404]
    assert rita.post(f"{page}look/", words="Mine").status_code == 404
    assert decided(find(rita)) == []
    for place in ("decisions", "ledger"):
        answer = find(rita, place, person=str(rita.user.pk))
        assert answer.status_code == 422
        assert "What concerns you yourself stands on your own pages." in says(answer)
    assert olga.get(page).status_code == 200
    assert decided(find(olga)) == [f"{DESK}{page}"]
