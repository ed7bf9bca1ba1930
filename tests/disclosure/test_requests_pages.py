"""What people ask of each other: from the person's page to the opening, and what the other side sees of it."""

import re
from typing import Any

import pytest
from django.test import Client

from disclosure.filing_states import State
from disclosure.models import Complaint, Filing, Opening, Performance, Remark, Transaction
from disclosure.own_matters import PER_PAGE
from disclosure.services import filings, openings
from disclosure.services.complaints import close_complaint
from disclosure.services.errors import AlreadyAsked, AlreadyEnded, NotAParty, NothingPerformed, NotOffered, NotWarned
from disclosure.services.own_requests import ask_of_counterparty
from disclosure.services.transactions import close_transaction, open_transaction, perform, warn_parties
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from tests.api.callers import everything
from tests.disclosure.matters import (
    DAY,
    EMAIL,
    PHONE,
    PHONE_NUMBER,
    approve,
    asked_of_complainant,
    asked_of_counterparty,
    complaint_about,
    now,
    reviewers,
    transaction_of,
    with_phone,
)
from tests.users.makers import ADA, BEN, browser_of, queries_for, someone, text_of
from users.models import Freeze, User
from users.services.actors import pseudonym_of
from users.services.erasure import erase
from users.services.freezing import freeze

pytestmark = pytest.mark.django_db
LIST = "/en/me/requests/"
ASK = {"fields_wanted": [PHONE], "asked_for": "completion", "why": "The parcel came back"}


@pytest.fixture
def ada() -> User:
    """The one whose data it is about."""
    return with_phone(ADA)


@pytest.fixture
def ben() -> User:
    """The one who asks."""
    return someone(BEN)


@pytest.fixture
def staff() -> list[User]:
    return reviewers(1)


@pytest.fixture
def transaction(ada: User, ben: User) -> Transaction:
    """In which Ben has done part of his, and both were warned."""
    return transaction_of(ben, ada)


@pytest.fixture
def complaint(ada: User, ben: User, staff: list[User]) -> Complaint:
    """Of Ada's about Ben."""
    return complaint_about(ben, ada, clerk=staff[0], fields=(EMAIL, PHONE))


@pytest.fixture
def tab(ben: User) -> Client:
    return browser_of(ben)


def _page_of(filing: Filing) -> str:
    return f"{LIST}{filing.pk}/"


def _messages(answer: Any, browser: Client) -> str:
    return text_of(browser.get(answer["Location"]))


# -- the list ---------------------------------------------------------------------------------------


@pytest.mark.clause("DIS-f")
def test_where_there_is_nothing_the_page_says_what_would_be_there(tab: Client) -> None:
    page = text_of(tab.get(LIST))
    for words in (
        "Nobody has asked for anything.",
        "You have asked for nothing.",
        "There is none.",
        "None is on record.",
    ):
        assert words in page


@pytest.mark.clause("DIS-e")
def test_the_respondent_sees_the_complaint_and_nothing_of_who_complains(
    ada: User, tab: Client, complaint: Complaint
) -> None:
    for address in (LIST, f"{LIST}complaints/{complaint.pk}/", "/en/me/"):
        page = text_of(tab.get(address))
        assert ADA not in page and str(ada.pk) not in page and PHONE_NUMBER not in page
    page = text_of(tab.get(LIST))
    assert "A picture of a lantern (copyright)" in page
    assert str(complaint.pk) in page
    assert f'href="{LIST}complaints/{complaint.pk}/"' in page


@pytest.mark.clause("DIS-e")
def test_the_complainant_is_no_respondent_and_cannot_ask(ada: User, complaint: Complaint) -> None:
    browser = browser_of(ada)
    assert str(complaint.pk) not in text_of(browser.get(LIST))
    assert browser.get(f"{LIST}complaints/{complaint.pk}/").status_code == 404


@pytest.mark.clause("SEC-b")
def test_the_warning_stands_where_transactions_are_and_where_one_asks(
    ada: User, tab: Client, transaction: Transaction
) -> None:
    warning = "Your counterparty may get to see how to reach you."
    for browser, address in (
        (tab, LIST),
        (browser_of(ada), LIST),
        (tab, f"{LIST}transactions/{transaction.pk}/"),
    ):
        page = text_of(browser.get(address))
        assert warning in page
        assert ADA not in page and BEN not in page


@pytest.mark.clause("DIS-f")
def test_each_party_sees_what_both_have_done_from_its_own_side(
    ada: User, tab: Client, transaction: Transaction
) -> None:
    own = "<dt>You have done</dt><dd>{}</dd> <dt>Your counterparty has done</dt><dd>{}</dd>"
    assert own.format("in part", "nothing yet") in text_of(tab.get(LIST))
    assert own.format("nothing yet", "in part") in text_of(browser_of(ada).get(LIST))


@pytest.mark.clause("DIS-f")
@pytest.mark.parametrize("obstacle", ["performance", "warning", "closed"])
def test_where_a_party_cannot_ask_it_is_said_why_and_nothing_can_be_sent(
    ada: User, ben: User, tab: Client, obstacle: str
) -> None:
    transaction = open_transaction(reference="Order 1", first=ben, second=ada, by=SYSTEM, at=now())
    if obstacle != "performance":
        perform(transaction, ben, Performance.FULL, by=SYSTEM, at=now())
    if obstacle != "warning":
        warn_parties(transaction, by=SYSTEM, at=now())
    if obstacle == "closed":
        close_transaction(transaction, by=SYSTEM, at=now())
    address = f"{LIST}transactions/{transaction.pk}/"
    said = {
        "performance": "You can ask once you have done something of your part.",
        "warning": "You can ask once both of you were warned",
        "closed": "It is closed.",
    }[obstacle]
    page = text_of(tab.get(address))
    assert said in page
    assert "fields_wanted" not in page
    assert f'href="{address}"' not in text_of(tab.get(LIST))
    answer = tab.post(address, ASK)
    assert "Nothing was asked: what this rests on has changed." in _messages(answer, tab)
    assert not Filing.objects.exists()


@pytest.mark.clause("PRE-2")
def test_the_pages_take_the_same_queries_however_much_there_is(
    ada: User, ben: User, staff: list[User], tab: Client
) -> None:
    def more(number: int) -> None:
        approve(asked_of_counterparty(transaction_of(ben, ada, reference=f"Order {number}"), ben), staff)
        asked_of_counterparty(transaction_of(ada, ben, reference=f"Sale {number}"), ada, fields=[EMAIL])
        asked_of_complainant(complaint_about(ben, ada, clerk=staff[0]), ben)

    def opened() -> None:
        for filing in Filing.objects.filter(recipient=ben, state=State.APPROVED):
            openings.open_as_person(filing, by=ben, clock=now)

    more(0)
    opened()
    pages = [(tab, LIST), (tab, "/en/me/"), (tab, "/en/me/shared/"), (browser_of(ada), "/en/me/shared/")]
    few = [queries_for(browser, page) for browser, page in pages]
    for number in range(1, 4):
        more(number)
    opened()
    assert [queries_for(browser, page) for browser, page in pages] == few


@pytest.mark.clause("DIS-f")
def test_a_long_list_has_pages_of_its_own(ada: User, ben: User, tab: Client) -> None:
    for number in range(PER_PAGE + 1):
        open_transaction(reference=f"Order {number:03}", first=ben, second=ada, by=SYSTEM, at=now() + number * DAY / 99)
    first = text_of(tab.get(LIST))
    assert 'href="?list=transactions&amp;page=2#transactions"' in first
    assert "Order 020" in first and "Order 000" not in first
    second = text_of(tab.get(f"{LIST}?list=transactions&page=2"))
    assert "Order 000" in second and "Order 020" not in second
    assert "Order 000" not in text_of(tab.get(f"{LIST}?list=own&page=2"))
    assert tab.get(f"{LIST}?list=nothing&page=x").status_code == 200


# -- asking ------------------------------------------------------------------------------------------


@pytest.mark.clause("DIS-f")
def test_a_party_asks_and_the_request_goes_to_the_reviewers(
    ada: User, ben: User, tab: Client, transaction: Transaction
) -> None:
    answer = tab.post(f"{LIST}transactions/{transaction.pk}/", ASK)
    filing = Filing.objects.get()
    assert answer["Location"] == _page_of(filing)
    assert (filing.state, filing.person, filing.recipient, filing.filed_by) == (State.SUBMITTED, ada, ben, ben)
    assert (filing.fields, filing.asked_for) == ([PHONE], "completion")
    page = text_of(tab.get(_page_of(filing)))
    assert "Being reviewed" in page and "Telephone number" in page and "The parcel came back" in page
    assert filings.unsealed(filing, [filing.justification]) == ["The parcel came back"]
    kinds = list(Entry.objects.filter(kind__startswith="filing.").order_by("seq").values_list("kind", "actor"))
    assert kinds == [(kind, f"person:{pseudonym_of(ben)}") for kind in ("filing.drafted", "filing.submitted")]


@pytest.mark.clause("DIS-e")
def test_a_respondent_asks_for_what_an_answer_needs_and_nothing_else(tab: Client, complaint: Complaint) -> None:
    address = f"{LIST}complaints/{complaint.pk}/"
    page = text_of(tab.get(address))
    assert f'value="{EMAIL}"' in page and f'value="{PHONE}"' in page
    assert "contact.address" not in page and "asked_for" not in page
    refused = tab.post(address, {"fields_wanted": ["contact.address"], "why": "To answer"})
    assert refused.status_code == 422
    assert "This cannot be asked for here." in text_of(refused)
    tab.post(address, {"fields_wanted": [EMAIL], "why": "To answer"})
    assert Filing.objects.get().complaint == complaint


@pytest.mark.clause("DIS-f")
def test_only_what_serves_to_reach_the_counterparty_can_be_asked_for(tab: Client, transaction: Transaction) -> None:
    address = f"{LIST}transactions/{transaction.pk}/"
    page = text_of(tab.get(address))
    assert set(re.findall(r'name="fields_wanted" value="([^"]+)"', page)) == {EMAIL, PHONE, "contact.address"}
    refused = tab.post(address, {**ASK, "fields_wanted": ["identity.national_id"]})
    assert refused.status_code == 422
    assert not Filing.objects.exists()


@pytest.mark.clause("DIS-f")
@pytest.mark.parametrize("missing", ["fields_wanted", "asked_for", "why"])
def test_a_form_that_lacks_something_comes_back_with_what_was_typed(
    tab: Client, transaction: Transaction, missing: str
) -> None:
    sent = {name: value for name, value in ASK.items() if name != missing}
    answer = tab.post(f"{LIST}transactions/{transaction.pk}/", sent)
    assert answer.status_code == 422
    page = text_of(answer)
    assert "Please look at this again." in page
    assert missing == "why" or "The parcel came back" in page
    assert not Filing.objects.exists()


@pytest.mark.clause("DIS-f")
def test_there_is_one_request_for_each_matter_until_it_is_over(
    ada: User, ben: User, tab: Client, transaction: Transaction
) -> None:
    filing = asked_of_counterparty(transaction, ben)
    address = f"{LIST}transactions/{transaction.pk}/"
    for answer in (tab.get(address), tab.post(address, ASK)):
        assert answer["Location"] == _page_of(filing)
    assert "You have asked: see how it stands" in text_of(tab.get(LIST))
    with pytest.raises(AlreadyAsked):
        asked_of_counterparty(transaction, ben)
    # The other party's is another one.
    perform(transaction, ada, Performance.FULL, by=SYSTEM, at=now())
    asked_of_counterparty(transaction, ada)
    filings.take_back(filing, shown=1, by=ben, at=now())
    assert asked_of_counterparty(transaction, ben).pk != filing.pk


@pytest.mark.clause("DIS-f")
@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"by": "stranger"}, NotAParty),
        ({"fields": ["identity.name"]}, NotOffered),
        ({"ready": False}, NothingPerformed),
        ({"warned": False}, NotWarned),
        ({"closed": True}, AlreadyEnded),
    ],
)
def test_whatever_a_page_shows_a_request_without_its_ground_is_refused_and_nothing_is_kept(
    ada: User, ben: User, change: dict[str, Any], error: type[Exception]
) -> None:
    transaction = transaction_of(ben, ada, ready=change.get("ready", True))
    if not change.get("warned", True):
        Transaction.objects.update(warned_at=None)
    if change.get("closed"):
        close_transaction(transaction, by=SYSTEM, at=now())
    by = someone("eve@lantern.example") if change.get("by") else ben
    before = everything()
    with pytest.raises(error):
        ask_of_counterparty(
            transaction, fields=change.get("fields", [PHONE]), asked_for="dispute", why="x", by=by, at=now()
        )
    assert everything() == before


@pytest.mark.clause("PRE-1")
def test_a_strangers_matter_is_found_nowhere(transaction: Transaction, complaint: Complaint) -> None:
    eve = browser_of(someone("eve@lantern.example"))
    assert eve.get(f"{LIST}transactions/{transaction.pk}/").status_code == 404
    assert eve.post(f"{LIST}complaints/{complaint.pk}/", ASK).status_code == 404
    assert not Filing.objects.exists()


# -- one request, to whoever made it ----------------------------------------------------------------------


@pytest.mark.clause("DIS-f")
def test_what_was_approved_is_shown_on_a_press_and_only_then(
    ada: User, ben: User, staff: list[User], tab: Client, transaction: Transaction
) -> None:
    filing = approve(asked_of_counterparty(transaction, ben), staff)
    page = text_of(tab.get(_page_of(filing)))
    assert "Approved: you can look" in page
    assert "the other sees that you looked" in page
    assert PHONE_NUMBER not in page
    assert tab.get(f"{_page_of(filing)}open/").status_code == 405
    assert not Opening.objects.exists()

    shown = tab.post(f"{_page_of(filing)}open/")
    assert PHONE_NUMBER in text_of(shown)
    assert "no-store" in shown["Cache-Control"]
    assert Opening.objects.get().person == ada
    assert PHONE_NUMBER not in text_of(tab.get(_page_of(filing)))
    assert "Approved: you have looked" in text_of(tab.get(LIST))


@pytest.mark.clause("SEC-b")
def test_a_freeze_shows_nothing_any_more_and_the_page_says_so_without_saying_why(
    ada: User, ben: User, staff: list[User], tab: Client, transaction: Transaction
) -> None:
    filing = approve(asked_of_counterparty(transaction, ben), staff)
    freeze(ada, cause=Freeze.Cause.REQUEST, by=SYSTEM, at=now())
    answer = tab.post(f"{_page_of(filing)}open/")
    assert answer.status_code == 403
    page = text_of(answer)
    assert "At this moment nothing may be shown." in page
    assert PHONE_NUMBER not in page and "frozen" not in page
    assert not Opening.objects.exists()


@pytest.mark.clause("DIS-e")
def test_once_the_complaint_is_closed_nothing_can_be_opened(
    ben: User, staff: list[User], tab: Client, complaint: Complaint
) -> None:
    filing = approve(asked_of_complainant(complaint, ben), staff)
    close_complaint(complaint, by=SYSTEM, at=now())
    page = text_of(tab.get(_page_of(filing)))
    assert "Over: the matter is closed" in page
    assert "Show it to me now" not in page
    assert tab.post(f"{_page_of(filing)}open/").status_code == 403


@pytest.mark.clause("DIS-f")
def test_a_question_of_the_reviewers_is_answered_and_goes_back_to_them(
    ben: User, staff: list[User], tab: Client, transaction: Transaction
) -> None:
    filing = asked_of_counterparty(transaction, ben)
    filings.comment(filing, text="Looks odd to me", by=staff[0], at=now())
    filings.ask(filing, shown=1, question="Which parcel?", by=staff[0], at=now())
    overview = text_of(tab.get("/en/me/"))
    assert "The reviewers want to know more about a request of yours." in overview
    page = text_of(tab.get(_page_of(filing)))
    assert "Which parcel?" in page and "Looks odd" not in page
    assert "The clock stands still until you answer." in page

    empty = tab.post(f"{_page_of(filing)}answer/", {"version": 1, "text": " "})
    assert empty.status_code == 422
    answer = tab.post(f"{_page_of(filing)}answer/", {"version": 1, "text": "Number 7"})
    assert "Sent. The reviewers go on from here." in _messages(answer, tab)
    filing.refresh_from_db()
    assert (filing.state, filing.paused_at) == (State.SUBMITTED, None)
    remark = Remark.objects.get(kind=Remark.Kind.ANSWER)
    assert b"Number 7" not in bytes(remark.text)
    assert "Number 7" in text_of(tab.get(_page_of(filing)))
    again = tab.post(f"{_page_of(filing)}answer/", {"version": 1, "text": "And 8"})
    assert "Nothing was changed" in _messages(again, tab)


@pytest.mark.clause("DIS-f")
def test_a_refusal_is_told_with_its_reason_to_whoever_asked_and_to_nobody_else(
    ada: User, ben: User, staff: list[User], tab: Client, transaction: Transaction
) -> None:
    filing = asked_of_counterparty(transaction, ben)
    filings.refuse(filing, shown=1, reason="The website can pass it on", by=staff[0], at=now())
    page = text_of(tab.get(_page_of(filing)))
    assert "Refused" in page and "The website can pass it on" in page
    other = text_of(browser_of(ada).get(_page_of(filing)))
    assert "Refused" in other and "pass it on" not in other.replace("passes it on", "")


@pytest.mark.clause("DIS-f")
def test_a_request_is_taken_back_and_nobody_decides_about_it_any_more(
    ben: User, staff: list[User], tab: Client, transaction: Transaction
) -> None:
    filing = approve(asked_of_counterparty(transaction, ben), staff)
    stale = tab.post(f"{_page_of(filing)}take-back/", {"version": 7})
    assert "Nothing was changed" in _messages(stale, tab)
    answer = tab.post(f"{_page_of(filing)}take-back/", {"version": 1})
    page = _messages(answer, tab)
    assert "Taken back." in page and "Show it to me now" not in page
    assert tab.post(f"{_page_of(filing)}open/").status_code == 403
    assert "Nothing was changed" in _messages(tab.post(f"{_page_of(filing)}take-back/", {"version": 1}), tab)


@pytest.mark.clause("DIS-f")
def test_an_approved_request_waits_on_the_overview(
    ben: User, staff: list[User], tab: Client, transaction: Transaction
) -> None:
    filing = approve(asked_of_counterparty(transaction, ben), staff)
    page = text_of(tab.get("/en/me/"))
    assert "A request of yours was approved." in page
    assert f'href="{_page_of(filing)}"' in page


# -- one request, to whose data it is -----------------------------------------------------------------------


@pytest.mark.clause("DIS-f")
def test_the_counterparty_sees_the_request_before_it_is_decided_and_can_object(
    ada: User, ben: User, staff: list[User], transaction: Transaction
) -> None:
    filing = asked_of_counterparty(transaction, ben)
    browser = browser_of(ada)
    overview = text_of(browser.get("/en/me/"))
    assert "Your counterparty asked to reach you. Reviewers will decide." in overview
    assert f'href="{_page_of(filing)}"' in overview
    listed = text_of(browser.get(LIST))
    assert "Not decided yet" in listed and "It is no veto" in text_of(browser.get(_page_of(filing)))
    page = text_of(browser.get(_page_of(filing)))
    assert "Telephone number" in page and "Order 4711" in page and "to complete the transaction" in page
    assert "The parcel came back" not in page and BEN not in page

    assert browser.post(f"{_page_of(filing)}object/", {"version": 1, "text": ""}).status_code == 422
    answer = browser.post(f"{_page_of(filing)}object/", {"version": 1, "text": "He threatened me"})
    assert "Sent. The reviewers read it; they decide." in _messages(answer, browser)
    remark = Remark.objects.get()
    assert (remark.kind, remark.author) == (Remark.Kind.OBJECTION, ada)
    assert b"threatened" not in bytes(remark.text)
    assert filings.unsealed(filing, [remark.text]) == ["He threatened me"]
    entry = Entry.objects.get(kind="filing.objected")
    assert entry.actor == f"person:{pseudonym_of(ada)}"
    assert "threatened" not in str(entry.body)
    assert "He threatened me" in text_of(browser.get(_page_of(filing)))
    assert "He threatened me" not in text_of(browser_of(ben).get(_page_of(filing)))
    # Heard, and no veto.
    assert approve(filing, staff).state == State.APPROVED


@pytest.mark.clause("DIS-e")
def test_a_complainant_sees_it_too(ada: User, ben: User, complaint: Complaint) -> None:
    asked_of_complainant(complaint, ben)
    page = text_of(browser_of(ada).get("/en/me/"))
    assert "Somebody you complained about asked for data of yours. Reviewers will decide." in page


@pytest.mark.clause("DIS-f")
def test_what_was_approved_and_seen_stands_on_the_pages_of_the_person(
    ada: User, ben: User, staff: list[User], transaction: Transaction
) -> None:
    filing = approve(asked_of_counterparty(transaction, ben), staff)
    browser = browser_of(ada)
    overview = text_of(browser.get("/en/me/"))
    assert "<h3>Your counterparty</h3>" in overview
    assert "Until the matter is closed, or the reviewers end it." in overview
    openings.open_as_person(filing, by=ben, clock=now)
    opening = Opening.objects.get()
    assert f'href="/en/me/shared/#{opening.pk}">Your counterparty has seen data about you.' in text_of(
        browser.get("/en/me/")
    )
    shared = text_of(browser.get("/en/me/shared/"))
    row = shared[shared.index(f'id="{opening.pk}"') :]
    assert "<h3>Your counterparty</h3>" in row
    assert "<dt>Data</dt><dd>Telephone number</dd>" in row
    assert "They asked for it, to complete the transaction: Order 4711." in row
    assert 'href="/en/policy/#DIS-f">Policy, DIS-f</a>' in row
    assert f"Entry {opening.entry_id} in the record" in row
    assert bytes(opening.entry.leaf).hex() in row
    assert f'href="{_page_of(filing)}"' in row
    assert "No partner has. What was shown because people decided so stands below." in shared
    assert PHONE_NUMBER not in shared


@pytest.mark.clause("PRE-2")
def test_a_look_of_a_reviewer_is_shown_as_such(
    ada: User, ben: User, staff: list[User], transaction: Transaction
) -> None:
    filing = asked_of_counterparty(transaction, ben)
    openings.look(filing, reason="To compare", by=staff[0], at=now())
    browser = browser_of(ada)
    shared = text_of(browser.get("/en/me/shared/"))
    assert "<h3>A reviewer of this website, to decide</h3>" in shared
    assert "A member of our staff looked at it, in order to decide." in shared
    assert "Nobody has. Nothing about you has left." in shared
    assert "To compare" not in shared and str(staff[0].email) not in shared
    assert "A reviewer of this website looked at data about you" in text_of(browser.get("/en/me/"))


@pytest.mark.clause("PRE-1")
def test_a_request_is_seen_by_its_two_sides_alone_and_each_acts_for_itself(
    ada: User, ben: User, tab: Client, transaction: Transaction
) -> None:
    filing = asked_of_counterparty(transaction, ben)
    eve, other = browser_of(someone("eve@lantern.example")), browser_of(ada)
    assert eve.get(_page_of(filing)).status_code == 404
    for act in ("answer", "object", "take-back", "open"):
        assert eve.post(f"{_page_of(filing)}{act}/", {"version": 1, "text": "x"}).status_code == 404
    assert other.post(f"{_page_of(filing)}open/").status_code == 404
    for browser, act in ((other, "take-back"), (other, "answer"), (tab, "object")):
        answer = browser.post(f"{_page_of(filing)}{act}/", {"version": 1, "text": "x"})
        assert "Nothing was changed" in _messages(answer, browser)
    filing.refresh_from_db()
    assert filing.state == State.SUBMITTED
    assert not Remark.objects.exists()


@pytest.mark.clause("PRE-1")
def test_visitors_are_led_to_the_log_in(transaction: Transaction) -> None:
    visitor = Client(SERVER_NAME="localhost")
    for address in (LIST, f"{LIST}transactions/{transaction.pk}/"):
        assert visitor.get(address)["Location"].startswith("/en/account/login/")


# -- erasure ------------------------------------------------------------------------------------------------


@pytest.mark.clause("SEC-a")
@pytest.mark.parametrize("who", ["whose data it is", "who asked"])
def test_with_either_side_the_request_ends_and_every_word_on_it_is_gone(
    ada: User, ben: User, staff: list[User], transaction: Transaction, complaint: Complaint, who: str
) -> None:
    undecided = asked_of_complainant(complaint, ben)
    granted = asked_of_counterparty(transaction, ben)
    filings.object_to(granted, text="He threatened me", by=ada, at=now())
    approve(granted, staff)
    erase(ada if who == "whose data it is" else ben, by=SYSTEM, at=now())
    for filing, state in ((undecided, State.WITHDRAWN), (granted, State.REVOKED)):
        filing.refresh_from_db()
        assert filing.state == state
        texts = [filing.justification, *Remark.objects.filter(filing=filing).values_list("text", flat=True)]
        assert set(filings.unsealed(filing, texts)) == {None}
    for matter in (transaction, complaint):
        matter.refresh_from_db()
        assert matter.closed_at is not None
    causes = Entry.objects.filter(kind__in=["filing.withdrawn", "filing.revoked"]).values_list("body__cause", flat=True)
    assert list(causes) == ["erasure", "erasure"]
    # The one who is left reads that it is over, and no more.
    left = browser_of(ben if who == "whose data it is" else ada)
    assert left.get(LIST).status_code == 200
    page = text_of(left.get(_page_of(granted)))
    assert ">Ended<" in page
