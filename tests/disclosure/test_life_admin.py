"""What staff see of an engagement's life, and what they do about the certificate after its end (USE-a)."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from disclosure.models import CertificateDemand, Engagement
from disclosure.services.engagements import end, end_next_due
from tests.admin_makers import Affair, Desk, earlier, text_of
from tests.disclosure.ended import certified, over
from tests.makers import make_engagement
from users.models import ApiClient
from users.roles import Role
from users.wording import moment as in_words

pytestmark = [pytest.mark.django_db, pytest.mark.clause("USE-a")]

LIST = "disclosure/engagement/"


@pytest.fixture
def administrator() -> Desk:
    return Desk(Role.ADMINISTRATOR)


def _page(engagement: Engagement) -> str:
    return f"disclosure/engagement/{engagement.pk}"


def _submitted(affair: Affair) -> Engagement:
    """The affair's engagement, over and certified."""
    certified(affair.client, over(affair.engagement), fields=["contact.email"])
    return affair.engagement


def _found(desk: Desk, **query: str) -> set[Any]:
    return {row.pk for row in desk.get(LIST, **query).context["cl"].result_list}


def test_the_page_tells_the_whole_life_from_the_beginning_to_the_accepted_certificate(administrator: Desk) -> None:
    affair = Affair()
    affair.read()
    page = f"{_page(affair.engagement)}/change/"
    assert "in force" in text_of(administrator.get(page))
    administrator.writes("engagement.changed", page, actions=["share", "sell"])
    engagement = _submitted(affair)
    shown = text_of(administrator.get(page))
    for words in (
        "over",
        "submitted, to be checked",
        "Wang Fang, Data protection officer",
        "Rows deleted.",
        "We keep nothing.",
        "Deleted fields E-mail address",
        "Read under the engagement and not named here Telephone number",
    ):
        assert words in shown
    administrator.writes("certificate.accepted", f"{_page(engagement)}/accept/")
    shown = text_of(administrator.get(page))
    life = shown[shown.index("What happened") :]
    steps = ("Begun", "Changed", "Ended", "Certificate of deletion demanded", "Certificate submitted")
    places = [life.index(step) for step in (*steps, "Certificate accepted")]
    assert places == sorted(places)


def test_times_of_the_list_read_as_on_every_other_page(administrator: Desk) -> None:
    engagement = Affair().engagement
    assert f" {in_words(engagement.valid_from)} " in text_of(administrator.get(LIST))


def test_a_certificate_is_returned_with_a_reason_that_stays_beside_it(administrator: Desk) -> None:
    engagement = _submitted(Affair())
    administrator.is_told("This field is required.", f"{_page(engagement)}/return/", reason="")
    entry = administrator.writes("certificate.returned", f"{_page(engagement)}/return/", reason="Which backups?")
    assert "backups" not in str(entry.body)
    shown = text_of(administrator.get(f"{_page(engagement)}/change/"))
    assert "returned: Which backups?" in shown
    assert "returned to the partner, due by" in shown
    administrator.is_too_late(f"{_page(engagement)}/accept/")
    administrator.is_too_late(f"{_page(engagement)}/return/", reason="Once more.")


def test_the_buttons_stand_where_there_is_something_to_decide_and_for_who_may(administrator: Desk) -> None:
    affair = Affair()
    page = f"{_page(affair.engagement)}/change/"
    buttons = ("Accept the certificate", "Return the certificate")
    assert not any(button in text_of(administrator.get(page)) for button in buttons)
    for path in ("accept/", "return/", "certify/"):
        administrator.is_too_late(f"{_page(affair.engagement)}/{path}")
    _submitted(affair)
    assert all(button in text_of(administrator.get(page)) for button in buttons)
    reviewer = Desk(Role.REVIEWER, email="rita@lantern.example")
    assert not any(button in text_of(reviewer.get(page)) for button in buttons)
    for path in ("accept/", "return/", "certify/"):
        assert reviewer.get(f"{_page(affair.engagement)}/{path}").status_code == 403


PAPER: dict[str, Any] = {
    "certifier_name": "Li Na",
    "certifier_office": "Managing director",
    "deleted_fields": ["contact.email"],
    "method": "Shredded.",
    "statement": "We keep nothing.",
}


def test_a_certificate_that_came_on_paper_is_entered_and_checked_like_any_other(administrator: Desk) -> None:
    affair = Affair()
    end(affair.engagement, reason="over", **earlier())
    path = f"{_page(affair.engagement)}/certify/"
    for moment, words in (
        ("2999-01-01T00:00", "This lies in the future."),
        ("2020-01-01T00:00", "This was deleted before the end"),
    ):
        administrator.is_told(words, path, **PAPER, deleted_at=moment)
    now = f"{timezone.localtime():%Y-%m-%dT%H:%M}"
    entry = administrator.writes("certificate.submitted", path, **PAPER, deleted_at=now)
    assert "Li Na" not in str(entry.body)
    shown = text_of(administrator.get(f"{_page(affair.engagement)}/change/"))
    assert "Li Na, Managing director (on paper)" in shown
    assert "Accept the certificate" in shown
    administrator.is_too_late(path, **PAPER)
    administrator.writes("certificate.accepted", f"{_page(affair.engagement)}/accept/")


def test_a_clients_page_says_which_of_its_scopes_are_withheld(administrator: Desk) -> None:
    affair = Affair()
    page = f"users/apiclient/{affair.client.pk}/change/"
    assert "cannot use at present: –" in text_of(administrator.get(page))
    over(affair.engagement)
    assert "cannot use at present: request and read disclosures" in text_of(administrator.get(page))
    assert set(ApiClient.objects.get(pk=affair.client.pk).scopes) == {"disclosures"}


def test_an_end_by_date_is_told_as_that_whether_it_is_entered_or_not(administrator: Desk) -> None:
    affair = Affair()
    now = timezone.now()
    engagement = make_engagement(
        affair.partner,
        affair.purpose,
        valid_from=now - timedelta(days=2),
        valid_until=now - timedelta(days=1),
        at=now - timedelta(days=2),
    )
    before = text_of(administrator.get(f"{_page(engagement)}/change/"))
    assert "by its date" in before
    assert "End this engagement" not in before
    administrator.is_too_late(f"{_page(engagement)}/change/")
    assert end_next_due(at=now)
    after = text_of(administrator.get(f"{_page(engagement)}/change/"))
    assert "by its date" in after
    assert "demanded, due by" in after


def test_a_date_that_has_passed_is_explained_beside_it(administrator: Desk) -> None:
    affair = Affair()
    gone = timezone.localtime() - timedelta(minutes=5)
    administrator.is_told(
        "This lies in the past.",
        f"{_page(affair.engagement)}/change/",
        valid_until_0=gone.date().isoformat(),
        valid_until_1=gone.time().isoformat("seconds"),
    )


def test_engagements_are_found_by_where_they_and_their_certificates_stand(administrator: Desk) -> None:
    live, awaited, submitted = (Affair(number) for number in range(3))
    now = timezone.now()
    to_come = make_engagement(live.partner, live.purpose, valid_from=now + timedelta(days=9), at=now)
    over(awaited.engagement)
    _submitted(submitted)
    assert _found(administrator, state="in_force") == {live.engagement.pk}
    assert _found(administrator, state="to_come") == {to_come.pk}
    assert _found(administrator, state="ended") == {awaited.engagement.pk, submitted.engagement.pk}
    assert _found(administrator, state="nonsense") == _found(administrator)
    assert _found(administrator, certificate="demanded") == {awaited.engagement.pk}
    assert _found(administrator, certificate="submitted") == {submitted.engagement.pk}
    assert _found(administrator, certificate="overdue") == set()
    CertificateDemand.objects.update(demanded_at=now - timedelta(days=40), due_at=now - timedelta(days=10))
    assert _found(administrator, certificate="overdue") == {awaited.engagement.pk}
    page = administrator.get(LIST).content.decode()
    assert page.count('<strong class="standing-out">overdue since ') == 1


def test_a_partners_page_shows_all_its_engagements_and_where_each_stands(administrator: Desk) -> None:
    affair = Affair()
    end(affair.engagement, reason="over", **earlier())
    make_engagement(affair.partner, affair.purpose, valid_from=timezone.now() + timedelta(days=9))
    page = administrator.get(f"users/partner/{affair.partner.pk}/change/")
    shown = text_of(page)
    for words in ("ended on", "demanded, due by", "to come"):
        assert words in shown
    assert f"/en/admin/disclosure/engagement/{affair.engagement.pk}/change/" in page.content.decode()
    administrator.writes("partner.changed", f"users/partner/{affair.partner.pk}/change/", country="DE")
    assert "ended on" not in text_of(administrator.get("users/partner/add/"))


def test_a_partners_page_costs_the_same_however_many_engagements_it_has(administrator: Desk) -> None:
    affair = Affair()
    page = f"users/partner/{affair.partner.pk}/change/"
    over(make_engagement(affair.partner, affair.purpose, at=timezone.now(), valid_from=timezone.now()))
    few = administrator.queries(page)
    for _ in range(4):
        over(make_engagement(affair.partner, affair.purpose, at=timezone.now(), valid_from=timezone.now()))
    assert administrator.queries(page) == few
