"""Who received my data: readers, releases with their grounds, and a receipt that can be checked."""

import hashlib
import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from consent.models import Aspect
from consent.services.consents import Subject, change
from consent.states import Event
from disclosure.facts import Query
from disclosure.gate import Ground
from disclosure.models import CertificateDemand, Engagement, Release, ServiceKind, ServiceRequest
from disclosure.services.certificates import accept
from disclosure.services.disclosures import read_disclosures, request_disclosures
from disclosure.services.engagements import end_next_due
from disclosure.services.service_requests import close_service, open_service
from disclosure.shared import PER_PAGE
from privacy_app.ledger.actors import SYSTEM
from tests.api.callers import Caller, World
from tests.disclosure.ended import certified, over
from tests.users.makers import BEN, browser_of, held, queries_for, someone, text_of
from users.models import User
from users.services.actors import as_person

pytestmark = pytest.mark.django_db
SHARED = "/en/me/shared/"


@pytest.fixture
def world(db: None) -> World:
    """The website and two partners, who are engaged."""
    return World()


@pytest.fixture
def ada(world: World) -> User:
    """Somebody who allowed Northwind its updates."""
    person = someone()
    held(person, "contact.phone", "+86 138 0013 8000")
    _allow(person, world, world.northwind)
    return person


@pytest.fixture
def tab(ada: User) -> Client:
    return browser_of(ada)


def _allow(person: User, world: World, caller: Caller, event: Event = Event.GIVE) -> None:
    subject = Subject(person, world.updates, caller.partner, Aspect.BASE)
    change(subject, event, by=as_person(person), at=timezone.now())


def _ask(person: User, caller: Caller, **more: Any) -> UUID:
    """A request of a partner about the person; its handle."""
    assert person.email
    query = Query(
        **{
            "subject_kind": "email",
            "subject": person.email,
            "purpose": "updates",
            "fields": ("contact.email", "contact.phone"),
            "ground": Ground.CONSENT,
            "action": "share",
            **more,
        }
    )
    (answer,) = request_disclosures(caller.client, [query], clock=timezone.now)
    return answer.request.pk


def _read(caller: Caller, handle: UUID, *, at: datetime | None = None) -> None:
    (disclosure,) = read_disclosures(caller.client, [handle], clock=lambda: at or timezone.now())
    assert disclosure is not None


def _open(person: User, caller: Caller) -> ServiceRequest:
    kind = ServiceKind.objects.get(pk="parcel-delivery")
    return open_service(person=person, partner=caller.partner, kind=kind, by=SYSTEM, at=timezone.now())


def _ask_for_parcel(person: User, caller: Caller, service: ServiceRequest) -> UUID:
    return _ask(
        person,
        caller,
        purpose="parcel",
        ground=Ground.SERVICE_REQUEST,
        fields=("contact.phone",),
        service_request=service.pk,
    )


def _released(answer: Any) -> list[UUID]:
    return [row.release.pk for row in answer.context["shared"].rows]


@pytest.mark.clause("PRE-2")
def test_where_nobody_has_read_anything_the_page_says_what_would_be_there(tab: Client) -> None:
    page = text_of(tab.get(SHARED))
    assert "Nobody has. Nothing about you has left." in page
    assert "No request for data of yours was refused." in page
    assert "No service of yours is open" in page
    assert "Nobody has read anything so far." in page


@pytest.mark.clause("DIS-a")
def test_a_release_says_who_when_what_for_which_data_why_from_where_and_in_which_role(
    ada: User, tab: Client, world: World
) -> None:
    _read(world.northwind, _ask(ada, world.northwind))
    release = Release.objects.get()
    page = text_of(tab.get(SHARED))
    row = page[page.index(f'id="{release.pk}"') :]
    assert "<h3>Northwind Delivery</h3>" in row
    assert "<dt>Purpose</dt><dd>Title</dd>" in row
    assert "<dt>Data</dt><dd>E-mail address, Telephone number</dd>" in row
    assert "<dt>Action</dt><dd>share</dd>" in row
    assert "<dt>Accessible from</dt><dd>China</dd>" in row
    assert "China; processor: works for this website only." in row
    assert 'href="https://northwind.example/privacy"' in row
    assert "You had consented to it." in row
    assert 'href="/en/policy/#DIS-a">Policy, DIS-a</a>' in row
    where_to_withdraw = re.search(r'href="/en/me/consents/#([^"]+)"', row)
    assert where_to_withdraw
    assert f'id="{where_to_withdraw[1]}"' in text_of(tab.get("/en/me/consents/"))
    assert f"Entry {release.entry_id} in the record" in row
    assert bytes(release.entry.leaf).hex() in row


@pytest.mark.clause("PRE-2")
def test_what_is_told_of_a_release_is_what_held_then_not_what_holds_now(ada: User, tab: Client, world: World) -> None:
    _read(world.northwind, _ask(ada, world.northwind))
    world.engagement.role = "third_party"
    world.engagement.save()
    world.engagement.countries.update(country="SG")
    page = text_of(tab.get(SHARED))
    assert "processor: works for this website only." in page
    assert "<dt>Accessible from</dt><dd>China</dd>" in page


@pytest.mark.clause("DIS-b")
def test_an_open_service_says_what_it_needs_and_a_release_for_it_says_when_it_has_ended(
    ada: User, tab: Client, world: World
) -> None:
    service = _open(ada, world.northwind)
    _read(world.northwind, _ask_for_parcel(ada, world.northwind, service))
    page = text_of(tab.get(SHARED))
    assert "That ends when the service ends." in page
    assert "<dt>Needs</dt><dd>Telephone number, Postal address</dd>" in page
    assert "A service that you asked for needed it: Parcel.</p>" in page
    close_service(service, by=SYSTEM, at=timezone.now())
    page = text_of(tab.get(SHARED))
    assert "No service of yours is open" in page
    assert "It has ended: nothing more is read for it." in page


@pytest.mark.clause("PRE-2")
def test_the_readers_come_first_with_how_often_and_when_last(ada: User, tab: Client, world: World) -> None:
    _allow(ada, world, world.harbour)
    handle, other = _ask(ada, world.northwind), _ask(ada, world.harbour)
    now = timezone.now()
    for minutes in (5, 3):
        _read(world.northwind, handle, at=now + timedelta(minutes=minutes))
    _read(world.harbour, other, at=now + timedelta(minutes=4))
    readers = tab.get(SHARED).context["readers"]
    assert [(reader.reading.legal_name, reader.reading.reads) for reader in readers] == [
        ("Northwind Delivery", 2),
        ("Harbour Pay", 1),
    ]
    assert readers[0].reading.last_read_at == now + timedelta(minutes=5)


@pytest.mark.clause("USE-a")
def test_beside_a_reader_stands_that_its_engagement_ended_and_whether_the_deletion_is_certified(
    ada: User, tab: Client, world: World
) -> None:
    _read(world.northwind, _ask(ada, world.northwind))
    _ask(ada, world.northwind)
    now = timezone.now()

    def ends() -> tuple[str, ...]:
        (reader,) = tab.get(SHARED).context["readers"]
        return tuple(reader.ends)

    assert ends() == ()
    world.engage(world.northwind, [world.updates], at=now)
    Engagement.objects.filter(pk=world.engagement.pk).update(valid_until=timezone.now())
    (words,) = ends()
    assert words.startswith("An engagement ended on ")
    assert words.endswith("will be asked to certify that it deleted what it had read.")
    assert tab.get(SHARED).context["shared"].unread == []
    assert end_next_due(at=timezone.now())
    assert "to certify that it deleted what it had read." in ends()[0]
    assert "It has until " in text_of(tab.get(SHARED))
    CertificateDemand.objects.update(demanded_at=now - timedelta(days=40), due_at=now - timedelta(days=10))
    assert ends()[0].endswith("and has not done so.")
    certified(world.northwind.client, world.engagement)
    assert ends()[0].endswith("we are checking that.")
    accept(world.engagement, by=SYSTEM, at=timezone.now())
    assert ends()[0].endswith("The recipient has certified that it deleted what it had read.")


@pytest.mark.clause("USE-a")
def test_the_margin_of_the_policy_says_how_many_engagements_ended_and_for_how_many_deletion_is_certified(
    tab: Client, world: World
) -> None:
    def margin() -> str:
        return text_of(tab.get("/en/policy/"))

    assert "engagements have ended" not in margin()
    over(world.engagement)
    assert "1 engagement has ended. No deletion is certified so far." in margin()
    certified(world.northwind.client, world.engagement)
    accept(world.engagement, by=SYSTEM, at=timezone.now())
    assert "1 engagement has ended. The deletion is certified for all that ended." in margin()
    over(world.engage(world.harbour, [world.updates], at=timezone.now()))
    assert "2 engagements have ended. The deletion is certified for 1 of them." in margin()


@pytest.mark.clause("PRE-1")
def test_what_was_permitted_and_not_read_and_what_was_refused_is_told(ada: User, tab: Client, world: World) -> None:
    _ask(ada, world.northwind)
    _ask(ada, world.harbour)
    answer = tab.get(SHARED)
    shared = answer.context["shared"]
    assert [unread.request.partner.legal_name for unread in shared.unread] == ["Northwind Delivery"]
    assert "1 request for data of yours was refused." in text_of(answer)
    _allow(ada, world, world.northwind, Event.WITHDRAW)
    _read(world.northwind, shared.unread[0].request.pk)
    page = text_of(tab.get(SHARED))
    assert "what you have taken back since then would be refused" in page
    assert "Nobody has read anything so far." in page


def test_many_unread_requests_are_counted_rather_than_listed(ada: User, tab: Client, world: World) -> None:
    for _ in range(23):
        _ask(ada, world.northwind)
    answer = tab.get(SHARED)
    assert len(answer.context["shared"].unread) == 20
    assert "And 3 older ones." in text_of(answer)


# -- narrowing and turning pages ------------------------------------------------------------------


@pytest.fixture
def day() -> datetime:
    """The beginning of a day soon, where Ada lives."""
    here = timezone.now().astimezone(ZoneInfo("Asia/Shanghai")) + timedelta(days=2)
    return here.replace(hour=0, minute=0, second=0, microsecond=0)


@pytest.fixture
def releases(ada: User, world: World, day: datetime) -> list[UUID]:
    """Just before that day, at its beginning, at its noon, and at its end; the newest first."""
    handle = _ask(ada, world.northwind)
    for hours in (-0.01, 0, 12, 24):
        _read(world.northwind, handle, at=day + timedelta(hours=hours))
    return list(Release.objects.order_by("-at").values_list("pk", flat=True))


def test_every_release_is_listed_the_newest_first(tab: Client, releases: list[UUID]) -> None:
    assert len(releases) == 4
    assert _released(tab.get(SHARED)) == releases


def test_days_are_those_of_the_persons_zone_and_both_ends_belong_to_them(
    tab: Client, releases: list[UUID], day: datetime
) -> None:
    date = f"{day:%Y-%m-%d}"
    assert _released(tab.get(SHARED, {"since": date, "until": date})) == releases[1:3]
    assert _released(tab.get(SHARED, {"since": date})) == releases[:3]
    assert _released(tab.get(SHARED, {"until": date})) == releases[1:]


def test_releases_are_narrowed_to_one_reader(ada: User, tab: Client, world: World, releases: list[UUID]) -> None:
    _allow(ada, world, world.harbour)
    _read(world.harbour, _ask(ada, world.harbour))
    assert _released(tab.get(SHARED, {"partner": str(world.northwind.partner.pk)})) == releases
    answer = tab.get(SHARED, {"partner": str(world.harbour.partner.pk), "since": "2999-01-01"})
    assert _released(answer) == []
    assert "There is none to this recipient between these days." in text_of(answer)


@pytest.mark.parametrize(
    ("sought", "complaint"),
    [
        ({"partner": "x"}, "They have not received any data of yours."),
        ({"partner": str(uuid4())}, "They have not received any data of yours."),
        ({"partner": "\x00"}, "They have not received any data of yours."),
        ({"since": "yesterday"}, "Write the date as year-month-day"),
        ({"until": "2026-02-30"}, "Write the date as year-month-day"),
        ({"since": "2026-05-02", "until": "2026-05-01"}, "This is before the first day."),
        ({"until": "9999-12-31"}, "Ensure this value is less than or equal to"),
        ({"since": "0001-01-01"}, "Ensure this value is greater than or equal to"),
    ],
)
def test_a_search_that_makes_no_sense_is_explained_and_shows_nothing(
    tab: Client, releases: list[UUID], sought: dict[str, str], complaint: str
) -> None:
    answer = tab.get(SHARED, sought)
    assert answer.status_code == 200
    assert _released(answer) == []
    page = text_of(answer)
    assert complaint in page
    assert "The search above has to be put right first." in page


def test_a_long_list_has_pages_that_keep_the_search_and_forgive_a_wrong_number(
    ada: User, tab: Client, world: World
) -> None:
    handle = _ask(ada, world.northwind)
    now = timezone.now()
    for minutes in range(PER_PAGE + 3):
        _read(world.northwind, handle, at=now + timedelta(minutes=minutes))
    sought = {"partner": str(world.northwind.partner.pk)}
    first = tab.get(SHARED, sought)
    assert len(_released(first)) == PER_PAGE
    following = re.search(r'<a rel="next" href="([^"]+)"', first.content.decode())
    assert following
    second = tab.get(f"{SHARED}{unescape(following[1])}")
    assert len(_released(second)) == 3
    assert not {*_released(first)} & {*_released(second)}
    assert second.context["form"]["partner"].value() == sought["partner"]
    for number in ("0", "x", "99", "-1", "\x00"):
        assert tab.get(SHARED, {"page": number}).status_code == 200


# -- receipts -----------------------------------------------------------------------------------------


@pytest.mark.clause("PRE-2")
def test_a_receipt_holds_what_one_needs_to_compute_its_fingerprint_anew(ada: User, tab: Client, world: World) -> None:
    _read(world.northwind, _ask(ada, world.northwind))
    release = Release.objects.get()
    page = tab.get(f"{SHARED}{release.pk}/").content.decode()
    salt, content = (unescape(found) for found in re.findall(r'<code class="secret"[^>]*>([^<]+)</code>', page))
    leaf = hashlib.sha256(b"\x00" + bytes.fromhex(salt) + content.encode()).hexdigest()
    assert f'<dd class="mono">{leaf}</dd>' in page
    assert leaf == bytes(release.entry.leaf).hex()
    assert '<a href="/en/me/consents/notice/updates/1/">Version 1</a>' in page
    assert f"<dt>Entry in the record</dt><dd>{release.entry_id}</dd>" in page
    assert "Northwind Delivery read data about you." in page
    for telling in (str(ada.pk), "8613800138000"):
        assert telling not in page


@pytest.mark.clause("DIS-b")
def test_a_receipt_that_rests_on_a_service_names_no_text_agreed_to(ada: User, tab: Client, world: World) -> None:
    _read(world.northwind, _ask_for_parcel(ada, world.northwind, _open(ada, world.northwind)))
    page = text_of(tab.get(f"{SHARED}{Release.objects.get().pk}/"))
    assert "Text you agreed to" not in page
    assert 'href="/en/policy/#DIS-b"' in page


@pytest.mark.clause("SEC-a")
def test_nobody_sees_the_receipt_of_somebody_else_nor_whether_there_is_one(
    ada: User, tab: Client, world: World
) -> None:
    _read(world.northwind, _ask(ada, world.northwind))
    address = f"{SHARED}{Release.objects.get().pk}/"
    stranger = browser_of(someone(BEN))
    foreign, missing = stranger.get(address), stranger.get(f"{SHARED}{uuid4()}/")
    assert foreign.status_code == missing.status_code == 404
    assert tab.get(address).status_code == 200
    assert _released(stranger.get(SHARED)) == []
    visitor = Client(SERVER_NAME="localhost").get(address)
    assert visitor["Location"] == f"/en/account/login/?next={address}"


def test_the_overview_leads_to_the_release_it_tells_of(ada: User, tab: Client, world: World) -> None:
    _read(world.northwind, _ask(ada, world.northwind))
    release = Release.objects.get()
    assert f'href="{SHARED}#{release.pk}"' in text_of(tab.get("/en/me/"))
    assert f'id="{release.pk}"' in text_of(tab.get(SHARED))


# -- cost ---------------------------------------------------------------------------------------------


def test_the_page_costs_the_same_number_of_queries_however_much_was_read(ada: User, tab: Client, world: World) -> None:
    _read(world.northwind, _ask(ada, world.northwind))
    _ask(ada, world.northwind)
    _read(world.northwind, _ask_for_parcel(ada, world.northwind, _open(ada, world.northwind)))
    over(world.engagement)
    world.engage(world.northwind, [world.updates, world.parcel], at=timezone.now())
    addresses = [SHARED, f"{SHARED}{Release.objects.latest('at').pk}/", "/en/me/"]
    few = [queries_for(tab, address) for address in addresses]
    _allow(ada, world, world.harbour)
    for _ in range(12):
        _read(world.northwind, _ask(ada, world.northwind))
        _read(world.harbour, _ask(ada, world.harbour))
        _ask(ada, world.northwind)
        _read(world.northwind, _ask_for_parcel(ada, world.northwind, _open(ada, world.northwind)))
    assert [queries_for(tab, address) for address in addresses] == few
