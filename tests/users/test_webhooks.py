"""Partners are called with what they are told: signed, once an event and endpoint, until it is taken or given up."""

import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import Settings
from standardwebhooks import Webhook, WebhookVerificationError

from consent.services.mailings import STEP
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from privacy_app.outbox.delivery import MAX_ATTEMPTS, deliver_next
from privacy_app.outbox.handlers import patient_kinds
from privacy_app.outbox.models import Message
from privacy_app.outbox.services import enqueue, retry
from tests.admin_makers import Desk, text_of
from tests.api.callers import Caller
from tests.makers import make_partner
from tests.outbox_process import NOTE
from tests.receiver import Call, Receiver
from tests.servers import free_port
from users.models import EventType, Partner, PartnerEvent, WebhookEndpoint
from users.models.partners import Scope
from users.roles import Role
from users.services.events import tell
from users.services.positions import give_positions
from users.services.webhooks import (
    AddressRefused,
    AddressThere,
    EndpointDisabled,
    add_endpoint,
    disable_endpoint,
    replace_secret,
    send_test,
)
from users.webhooks import delivery, sender

State = Message.State


def now() -> Any:
    return timezone.now()


def doing(hours: float = 0) -> Any:
    """Who and when, so many hours from now."""
    return {"by": SYSTEM, "at": now() + timedelta(hours=hours)}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def partner(db: None) -> Partner:
    return make_partner()


def told(partner: Partner, count: int = 1) -> list[PartnerEvent]:
    """Tell a partner so many things; the events in order."""
    last = PartnerEvent.objects.filter(partner=partner).count()
    for _ in range(count):
        tell(EventType.ENGAGEMENT_ENDING, {partner.pk: {"engagement": "e"}}, at=now())
    give_positions(at=now())
    return list(PartnerEvent.objects.filter(partner=partner, position__gt=last).order_by("position"))


def deliver_due(*, hours: float = 0) -> int:
    """Deliver what is due so many hours from now; how many attempts that were."""
    at = now() + timedelta(hours=hours, seconds=1)
    count = 0
    while deliver_next(now=at):
        count += 1
    return count


def verified(call: Call, secret: str) -> Any:
    """The body, read as an independent library reads it. Raises WebhookVerificationError."""
    return Webhook(secret).verify(call.body, call.headers)


def calls() -> list[tuple[str, int, str]]:
    """State, attempts and last error of every queued call."""
    rows = Message.objects.filter(kind__startswith="partner.webhook").order_by("created_at", "id")
    return list(rows.values_list("state", "attempts", "last_error"))


# -- what arrives ---------------------------------------------------------------------------------------------


def test_an_event_arrives_signed_and_says_what_the_api_says(partner: Partner, receiver: Receiver) -> None:
    _, secret = add_endpoint(partner, url=receiver.url, **doing())
    (event,) = told(partner)
    assert deliver_due() == 1
    (call,) = receiver.calls
    assert verified(call, secret) == Caller(partner, [Scope.EVENTS]).get("events").json()["events"][0]
    assert call.headers["webhook-id"] == str(event.pk)
    assert abs(int(call.headers["webhook-timestamp"]) - time.time()) < 60
    assert call.headers["content-type"] == "application/json"
    assert calls() == [(State.DELIVERED, 1, "")]


@pytest.mark.clause("SEC-a")
@pytest.mark.parametrize("part", ["body", "webhook-id", "webhook-timestamp", "webhook-signature", "secret"])
def test_whatever_is_altered_of_a_call_its_signature_does_not_hold(
    partner: Partner, receiver: Receiver, part: str
) -> None:
    _, secret = add_endpoint(partner, url=receiver.url, **doing())
    told(partner)
    deliver_due()
    (call,) = receiver.calls
    altered = {
        "body": Call(call.path, call.headers, call.body.replace(b'"position": 1', b'"position": 2')),
        "secret": call,
    }.get(part) or Call(call.path, {**call.headers, part: _altered(call.headers[part])}, call.body)
    verified(call, secret)
    with pytest.raises(WebhookVerificationError):
        verified(altered, secret if part != "secret" else "whsec_" + "A" * 43 + "=")


def _altered(text: str) -> str:
    """The same with another digit or letter somewhere in the middle."""
    middle = len(text) // 2
    place = next(place for place in range(middle, len(text)) if text[place].isalnum())
    return text[:place] + ("1" if text[place] != "1" else "2") + text[place + 1 :]


def test_every_endpoint_of_the_partner_and_no_other_is_called_once_for_each_event_in_order(
    partner: Partner, receiver: Receiver
) -> None:
    other = make_partner("Other")
    second, foreign = Receiver(), Receiver()
    for url in (receiver.url, second.url):
        add_endpoint(partner, url=url, **doing())
    add_endpoint(other, url=foreign.url, **doing())
    events = told(partner, 3)
    assert give_positions(at=now()) == 0
    assert deliver_due() == 6
    for each in (receiver, second):
        assert sorted(call.headers["webhook-id"] for call in each.calls) == sorted(str(event.pk) for event in events)
    assert foreign.calls == []
    second.close()
    foreign.close()


def test_an_endpoint_is_not_called_with_what_could_be_read_before_it_was_there(
    partner: Partner, receiver: Receiver
) -> None:
    told(partner)
    add_endpoint(partner, url=receiver.url, **doing())
    (event,) = told(partner)
    deliver_due()
    assert [call.headers["webhook-id"] for call in receiver.calls] == [str(event.pk)]


@pytest.mark.clause("SEC-a")
def test_the_queue_holds_ids_alone_and_no_address_and_no_secret(partner: Partner, receiver: Receiver) -> None:
    endpoint, secret = add_endpoint(partner, url=receiver.url, **doing())
    (event,) = told(partner)
    assert Message.objects.get().payload == {"event": str(event.pk), "endpoint": str(endpoint.pk)}
    replace_secret(endpoint, **doing())
    kept = json.dumps([list(model.objects.values()) for model in (Message, Entry, WebhookEndpoint)], default=str)
    assert secret not in kept
    assert secret.removeprefix("whsec_") not in kept
    entry = Entry.objects.get(kind="webhook.added")
    assert entry.body == {
        "partner": str(partner.pk),
        "webhook": str(endpoint.pk),
        "host": f"127.0.0.1:{receiver.port}",
    }


# -- what does not arrive at once --------------------------------------------------------------------------


def test_what_is_not_taken_is_tried_again_under_the_same_id_over_more_than_a_day_and_then_left_to_people(
    partner: Partner, receiver: Receiver
) -> None:
    _, secret = add_endpoint(partner, url=receiver.url, **doing())
    (event,) = told(partner)
    receiver.status = 503
    began = at = now() + timedelta(seconds=1)
    while deliver_next(now=at):
        message = Message.objects.get()
        if message.state == State.PENDING:
            assert message.last_error == "ServerErrorAnswered"
            at = message.due_at
    assert timedelta(days=1) < at - began < timedelta(days=3)
    assert calls() == [(State.DEAD, MAX_ATTEMPTS, "ServerErrorAnswered")]
    assert {call.headers["webhook-id"] for call in receiver.calls} == {str(event.pk)}
    assert len(receiver.calls) == MAX_ATTEMPTS
    assert {json.dumps(verified(call, secret)) for call in receiver.calls} == {json.dumps(event.to_json())}

    receiver.status = 200
    assert retry([Message.objects.get().pk], at=now()) == 1
    deliver_due()
    assert calls() == [(State.DELIVERED, 1, "")]
    assert receiver.calls[-1].headers["webhook-id"] == str(event.pk)


@pytest.mark.parametrize(
    ("status", "error"), [(302, "Redirected"), (404, "ClientErrorAnswered"), (500, "ServerErrorAnswered")]
)
def test_the_outbox_says_what_became_of_a_call(partner: Partner, receiver: Receiver, status: int, error: str) -> None:
    add_endpoint(partner, url=receiver.url, **doing())
    receiver.status = status
    told(partner)
    deliver_due()
    assert calls() == [(State.PENDING, 1, error)]


def test_one_endpoint_that_fails_holds_up_no_other(partner: Partner, receiver: Receiver) -> None:
    failing = Receiver()
    failing.status = 500
    for url in (failing.url, receiver.url):
        add_endpoint(partner, url=url, **doing())
    told(partner, 2)
    deliver_due()
    assert len(receiver.calls) == 2
    assert sorted(state for state, _, _ in calls()) == ["delivered"] * 2 + ["pending"] * 2
    failing.close()


def test_whoever_keeps_us_waiting_rests_for_a_minute_so_that_others_need_not_wait(
    partner: Partner, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "TOTAL_SECONDS", 0.5)
    add_endpoint(partner, url=receiver.url, **doing())
    told(partner, 3)
    receiver.may_answer.clear()
    deliver_due()
    assert sorted(error for _, _, error in calls()) == ["Resting", "Resting", "TimeoutError"]
    assert len(receiver.calls) == 1
    monkeypatch.undo()
    receiver.may_answer.set()
    deliver_due(hours=0.01)
    assert len(receiver.calls) == 1
    cache.clear()  # as a minute does
    deliver_due(hours=0.02)
    assert len(receiver.calls) == 4
    assert {state for state, _, _ in calls()} == {State.DELIVERED}


def test_whoever_is_away_costs_nothing_and_is_tried_anew_each_time(partner: Partner, receiver: Receiver) -> None:
    endpoint, _ = add_endpoint(partner, url=f"http://127.0.0.1:{free_port()}/", **doing())
    told(partner, 2)
    deliver_due()
    assert calls() == [(State.PENDING, 1, "ConnectionRefusedError")] * 2
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(url=receiver.url)
    deliver_due(hours=0.01)
    assert calls() == [(State.DELIVERED, 2, "")] * 2


def test_with_the_cache_away_calls_go_out_all_the_same(
    partner: Partner, receiver: Receiver, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    add_endpoint(partner, url=receiver.url, **doing())
    silent = Receiver()
    silent.may_answer.clear()
    monkeypatch.setattr(sender, "TOTAL_SECONDS", 1.0)
    add_endpoint(partner, url=silent.url, **doing())
    told(partner)
    deliver_due()
    assert sorted(calls()) == [(State.DELIVERED, 1, ""), (State.PENDING, 1, "TimeoutError")]
    assert len(receiver.calls) == 1
    silent.close()


def test_mail_and_all_else_goes_before_calls_however_long_those_have_waited(
    partner: Partner, receiver: Receiver, tmp_path: Any
) -> None:
    add_endpoint(partner, url=receiver.url, **doing())
    told(partner, 2)
    enqueue(NOTE, {"path": str(tmp_path / "notes")}, at=now())
    assert deliver_next(now=now() + timedelta(seconds=1))
    assert receiver.calls == []
    assert (tmp_path / "notes").exists()
    assert deliver_due() == 2
    assert len(receiver.calls) == 2


def test_an_event_that_is_forgotten_meanwhile_is_let_be(partner: Partner, receiver: Receiver) -> None:
    add_endpoint(partner, url=receiver.url, **doing())
    told(partner)
    PartnerEvent.objects.all().delete()
    deliver_due()
    assert receiver.calls == []
    assert calls() == [(State.DELIVERED, 1, "")]


def test_an_address_that_may_not_be_called_any_more_is_not(
    partner: Partner, receiver: Receiver, settings: Settings
) -> None:
    endpoint, _ = add_endpoint(partner, url=receiver.url, **doing())
    told(partner)
    settings.WEBHOOK_ALLOW_LOOPBACK = False
    deliver_due()
    assert receiver.calls == []
    assert calls() == [(State.PENDING, 1, "TargetRefused")]
    disable_endpoint(endpoint, **doing())


# -- secrets ------------------------------------------------------------------------------------------------


@pytest.mark.clause("SEC-a")
def test_a_secret_that_was_replaced_signs_for_a_day_beside_the_new_one(partner: Partner, receiver: Receiver) -> None:
    endpoint, first = add_endpoint(partner, url=receiver.url, **doing())
    second = replace_secret(endpoint, **doing(hours=-23.9))
    told(partner)
    deliver_due()
    assert verified(receiver.calls[0], first) == verified(receiver.calls[0], second)
    assert len(receiver.calls[0].headers["webhook-signature"].split(" ")) == 2

    third = replace_secret(endpoint, **doing(hours=-24.1))
    told(partner)
    deliver_due()
    call = receiver.calls[1]
    verified(call, third)
    for old in (first, second):
        with pytest.raises(WebhookVerificationError):
            verified(call, old)
    kinds = Entry.objects.filter(kind__startswith="webhook.").order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == ["webhook.added", "webhook.secret_replaced", "webhook.secret_replaced"]


@pytest.mark.clause("SEC-a")
def test_a_sealed_secret_that_was_moved_to_another_endpoint_does_not_sign(partner: Partner, receiver: Receiver) -> None:
    endpoint, _ = add_endpoint(partner, url=receiver.url, **doing())
    other, _ = add_endpoint(partner, url=f"{receiver.url}&second", **doing())
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(secret=other.secret)
    disable_endpoint(other, **doing())
    told(partner)
    deliver_due()
    assert receiver.calls == []
    assert calls() == [(State.PENDING, 1, "Unreadable")]


def test_the_database_keeps_a_former_secret_only_with_its_last_moment(partner: Partner) -> None:
    endpoint, _ = add_endpoint(partner, url="https://partner.example/", **doing())
    with pytest.raises(IntegrityError), transaction.atomic():
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(previous_secret="x")


# -- services -----------------------------------------------------------------------------------------------


def test_what_is_refused_changes_nothing(partner: Partner, receiver: Receiver) -> None:
    endpoint, _ = add_endpoint(partner, url=receiver.url, **doing())
    before = Entry.objects.count()
    with pytest.raises(AddressThere):
        add_endpoint(partner, url=receiver.url, **doing())
    for url in ("http://10.0.0.1/", "ftp://partner.example/", "https://us@partner.example/"):
        with pytest.raises(AddressRefused):
            add_endpoint(partner, url=url, **doing())
    assert (WebhookEndpoint.objects.count(), Entry.objects.count()) == (1, before)
    disable_endpoint(endpoint, **doing())
    for service in (replace_secret, disable_endpoint, send_test):
        with pytest.raises(EndpointDisabled):
            service(endpoint, **doing())
    assert Entry.objects.count() == before + 1
    assert add_endpoint(partner, url=receiver.url, **doing())


def test_what_is_switched_off_is_called_no_more_not_even_with_what_waits(partner: Partner, receiver: Receiver) -> None:
    endpoint, _ = add_endpoint(partner, url=receiver.url, **doing())
    told(partner)
    send_test(endpoint, **doing())
    disable_endpoint(endpoint, **doing())
    told(partner)
    assert deliver_due() == 2
    assert receiver.calls == []
    assert calls() == [(State.DELIVERED, 1, "")] * 2


def test_a_test_is_signed_and_says_nothing_and_is_no_event(partner: Partner, receiver: Receiver) -> None:
    endpoint, secret = add_endpoint(partner, url=receiver.url, **doing())
    cache.set(f"webhook-rests:{endpoint.pk}", True)
    send_test(endpoint, **doing())
    message = Message.objects.get()
    deliver_due()
    (call,) = receiver.calls
    body = verified(call, secret)
    assert call.headers["webhook-id"] == body["id"] == str(message.pk)
    assert (body["type"], body["position"], body["subject"], body["data"]) == ("webhook.test", None, None, {})
    assert not PartnerEvent.objects.exists()


# -- the desk -----------------------------------------------------------------------------------------------


@pytest.fixture
def administrator(db: None) -> Desk:
    return Desk(Role.ADMINISTRATOR)


def _secret_on(page: Any) -> str:
    found = re.search(r'<code id="client-secret">(whsec_[A-Za-z0-9+/=]+)</code>', page.content.decode())
    assert found, text_of(page)
    return found[1]


@pytest.mark.clause("SEC-a")
def test_the_secret_of_a_webhook_is_in_the_answer_that_made_it_and_nowhere_else(
    administrator: Desk, partner: Partner, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    page = administrator.fill("users/webhookendpoint/add/", partner=str(partner.pk), url=receiver.url)
    assert "no-store" in page["Cache-Control"]
    endpoint = WebhookEndpoint.objects.get()
    secrets = [_secret_on(page), _secret_on(administrator.fill(f"users/webhookendpoint/{endpoint.pk}/rotate/"))]
    told(partner)
    deliver_due()
    for secret in secrets:
        verified(receiver.calls[0], secret)
    kept = [
        administrator.get(f"users/webhookendpoint/{endpoint.pk}/change/").content.decode(),
        administrator.get(f"users/webhookendpoint/{endpoint.pk}/history/").content.decode(),
        administrator.get("users/webhookendpoint/").content.decode(),
        json.dumps(list(LogEntry.objects.values_list("change_message", "object_repr"))),
        json.dumps(dict(administrator.browser.session.items())),
        str(list(Entry.objects.values_list("body", flat=True))),
        caplog.text,
    ]
    assert not [text for text in kept for secret in secrets if secret in text]


@pytest.mark.clause("SEC-a")
@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://partner.example/", "Calls go out encrypted: the address begins with https://"),
        ("https://10.0.0.1/", "This leads to an address that is not on the public internet."),
        ("https://[::ffff:10.0.0.1]/", "This leads to an address that is not on the public internet."),
        ("https://nobody.invalid/", "No server is known by this name. Is it spelled right?"),
        ("https://us:pass@partner.example/", "Leave user name and password out"),
        ("partner.example", "Enter an address that begins with https://"),
    ],
)
def test_an_address_that_is_not_called_is_explained_beside_the_field(
    administrator: Desk, partner: Partner, url: str, words: str
) -> None:
    administrator.is_told(words, "users/webhookendpoint/add/", partner=str(partner.pk), url=url)
    assert not WebhookEndpoint.objects.exists()


def test_in_production_the_port_is_explained_and_this_machine_is_not_called(
    administrator: Desk, partner: Partner, settings: Settings
) -> None:
    settings.PRODUCTION, settings.WEBHOOK_ALLOW_LOOPBACK = True, False
    for url, words in (
        ("https://1.1.1.1:8443/", "Only the port 443 is called: leave the port out."),
        ("https://localhost/", "not on the public internet"),
        ("http://localhost:8000/", "Calls go out encrypted"),
    ):
        administrator.is_told(words, "users/webhookendpoint/add/", partner=str(partner.pk), url=url)


def test_the_same_address_twice_is_explained(administrator: Desk, partner: Partner, receiver: Receiver) -> None:
    add_endpoint(partner, url=receiver.url, **doing())
    typed = {"partner": str(partner.pk), "url": receiver.url}
    administrator.is_told("The partner is called at this address already.", "users/webhookendpoint/add/", **typed)


def test_a_test_is_sent_by_a_button_and_its_outcome_stands_on_the_page(
    administrator: Desk, partner: Partner, receiver: Receiver
) -> None:
    endpoint, secret = add_endpoint(partner, url=receiver.url, **doing())
    path = f"users/webhookendpoint/{endpoint.pk}"
    assert "Last test: –" in text_of(administrator.get(f"{path}/change/"))
    entry = administrator.writes("webhook.tested", f"{path}/test/")
    assert entry.body["webhook"] == str(endpoint.pk)
    assert "Last test: waiting" in text_of(administrator.get(f"{path}/change/"))
    receiver.statuses = [404]
    deliver_due()
    assert "Last test: waiting (ClientErrorAnswered)" in text_of(administrator.get(f"{path}/change/"))
    deliver_due(hours=1)
    assert "Last test: delivered" in text_of(administrator.get(f"{path}/change/"))
    assert verified(receiver.calls[0], secret)["type"] == "webhook.test"


def test_what_waits_and_what_was_given_up_is_counted_on_the_page(
    administrator: Desk, partner: Partner, receiver: Receiver
) -> None:
    endpoint, _ = add_endpoint(partner, url=receiver.url, **doing())
    told(partner, 3)
    Message.objects.filter(pk=Message.objects.all()[0].pk).update(state=State.DEAD, settled_at=now())
    answer = administrator.get(f"users/webhookendpoint/{endpoint.pk}/change/")
    page = text_of(answer)
    assert "Calls that wait: 2" in page
    assert "Calls that were given up: 1" in page
    link = re.search(r'href="(/en/admin/outbox/message/\?[^"]*dead)" class="standing-out"', answer.content.decode())
    assert link
    found = administrator.browser.get(link[1].replace("&amp;", "&")).context["cl"].result_list
    assert [message.state for message in found] == [State.DEAD]


def test_a_webhook_is_switched_off_by_a_button_and_stays_to_be_seen(
    administrator: Desk, partner: Partner, receiver: Receiver
) -> None:
    endpoint, _ = add_endpoint(partner, url=receiver.url, **doing())
    path = f"users/webhookendpoint/{endpoint.pk}"
    administrator.writes("webhook.disabled", f"{path}/disable/")
    for deed in ("disable/", "rotate/", "test/"):
        administrator.is_too_late(f"{path}/{deed}")
    page = text_of(administrator.get(f"{path}/change/"))
    assert receiver.url in page
    assert "Send a test" not in page


# -- what partners have not acknowledged --------------------------------------------------------------------


def test_what_a_partner_has_not_acknowledged_stands_out_beside_it_and_leads_to_the_list(
    administrator: Desk, partner: Partner
) -> None:
    other = make_partner("Other")
    assert 'class="standing-out"' not in administrator.get("users/partner/").content.decode()
    tell(EventType.ENGAGEMENT_ENDING, {partner.pk: {}}, at=datetime(2026, 5, 3, 12, tzinfo=UTC))
    told(partner, 2)
    PartnerEvent.objects.filter(position=2).update(acknowledged_at=now())
    pages = [administrator.get("users/partner/"), administrator.get(f"users/partner/{partner.pk}/change/")]
    for page in pages:
        assert "2, the oldest since 3 May 2026" in text_of(page)
    assert "the oldest since" not in text_of(administrator.get(f"users/partner/{other.pk}/change/"))
    link = re.search(r'<a class="standing-out" href="([^"]*)">', pages[1].content.decode())
    assert link
    listed = administrator.browser.get(link[1].replace("&amp;", "&")).context["cl"].result_list
    assert sorted(event.position for event in listed) == [1, 3]


def test_the_patient_kinds_are_those_that_wait_for_other_peoples_servers() -> None:
    assert patient_kinds() == {delivery.EVENT, delivery.TEST, STEP}
