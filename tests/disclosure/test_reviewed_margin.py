"""What the policy's margin says beside the grounds that people decide."""

from datetime import timedelta

import pytest
from django.test import Client

from disclosure.models import Filing
from disclosure.services import filings, openings
from disclosure.services.filings import Wanted
from tests.disclosure.desk.clerks import a_provision, approved, officer, reviewer, somebody, submitted
from tests.disclosure.matters import EMAIL, court, link_for, now
from tests.users.makers import browser_of
from users.models import User

pytestmark = pytest.mark.django_db

POLICY = "/en/policy/"


def note_on(browser: Client, clause: str) -> str:
    page = browser.get(POLICY)
    assert page.status_code == 200
    margin = page.content.decode().split(f'aria-label="Note on {clause}"', 1)[1]
    return " ".join(margin.split("</div>", 1)[0].split())


def released(filing: Filing) -> Filing:
    filing = approved(filing, reviewer(1).user, reviewer(2).user)
    openings.open_through_link(link_for(filing, by=filing.filed_by), browser="a browser", clock=now)
    filing.refresh_from_db()
    return filing


def on_provision(person: User, clerk: User) -> Filing:
    wanted = Wanted(
        person,
        (EMAIL,),
        a_provision(clerk),
        authority=court(clerk),
        justification="A kettle may burn.",
        expires_at=now() + timedelta(days=9),
    )
    return filings.submit(filings.draft(wanted, by=clerk, at=now()), shown=1, by=clerk, at=now())


@pytest.mark.clause("DIS-c")
def test_visitors_read_what_happens_on_each_ground() -> None:
    visitor = Client(SERVER_NAME="localhost")
    page = visitor.get(POLICY).content.decode()
    assert "every request on this ground is refused" not in page
    assert "Two reviewers read the document itself" in note_on(visitor, "DIS-c")
    assert "one of the staff finds it, another confirms it" in note_on(visitor, "DIS-d")
    assert "only while the complaint is open" in note_on(visitor, "DIS-e")
    assert "hears of it before" in note_on(visitor, "DIS-f")
    assert not visitor.cookies


@pytest.mark.clause("DIS-g")
def test_how_many_disclosures_there_were_on_another_provision_is_published() -> None:
    visitor = Client(SERVER_NAME="localhost")
    assert "There was no disclosure on this ground so far." in note_on(visitor, "DIS-g")
    filing = on_provision(somebody(), officer().user)
    assert "There was no disclosure on this ground so far." in note_on(visitor, "DIS-g")
    filing = released(filing)
    link = link_for(filing, by=filing.filed_by)
    openings.open_through_link(link, browser="another browser", clock=now)
    assert "1 disclosure on this ground so far." in note_on(visitor, "DIS-g")
    assert "1 disclosure on this ground so far." in note_on(browser_of(somebody()), "DIS-g")


@pytest.mark.clause("DIS-c")
def test_a_person_reads_whether_something_of_theirs_was_released_once_they_may_know() -> None:
    clerk = officer()
    filing = submitted(clerk.user)
    tab = browser_of(filing.person)
    assert "You were told of no release on this ground." in note_on(tab, "DIS-c")
    filings.delay_notice(filing, until=now() + timedelta(days=9), reason="By order", by=reviewer().user, at=now())
    released(Filing.objects.get())
    assert "You were told of no release on this ground." in note_on(tab, "DIS-c")
    Filing.objects.update(notice_due_at=now() - timedelta(minutes=1))
    assert "Data about you was released on 1 request on this ground" in note_on(tab, "DIS-c")
    assert "You were told of no release on this ground." in note_on(tab, "DIS-d")
    other = browser_of(somebody("ben@lantern.example"))
    assert "You were told of no release on this ground." in note_on(other, "DIS-c")


@pytest.mark.clause("PRE-2")
def test_a_reviewers_look_is_no_release() -> None:
    filing = submitted(officer().user)
    openings.look(filing, reason="To see", by=reviewer().user, at=now())
    assert "You were told of no release on this ground." in note_on(browser_of(filing.person), "DIS-c")
