"""The queue: what waits by its deadline, narrowed as one likes, the same work however long it is."""

from datetime import timedelta
from typing import Any

import pytest

from disclosure.desk.dossier import SHAPES
from disclosure.filing_states import State
from disclosure.models import Filing
from disclosure.services import filings
from tests.disclosure.desk.clerks import (
    Clerk,
    a_demand,
    approved,
    asked_by_party,
    many,
    on_violation,
    reviewer,
    says,
    submitted,
)
from tests.disclosure.matters import DAY, now
from users.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita() -> Clerk:
    return reviewer()


@pytest.fixture
def filer() -> Clerk:
    return Clerk(Role.SECURITY_OFFICER, email="officer@lantern.example")


def shown(answer: Any) -> list[Any]:
    return [row.filing.pk for row in answer.context.get("rows", [])]


def test_an_empty_queue_says_what_would_be_there_and_why_it_is_not(rita: Clerk) -> None:
    page = says(rita.get())
    assert "Nothing is overdue." in page
    assert "Requests that wait for a review, the most urgent first None waits." in page


def test_what_waits_comes_by_its_deadline(rita: Clerk, filer: Clerk) -> None:
    later, sooner = submitted(filer.user), submitted(filer.user)
    Filing.objects.filter(pk=sooner.pk).update(due_at=now() + timedelta(hours=1))
    draft = a_demand(filer.user)
    answer = rita.get()
    assert shown(answer) == [sooner.pk, later.pk]
    assert shown(rita.get(state="draft")) == [draft.pk]


@pytest.mark.clause("DIS-c")
def test_an_overdue_request_stands_out_by_word_and_shape(rita: Clerk, filer: Clerk) -> None:
    late, paused = submitted(filer.user), submitted(filer.user)
    Filing.objects.update(due_at=now() - DAY)
    Filing.objects.filter(pk=paused.pk).update(paused_at=now() - 2 * DAY, state="information_wanted")
    answer = rita.get()
    assert [row.is_overdue for row in answer.context["rows"] if row.filing.pk == late.pk] == [True]
    assert [row.is_overdue for row in answer.context["rows"] if row.filing.pk == paused.pk] == [False]
    html = answer.content.decode()
    assert html.count('<tr class="is-overdue">') == 1
    assert html.count('<span class="state state--warning">Overdue</span>') == 1
    assert "1 is overdue" in says(answer)
    assert "The clock stands still." in says(answer)
    assert shown(rita.get(age="overdue")) == [late.pk]


def test_it_is_narrowed_by_state_ground_authority_age_and_whose_it_is(rita: Clerk, filer: Clerk) -> None:
    demand = submitted(filer.user)
    asked, _ = asked_by_party()
    mine = submitted(rita.user)
    filings.assign(demand, to=rita.user, by=rita.user, at=now())
    assert shown(rita.get(ground="transaction")) == [asked.pk]
    assert set(shown(rita.get(authority=str(demand.authority_id)))) == {demand.pk, mine.pk}
    assert shown(rita.get(mine="assigned")) == [demand.pk]
    assert shown(rita.get(mine="filed")) == [mine.pk]
    assert shown(rita.get(mine="filed", ground="transaction")) == []
    assert "There is none of that kind." in says(rita.get(mine="filed", ground="transaction"))
    Filing.objects.filter(pk=asked.pk).update(submitted_at=now() - 8 * DAY, due_at=now() + 3 * DAY)
    assert shown(rita.get(age="week")) == [asked.pk]
    assert shown(rita.get(age="month")) == []
    assert asked.pk not in shown(rita.get(age="soon"))
    approved(demand, rita.user, reviewer(1).user)
    assert shown(rita.get(state="approved")) == [demand.pk]
    assert demand.pk not in shown(rita.get())


@pytest.mark.parametrize(
    "query", [{"state": "x"}, {"ground": "consent"}, {"authority": "x"}, {"age": "\x00"}, {"mine": "yours"}]
)
def test_a_choice_that_is_none_is_explained_and_shows_nothing(rita: Clerk, filer: Clerk, query: dict[str, str]) -> None:
    submitted(filer.user)
    answer = rita.get(**query)
    assert answer.status_code == 200
    assert shown(answer) == []
    assert "The choice above has to be put right first." in says(answer)


def test_how_many_stand_where_is_told_with_how_many_are_late(rita: Clerk, filer: Clerk) -> None:
    many(filer.user, 3)
    many(filer.user, 2, first_due_in=-3 * DAY)
    a_demand(filer.user)
    tally = {each.state: (each.count, each.overdue) for each in rita.get().context["tally"]}
    assert tally == {
        "draft": (1, 0),
        "submitted": (5, 2),
        "information_wanted": (0, 0),
        "approved_once": (0, 0),
        "approved": (0, 0),
    }


def test_nobody_is_named_but_colleagues(rita: Clerk, filer: Clerk) -> None:
    asked_by_party()
    on_violation(filer.user, rita.user)
    page = says(rita.get())
    assert "ada@lantern.example" not in page
    assert "ben@lantern.example" not in page


# -- long lists ----------------------------------------------------------------------------------


def _walk(clerk: Clerk, direction: str, query: dict[str, str]) -> list[list[Any]]:
    pages = []
    mark = ""
    while True:
        answer = clerk.get(**query, **({direction: mark} if mark else {}))
        pages.append(shown(answer))
        mark = getattr(answer.context["slice"], direction)
        if not mark:
            return pages


def test_every_request_stands_on_exactly_one_page_forwards_and_backwards(rita: Clerk, filer: Clerk) -> None:
    rows = [row.pk for row in many(filer.user, 120)]
    pages = _walk(rita, "after", {})
    assert [len(page) for page in pages] == [50, 50, 20]
    assert [pk for page in pages for pk in page] == rows
    last = rita.get(after=_mark(rita, 2))
    assert shown(last) == rows[100:]
    back = rita.get(before=last.context["slice"].before)
    assert shown(back) == rows[50:100]
    assert shown(rita.get(before=back.context["slice"].before)) == rows[:50]


def _mark(clerk: Clerk, page: int) -> str:
    mark = ""
    for _ in range(page):
        mark = clerk.get(**({"after": mark} if mark else {})).context["slice"].after
    return mark


def test_what_is_over_comes_the_latest_first(rita: Clerk, filer: Clerk) -> None:
    rows = [row.pk for row in many(filer.user, 60, state=State.REFUSED)]
    pages = _walk(rita, "after", {"state": "refused"})
    assert [pk for page in pages for pk in page] == rows[::-1]


def test_pages_keep_the_choice_and_forgive_a_wrong_mark(rita: Clerk, filer: Clerk) -> None:
    many(filer.user, 60)
    answer = rita.get(ground="legal_instrument")
    assert "ground=legal_instrument&amp;after=" in answer.content.decode()
    for mark in ("x", "~", "2026-05-03~x", "\x00", "2026-05-03T12:00:00~" + "0" * 32):
        assert len(shown(rita.get(after=mark))) == 50


def test_10_000_open_requests_take_as_many_queries_as_a_few(rita: Clerk, filer: Clerk) -> None:
    many(filer.user, 60)
    rita.get()
    few = [rita.queries("", **query) for query in ({}, {"state": "submitted"}, {"age": "overdue"})]
    many(filer.user, 10_000)
    assert [rita.queries("", **query) for query in ({}, {"state": "submitted"}, {"age": "overdue"})] == few
    assert rita.queries("", after=_mark(rita, 3)) == few[0] <= 14


# -- the way there -------------------------------------------------------------------------------


def test_the_menu_says_how_many_wait_for_a_reviewer(rita: Clerk, filer: Clerk) -> None:
    assert '<a href="/en/desk/" aria-current="page">Desk</a>' in rita.get().content.decode()
    submitted(filer.user)
    submitted(rita.user)
    assert ">Desk (1)</a>" in rita.get().content.decode()
    many(filer.user, 150)
    assert ">Desk (99+)</a>" in rita.get().content.decode()


def test_only_staff_are_led_to_the_desk_and_each_to_what_they_may_see() -> None:
    editor = Clerk(Role.POLICY_EDITOR, email="editor@lantern.example")
    assert '<a href="/en/desk/policy/">Desk</a>' in editor.browser.get("/en/policy/").content.decode()
    person = Clerk(email="nobody@lantern.example")
    assert "/desk/" not in person.browser.get("/en/policy/").content.decode()


def test_every_state_has_a_shape() -> None:
    assert set(SHAPES) == set(State)
