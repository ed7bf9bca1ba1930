"""Contributions at the desk: what came by which channel, and its evidence on a press that the person sees (COL-b)."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from disclosure import contribution_queries
from disclosure.models import Contribution, EvidenceReading
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from tests.api.callers import ADA, World, contributed, everything
from tests.disclosure.desk.clerks import Clerk, last_entry, officer, reviewer, says, section_of
from tests.users.makers import browser_of, someone
from users.models import ApiClient, PersonalDataItem, User
from users.roles import Role
from users.services.erasure import erase

pytestmark = [pytest.mark.django_db, pytest.mark.clause("COL-b")]

EVIDENCE = "Delivery note 17, signed by Bo"
LIST = "contributions/"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def ada(world: World) -> User:
    """Somebody with whom Northwind has a relation."""
    person = someone()
    (service,) = [world.bring_in()]
    world.service_for(service)
    return person


@pytest.fixture
def rita() -> Clerk:
    return reviewer()


def give(world: World, **more: Any) -> Contribution:
    world.northwind.post("contributions", contributed(**more), key=world.new_key())
    return Contribution.objects.latest("at")


NOT_TAKEN = {"field": "contact.email", "value": ADA, "obtained_at": "2024-05-01T08:00:00Z"}


def refused(world: World) -> Contribution:
    return give(world, items=[NOT_TAKEN])


def in_part(world: World) -> Contribution:
    return give(world, items=[*contributed()["items"], NOT_TAKEN])


def page_of(contribution: Contribution) -> str:
    return f"contributions/{contribution.pk}/"


def shown(answer: Any) -> list[Any]:
    return [row.contribution.pk for row in answer.context.get("rows", [])]


# -- the list --------------------------------------------------------------------------------------


def test_an_empty_list_says_what_would_be_there(rita: Clerk) -> None:
    assert "No partner has given anything so far." in says(rita.get(LIST))


def test_it_tells_partner_channel_basis_number_and_outcome_and_no_value(world: World, ada: User, rita: Clerk) -> None:
    for number, make in enumerate((give, in_part, refused)):
        assert Contribution.objects.count() == number
        make(world)
    page = says(rita.get(LIST))
    for words in (
        "Northwind Delivery",
        "Corrected at the door",
        "a contract with the person needs it",
        "1 / 1",
        "1 / 2",
        "0 / 1",
        "accepted in part",
        str(ada.pk)[:8],
    ):
        assert words in page
    for secret in ("8 River Street", "signed by Bo", ADA):
        assert secret not in page


def test_it_is_narrowed_by_partner_outcome_and_days(world: World, ada: User, rita: Clerk) -> None:
    whole, partly, none = give(world), in_part(world), refused(world)
    assert shown(rita.get(LIST)) == [none.pk, partly.pk, whole.pk]
    assert shown(rita.get(LIST, result="accepted")) == [whole.pk]
    assert shown(rita.get(LIST, result="in_part")) == [partly.pk]
    assert shown(rita.get(LIST, result="refused")) == [none.pk]
    assert shown(rita.get(LIST, partner=str(world.northwind.partner.pk), result="refused")) == [none.pk]
    assert shown(rita.get(LIST, partner=str(world.harbour.partner.pk))) == []
    today = timezone.localdate()
    tomorrow = (today + timedelta(days=2)).isoformat()
    assert len(shown(rita.get(LIST, since=(today - timedelta(days=1)).isoformat(), until=tomorrow))) == 3
    assert "There is none of that kind." in says(rita.get(LIST, since=tomorrow))


@pytest.mark.parametrize(
    "query", [{"partner": "x"}, {"result": "\x00"}, {"since": "soon"}, {"since": "2026-02-02", "until": "2026-02-01"}]
)
def test_a_choice_that_is_none_is_explained_and_shows_nothing(
    world: World, ada: User, rita: Clerk, query: dict[str, str]
) -> None:
    give(world)
    answer = rita.get(LIST, **query)
    assert shown(answer) == []
    assert "The choice above has to be put right first." in says(answer)


def test_a_long_list_is_turned_by_pages_and_takes_as_many_queries_as_a_short_one(
    world: World, ada: User, rita: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(world)
    few = rita.queries(LIST)
    made = [Contribution.objects.get().pk, *(make(world).pk for make in (refused, in_part, refused, in_part))]
    assert rita.queries(LIST) == few
    monkeypatch.setattr(contribution_queries, "PER_PAGE", 2)
    first = rita.get(LIST)
    second = rita.get(LIST, after=first.context["slice"].after)
    assert shown(first) + shown(second) == made[:0:-1]
    assert shown(rita.get(LIST, before=second.context["slice"].before)) == shown(first)
    assert shown(rita.get(LIST, after="nonsense")) == shown(first)


# -- one contribution ------------------------------------------------------------------------------


def test_a_page_tells_field_by_field_what_was_taken_and_why_not(world: World, ada: User, rita: Clerk) -> None:
    answer = rita.get(page_of(in_part(world)))
    page = says(answer)
    for words in (
        "Contribution of Northwind Delivery",
        "Corrected at the door",
        "A contract with the person needs it",
        "E-mail address – refused",
        "SEC-a: The address that people log in with is theirs alone to confirm.",
        str(ada.pk),
    ):
        assert words in page
    for secret in ("8 River Street", "signed by Bo"):
        assert secret not in page
    unknown = give(world, subject={"email": "nobody@lantern.example"})
    assert "PRE-1: The person is not known." in says(rita.get(page_of(unknown)))


def test_the_evidence_is_shown_on_a_press_that_is_entered_and_that_the_person_sees(
    world: World, ada: User, rita: Clerk
) -> None:
    found = give(world)
    before = everything()
    assert EVIDENCE not in says(rita.get(page_of(found)))
    assert everything() == before
    answer = rita.post(f"{page_of(found)}evidence/")
    assert EVIDENCE in says(answer)
    assert answer["Cache-Control"].startswith("no-store") or "no-store" in answer["Cache-Control"]
    entry = last_entry()
    assert (entry.kind, entry.actor) == ("contribution.evidence_read", rita.actor)
    assert entry.pseudonym == ada.ledger_pseudonyms.get().pseudonym
    assert entry.body == {
        "partner": str(world.northwind.partner.pk),
        "fields": ["contact.address"],
        "decided_in": found.entry_id,
    }
    # Only in that one answer; afterwards stands there who read it.
    again = rita.get(page_of(found))
    assert EVIDENCE not in says(again)
    assert "Who read the evidence You," in section_of(again, "readings")
    seen = browser_of(ada).get("/en/me/shared/")
    words = section_of(seen, "checked")
    assert "Evidence of Northwind Delivery" in words
    assert "A member of our staff read it, to see whether the partner came by it lawfully." in words
    assert str(entry.seq) in words
    assert "signed by Bo" not in says(seen)


def test_until_somebody_read_it_the_persons_page_says_nothing_of_it(world: World, ada: User) -> None:
    give(world)
    assert 'aria-labelledby="checked"' not in browser_of(ada).get("/en/me/shared/").content.decode()


def test_an_administrator_sees_contributions_and_reads_no_evidence(world: World, ada: User) -> None:
    found = give(world)
    administrator = Clerk(Role.ADMINISTRATOR, email="admin@lantern.example")
    page = administrator.get(page_of(found))
    assert page.status_code == 200
    assert "Read the evidence" not in says(page)
    assert administrator.post(f"{page_of(found)}evidence/").status_code == 403
    assert not EvidenceReading.objects.exists()
    assert EVIDENCE in says(officer().post(f"{page_of(found)}evidence/"))


def test_what_was_refused_replaced_or_is_of_somebody_erased_has_no_evidence(
    world: World, ada: User, rita: Clerk
) -> None:
    none, old, new = refused(world), give(world), give(world)
    assert "Nothing was taken, so neither the channel nor the evidence is kept." in says(rita.get(page_of(none)))
    assert "Nothing of it is held any more" in says(rita.get(page_of(old)))
    assert EVIDENCE in says(rita.post(f"{page_of(new)}evidence/"))
    erase(ada, by=SYSTEM, at=timezone.now())
    entries = Entry.objects.count()
    for gone in (none, old, new):
        answer = rita.post(f"{page_of(gone)}evidence/")
        assert answer.status_code == 409
        assert "Nothing of it is held any more, and the evidence went with it." in says(answer)
    assert Entry.objects.count() == entries
    assert not PersonalDataItem.objects.filter(person=ada).exists()


@pytest.mark.clause("SEC-a")
def test_evidence_that_does_not_open_is_told_and_nothing_is_entered(world: World, ada: User, rita: Clerk) -> None:
    found = give(world)
    PersonalDataItem.objects.filter(person=ada, source="partner").update(channel_evidence=b"\x01broken")
    answer = rita.post(f"{page_of(found)}evidence/")
    assert answer.status_code == 500
    assert "The evidence does not open." in says(answer)
    assert not EvidenceReading.objects.exists()


def test_every_api_client_is_named_by_its_own_name(world: World, ada: User, rita: Clerk) -> None:
    found = give(world)
    assert str(ApiClient.objects.get(pk=found.client_id)) in says(rita.get(page_of(found)))
