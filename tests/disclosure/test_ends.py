"""The end of an engagement: what it takes with it, by date too, what goes on, and what is demanded (USE-a)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone
from oauth2_provider.models import AccessToken
from pytest_django import Settings

from disclosure.gate import Ground
from disclosure.models import CertificateDemand, DisclosureRequest, Engagement, Release, Status
from disclosure.services import certificates, demands
from disclosure.services.engagements import EndsInThePast, change, end, end_by_date, end_next_due
from disclosure.services.errors import AlreadyEnded
from disclosure.tasks import enter_ends, enter_overdue_certificates
from disclosure.withheld import WITH_THE_LAST, WITH_THE_LAST_CERTIFICATE, withheld_scopes
from privacy_app.ledger.actors import SYSTEM, Actor
from privacy_app.ledger.models import Entry
from privacy_app.outbox.delivery import deliver_next
from privacy_app.outbox.models import Message
from tests.api.callers import ADA, World, ask_for_token, codes, is_problem, query
from tests.disclosure.ended import DAY, certified, engaged, kinds_about, over
from tests.receiver import Receiver
from users.models import EventType, PartnerEvent
from users.models.partners import Scope
from users.services.events import tell
from users.services.partners import issue_client
from users.services.positions import give_positions
from users.services.webhooks import add_endpoint
from users.webhooks.delivery import EVENT

pytestmark = [pytest.mark.django_db, pytest.mark.clause("USE-a")]

STAFF = Actor("staff", "somebody")


@pytest.fixture
def world() -> World:
    return World()


def _handle(world: World, **more: Any) -> str:
    made = world.northwind.post("disclosures", query(**more), key=world.new_key()).json()
    assert made["status"] == "released"
    id_: str = made["id"]
    return id_


def _read(world: World, handle: str) -> Any:
    return world.northwind.get(f"disclosures/{handle}/data")


def _last_ended(world: World) -> Engagement:
    """Northwind's only engagement, over."""
    return over(world.engagement)


def _scopes_it_may_have(world: World) -> set[str]:
    answer = ask_for_token(world.northwind.credentials)
    return set(answer.json().get("scope", "").split())


# -- what ends ------------------------------------------------------------------------------------


def test_what_was_accessible_is_refused_with_the_reason_and_by_a_fresh_token_too(world: World) -> None:
    world.person_consenting()
    handle = _handle(world)
    assert _read(world, handle).status_code == 200
    _last_ended(world)
    assert _read(world, handle).status_code == 401
    world.northwind.log_in_again()
    answer = _read(world, handle)
    assert is_problem(answer, 403)
    assert answer.json()["type"].endswith(":engagement-ended")
    assert answer.json()["reasons"] == [
        {"code": "engagement_ended", "clause": "USE-a", "message": "The engagement has ended.", "fields": []}
    ]
    for call in (
        world.northwind.post("decisions", {"queries": [query()]}),
        world.northwind.post("disclosures", query(), key=world.new_key()),
        world.northwind.post("disclosures/read", {"ids": [handle]}),
        world.northwind.get("disclosures"),
        world.northwind.post("contributions", {}, key=world.new_key()),
    ):
        assert codes(call) == ["engagement_ended"]
    assert Release.objects.count() == 1


def test_while_another_engagement_goes_on_the_handles_of_the_one_that_ended_refuse_alone(world: World) -> None:
    world.person_consenting()
    old = _handle(world)
    renewed = world.engage(world.northwind, [world.updates], at=timezone.now())
    young = _handle(world)
    assert DisclosureRequest.objects.get(pk=young).engagement == renewed
    over(world.engagement)
    assert codes(_read(world, old)) == ["engagement_ended"]
    assert _read(world, young).status_code == 200
    assert Entry.objects.get(kind="engagement.ended").body["withheld_scopes"] == []


@pytest.mark.parametrize("ground", [Ground.CONSENT, Ground.SERVICE_REQUEST])
def test_a_renewed_engagement_does_not_revive_old_handles_on_either_ground(world: World, ground: Ground) -> None:
    subject = world.person_consenting()
    on_service = {"purpose": "parcel", "fields": ["contact.phone"], "ground": "service_request"}
    if ground is Ground.SERVICE_REQUEST:
        world.service_for(subject)
    handle = _handle(world, **(on_service if ground is Ground.SERVICE_REQUEST else {}))
    _last_ended(world)
    world.engage(world.northwind, [world.updates, world.parcel], at=timezone.now())
    world.northwind.log_in_again()
    assert codes(_read(world, handle)) == ["engagement_ended"]
    assert _read(world, _handle(world, **(on_service if ground is Ground.SERVICE_REQUEST else {}))).status_code == 200


@pytest.mark.clause("DIS-b")
def test_a_service_that_is_requested_anew_does_not_revive_the_handles_of_one_that_is_closed(world: World) -> None:
    subject = world.person_consenting()
    service = world.service_for(subject)
    handle = _handle(world, purpose="parcel", fields=["contact.phone"], ground="service_request")
    world.website.patch(f"service-requests/{service}", {"status": "closed"})
    assert codes(_read(world, handle)) == ["service_ended"]
    world.service_for(subject)
    assert codes(_read(world, handle)) == ["service_ended"]


@pytest.mark.clause("DIS-b")
def test_requests_that_wait_on_a_service_are_refused_when_it_is_closed(world: World) -> None:
    service = world.service_for(world.person_consenting())
    on_service = {"purpose": "parcel", "fields": ["contact.phone"], "ground": "service_request"}
    waiting, released = _handle(world, **on_service), _handle(world, **on_service)
    DisclosureRequest.objects.filter(pk=waiting).update(status=Status.IN_REVIEW)
    world.website.patch(f"service-requests/{service}", {"status": "closed"})
    assert DisclosureRequest.objects.get(pk=waiting).status == Status.REFUSED
    assert DisclosureRequest.objects.get(pk=released).status == Status.RELEASED


def test_requests_that_wait_for_somebodys_decision_are_refused_with_the_end(world: World) -> None:
    world.person_consenting()
    waiting, released = _handle(world), _handle(world)
    DisclosureRequest.objects.filter(pk=waiting).update(status=Status.IN_REVIEW)
    _last_ended(world)
    assert DisclosureRequest.objects.get(pk=waiting).status == Status.REFUSED
    assert DisclosureRequest.objects.get(pk=released).status == Status.RELEASED
    assert Entry.objects.get(kind="engagement.ended").body["closed_requests"] == 1


def test_an_end_is_on_the_ledger_with_who_and_when_and_without_the_words_of_the_reason(world: World) -> None:
    now = timezone.now()
    end(world.engagement, reason="Wang Fang said so.", by=STAFF, at=now)
    entry = Entry.objects.get(kind="engagement.ended")
    assert (entry.actor, entry.at) == ("staff:somebody", now)
    assert "Wang" not in str(entry.body)
    assert entry.body["by_date"] is False
    assert entry.body["withheld_scopes"] == sorted(WITH_THE_LAST)
    assert kinds_about(world.engagement) == ["engagement.begun", "engagement.ended", "certificate.demanded"]


# -- scopes and tokens --------------------------------------------------------------------------------


def test_with_the_last_engagement_all_tokens_go_and_only_hearing_of_events_stays(world: World) -> None:
    other, _ = issue_client(world.northwind.partner, scopes=Scope.values, name="other", by=SYSTEM, at=timezone.now())
    assert AccessToken.objects.filter(application__partner=world.northwind.partner).exists()
    _last_ended(world)
    assert not AccessToken.objects.filter(application__partner=world.northwind.partner).exists()
    assert AccessToken.objects.filter(application__partner=world.harbour.partner).exists()
    assert _scopes_it_may_have(world) == {"events"}
    asked = ask_for_token({**world.northwind.credentials, "scope": "disclosures"})
    assert (asked.status_code, asked.json()["error"]) == (400, "invalid_scope")
    world.northwind.log_in_again()
    assert world.northwind.get("engagements").status_code == 200
    assert other.scopes == sorted(Scope.values)


def test_an_engagement_to_come_keeps_tokens_and_scopes(world: World) -> None:
    now = timezone.now()
    engaged(world, world.northwind, begins=now + DAY, until=None)
    _last_ended(world)
    assert AccessToken.objects.filter(application=world.northwind.client).exists()
    assert _scopes_it_may_have(world) == set(world.northwind.client.scopes)


def test_a_new_engagement_gives_the_scopes_back_and_no_old_token(world: World) -> None:
    old = world.northwind.token
    _last_ended(world)
    world.engage(world.northwind, [world.updates], at=timezone.now())
    assert _scopes_it_may_have(world) == set(world.northwind.client.scopes)
    assert world.northwind.send("GET", "disclosures", authorization=f"Bearer {old}").status_code == 401


def test_a_partner_that_never_was_engaged_keeps_what_it_was_granted(world: World) -> None:
    assert withheld_scopes(world.website.partner.pk, timezone.now()) == frozenset()
    assert world.website.post("people", {"email": ADA}, key="one").status_code == 201


def test_a_scope_that_a_client_never_had_is_told_as_that_and_not_as_an_end(world: World) -> None:
    _last_ended(world)
    world.northwind.log_in_again()
    assert codes(world.northwind.post("people", {"email": ADA}, key="one")) == ["insufficient_scope"]


def test_with_the_last_accepted_certificate_the_client_may_do_nothing_more(world: World) -> None:
    first = _last_ended(world)
    second = over(world.engage(world.northwind, [world.updates], at=timezone.now()))
    for engagement in (first, second):
        assert _scopes_it_may_have(world) == {"events"}
        certified(world.northwind.client, engagement)
        certificates.accept(engagement, by=STAFF, at=timezone.now())
    entries = Entry.objects.filter(kind="certificate.accepted").order_by("seq")
    assert [entry.body["withheld_scopes"] for entry in entries] == [
        sorted(WITH_THE_LAST),
        sorted(WITH_THE_LAST_CERTIFICATE),
    ]
    assert not AccessToken.objects.filter(application=world.northwind.client).exists()
    answer = ask_for_token(world.northwind.credentials)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")
    world.engage(world.northwind, [world.updates], at=timezone.now())
    assert _scopes_it_may_have(world) == set(world.northwind.client.scopes)


def test_what_still_waits_for_a_partner_is_not_delivered_once_its_last_certificate_is_accepted(world: World) -> None:
    receiver = Receiver()
    try:
        add_endpoint(world.northwind.partner, url=receiver.url, by=SYSTEM, at=timezone.now())
        engagement = _last_ended(world)
        give_positions(at=timezone.now())
        assert Message.objects.filter(kind=EVENT).exists()
        certified(world.northwind.client, engagement)
        certificates.accept(engagement, by=STAFF, at=timezone.now())
        while deliver_next(now=timezone.now() + timedelta(seconds=1)):
            pass
        assert receiver.calls == []
    finally:
        receiver.close()


def test_a_partner_is_called_with_events_until_its_last_certificate_is_accepted(world: World) -> None:
    partner = world.northwind.partner
    add_endpoint(partner, url="https://hooks.northwind.example/events", by=SYSTEM, at=timezone.now())

    def calls() -> int:
        tell(EventType.ENGAGEMENT_ENDED, {partner.pk: {}}, at=timezone.now())
        give_positions(at=timezone.now())
        return Message.objects.filter(kind=EVENT).count()

    over(world.engagement)
    before = calls()
    assert before
    certified(world.northwind.client, world.engagement)
    certificates.accept(world.engagement, by=STAFF, at=timezone.now())
    assert calls() == before


def test_a_token_for_events_alone_outlives_an_end_that_is_not_the_last_certificate(world: World) -> None:
    first = _last_ended(world)
    over(world.engage(world.northwind, [world.updates], at=timezone.now()))
    world.northwind.log_in_again()
    certified(world.northwind.client, first)
    certificates.accept(first, by=STAFF, at=timezone.now())
    assert world.northwind.get("engagements").status_code == 200


def test_whether_a_scope_is_withheld_costs_one_query_more(world: World, django_assert_num_queries: Any) -> None:
    _last_ended(world)
    world.northwind.log_in_again()
    with django_assert_num_queries(2):
        assert codes(world.northwind.get("disclosures")) == ["engagement_ended"]


# -- by date, without any job -----------------------------------------------------------------------


def _until_soon(world: World) -> Engagement:
    """Northwind's only engagement, changed to run out in half an hour: its tokens live longer."""
    soon = timezone.now() + timedelta(minutes=30)
    engagement = world.engagement
    change(
        engagement,
        role=engagement.role,
        valid_from=engagement.valid_from,
        valid_until=soon,
        purposes=engagement.purposes.all(),
        fields=engagement.fields,
        actions=engagement.actions,
        countries={"CN": ("", "")},
        by=SYSTEM,
        at=timezone.now(),
    )
    return engagement


def test_by_its_date_everything_is_denied_though_no_job_has_run(world: World) -> None:
    world.person_consenting()
    handle = _handle(world)
    engagement = _until_soon(world)
    assert engagement.valid_until
    with time_machine.travel(engagement.valid_until - timedelta(seconds=1), tick=False):
        assert _read(world, handle).status_code == 200
    with time_machine.travel(engagement.valid_until, tick=False):
        answer = _read(world, handle)
        assert is_problem(answer, 403)
        assert codes(answer) == ["engagement_ended"]
        assert codes(world.northwind.post("decisions", {"queries": [query()]})) == ["engagement_ended"]
        assert _scopes_it_may_have(world) == {"events"}
        (shown,) = world.northwind.get("engagements").json()["engagements"]
        assert (shown["ended_at"], shown["certificate"]) == (shown["valid_until"], None)
    engagement.refresh_from_db()
    assert engagement.ended_at is None


def test_by_its_date_a_handle_is_refused_where_another_engagement_goes_on(world: World) -> None:
    world.person_consenting()
    handle = _handle(world)
    engagement = _until_soon(world)
    world.engage(world.northwind, [world.updates], at=timezone.now())
    assert engagement.valid_until
    with time_machine.travel(engagement.valid_until, tick=False):
        assert codes(_read(world, handle)) == ["engagement_ended"]
        assert _scopes_it_may_have(world) == set(world.northwind.client.scopes)


def test_what_is_over_by_its_date_is_neither_changed_nor_ended_any_more(world: World) -> None:
    engagement = _until_soon(world)
    assert engagement.valid_until
    before = Entry.objects.count()
    same: dict[str, Any] = {
        "role": engagement.role,
        "valid_from": engagement.valid_from,
        "purposes": engagement.purposes.all(),
        "fields": engagement.fields,
        "actions": engagement.actions,
        "countries": {"CN": ("", "")},
        "by": SYSTEM,
        "at": engagement.valid_until,
    }
    with pytest.raises(AlreadyEnded):
        change(engagement, valid_until=engagement.valid_until + DAY, **same)
    with pytest.raises(AlreadyEnded):
        end(engagement, reason="over", by=SYSTEM, at=engagement.valid_until)
    assert Entry.objects.count() == before


def test_nobody_is_engaged_or_an_engagement_changed_to_a_date_that_has_passed(world: World) -> None:
    now = timezone.now()
    with pytest.raises(EndsInThePast):
        engaged(world, world.northwind, begins=now, until=now)
    engagement = world.engagement
    with pytest.raises(EndsInThePast):
        change(
            engagement,
            role=engagement.role,
            valid_from=now - 2 * DAY,
            valid_until=now - DAY,
            purposes=engagement.purposes.all(),
            fields=engagement.fields,
            actions=engagement.actions,
            countries={"CN": ("", "")},
            by=SYSTEM,
            at=now,
        )


# -- entering ends by date ------------------------------------------------------------------------------


def test_ends_by_date_are_entered_once_as_of_their_dates_and_all_that_were_missed(world: World) -> None:
    now = timezone.now()
    begins = now - 40 * DAY
    old = [engaged(world, world.northwind, begins=begins, until=now - days * DAY) for days in (3, 20)]
    live = engaged(world, world.northwind, begins=begins, until=now + DAY)
    enter_ends()
    enter_ends()
    for engagement in old:
        engagement.refresh_from_db()
        assert (engagement.ended_at, engagement.end_reason) == (engagement.valid_until, "by its date")
        assert kinds_about(engagement) == ["engagement.begun", "engagement.ended", "certificate.demanded"]
        entry = Entry.objects.get(kind="engagement.ended", body__engagement=str(engagement.pk))
        assert entry.actor == "system"
        assert entry.body["by_date"] is True
    told = PartnerEvent.objects.filter(partner=world.northwind.partner, type="engagement.ended")
    assert {event.data["engagement"] for event in told} == {str(engagement.pk) for engagement in old}
    assert told.count() == 2
    live.refresh_from_db()
    assert live.ended_at is None
    assert not end_next_due(at=now)


def test_entering_an_end_that_was_entered_meanwhile_does_nothing(world: World) -> None:
    now = timezone.now()
    engagement = engaged(world, world.northwind, begins=now - 2 * DAY, until=now - DAY)
    stale = Engagement.objects.get(pk=engagement.pk)
    end_by_date(engagement, at=now)
    end_by_date(stale, at=now)
    assert kinds_about(engagement).count("engagement.ended") == 1


def test_the_last_end_by_date_takes_the_tokens_once_it_is_entered(world: World) -> None:
    engagement = _until_soon(world)
    assert engagement.valid_until
    with time_machine.travel(engagement.valid_until, tick=False):
        enter_ends()
    assert not AccessToken.objects.filter(application=world.northwind.client).exists()
    assert Entry.objects.get(kind="engagement.ended").body["withheld_scopes"] == sorted(WITH_THE_LAST)


# -- the demand -----------------------------------------------------------------------------------------


def test_an_end_demands_a_certificate_by_a_date_and_says_so_by_mail_in_both_languages(
    world: World, settings: Settings
) -> None:
    settings.CERTIFICATE_DAYS = 10
    now = timezone.now()
    over(world.engagement, at=now)
    demand = CertificateDemand.objects.get(engagement=world.engagement)
    assert (demand.demanded_at, demand.due_at, demand.state) == (now, now + 10 * DAY, "demanded")
    message = Message.objects.get(kind="partner.mail")
    assert message.payload == {"template": "certificate_demanded", "demand": str(demand.pk)}
    while deliver_next(now=timezone.now()):
        pass
    (sent,) = mail.outbox
    assert sent.to == [world.northwind.partner.contact_email]
    assert str(message.pk) in sent.extra_headers["Message-ID"]
    english, chinese = sent.body.split("\n\n\n")
    assert "Northwind Delivery" in english
    for part in (english, chinese):
        assert f"/api/v1/engagements/{world.engagement.pk}/deletion-certificate" in part
        assert str(world.engagement.pk) in part
    assert "E-mail address" in english
    assert "certify the deletion / " in sent.subject
    assert len([letter for letter in chinese if "\u4e00" <= letter <= "\u9fff"]) > 60


def test_a_certificate_that_does_not_come_is_entered_as_overdue_once(world: World) -> None:
    now = timezone.now()
    over(world.engagement, at=now)
    demand = CertificateDemand.objects.get()
    assert demands.enter_overdue(at=demand.due_at - timedelta(seconds=1)) == 0
    with time_machine.travel(demand.due_at, tick=False):
        enter_overdue_certificates()
        enter_overdue_certificates()
    entry = Entry.objects.get(kind="certificate.overdue")
    assert (entry.actor, entry.at) == ("system", demand.due_at)
    assert entry.body["engagement"] == str(world.engagement.pk)
    demand.refresh_from_db()
    assert demand.overdue_at == demand.due_at


def test_only_what_the_partner_still_has_to_do_is_overdue(world: World) -> None:
    now = timezone.now()
    submitted, returned, accepted = (
        over(world.engage(world.northwind, [world.updates], at=now), at=now) for _ in range(3)
    )
    for engagement in (submitted, returned, accepted):
        certified(world.northwind.client, engagement)
    certificates.give_back(returned, reason="Which backups?", by=STAFF, at=timezone.now())
    certificates.accept(accepted, by=STAFF, at=timezone.now())
    assert demands.enter_overdue(at=now + 100 * DAY) == 1
    assert Entry.objects.get(kind="certificate.overdue").body["engagement"] == str(returned.pk)
    late = certified(world.northwind.client, returned, at=now + 101 * DAY)
    assert demands.enter_overdue(at=now + 200 * DAY) == 0
    assert not late.demand.is_overdue(now + 200 * DAY)


# -- the certificate --------------------------------------------------------------------------------------


def test_a_certificate_for_an_end_by_date_is_taken_though_no_job_has_entered_that(world: World) -> None:
    now = timezone.now()
    engagement = engaged(world, world.northwind, begins=now - 2 * DAY, until=now - DAY)
    certified(world.northwind.client, engagement, deleted_at=now - DAY)
    assert kinds_about(engagement) == [
        "engagement.begun",
        "engagement.ended",
        "certificate.demanded",
        "certificate.submitted",
    ]


def test_the_ledger_keeps_a_certificate_without_who_certifies_but_so_that_no_word_changes_unnoticed(
    world: World,
) -> None:
    _last_ended(world)
    certificate = certified(world.northwind.client, world.engagement)
    entry = Entry.objects.get(kind="certificate.submitted")
    assert entry.actor == f"client:{world.northwind.client.client_id}"
    assert "Wang" not in str(entry.body)
    assert entry.body["sha256"] == certificates.digest_of(certificate)
    certificate.certifier_name = "Li Na"
    assert entry.body["sha256"] != certificates.digest_of(certificate)


def test_a_returned_certificate_is_followed_by_another_and_each_step_is_on_the_ledger(world: World) -> None:
    engagement = _last_ended(world)
    certified(world.northwind.client, engagement)
    certificates.give_back(engagement, reason="Which backups?", by=STAFF, at=timezone.now())
    second = certified(world.northwind.client, engagement)
    certificates.accept(engagement, by=STAFF, at=timezone.now())
    first, kept = engagement.demand.certificates.order_by("submitted_at")
    assert (first.return_reason, first.accepted_at) == ("Which backups?", None)
    assert kept == second
    assert kept.accepted_at
    assert kinds_about(engagement) == [
        "engagement.begun",
        "engagement.ended",
        "certificate.demanded",
        "certificate.submitted",
        "certificate.returned",
        "certificate.submitted",
        "certificate.accepted",
    ]
    actors = Entry.objects.filter(kind__in=["certificate.returned", "certificate.accepted"])
    assert set(actors.values_list("actor", flat=True)) == {"staff:somebody"}


def test_a_return_tells_the_partner_why_by_mail(world: World) -> None:
    engagement = _last_ended(world)
    certified(world.northwind.client, engagement)
    certificates.give_back(engagement, reason="Which backups?", by=STAFF, at=timezone.now())
    # Late: the demand has been met meanwhile, and only the return is news.
    while deliver_next(now=timezone.now()):
        pass
    (sent,) = mail.outbox
    assert sent.body.count("Which backups?") == 2


def test_without_a_certificate_that_waits_nothing_is_accepted_or_returned(world: World) -> None:
    live = world.engagement
    with pytest.raises(certificates.NoCertificate):
        certificates.accept(live, by=STAFF, at=timezone.now())
    engagement = _last_ended(world)
    with pytest.raises(certificates.NoCertificate):
        certificates.accept(engagement, by=STAFF, at=timezone.now())
    with pytest.raises(certificates.NoCertificate):
        certificates.give_back(engagement, reason="Why?", by=STAFF, at=timezone.now())


def test_the_database_keeps_one_certificate_that_counts_and_no_return_without_a_reason(world: World) -> None:
    engagement = _last_ended(world)
    certificate = certified(world.northwind.client, engagement)
    certificate.pk = UUID(int=1)
    with pytest.raises(IntegrityError, match="certificate_one_that_counts"), transaction.atomic():
        certificate.save(force_insert=True)
    rows = engagement.demand.certificates.all()
    with pytest.raises(IntegrityError, match="certificate_return_has_reason"), transaction.atomic():
        rows.update(returned_at=timezone.now())
    with pytest.raises(IntegrityError, match="certificate_one_decision"), transaction.atomic():
        rows.update(accepted_at=timezone.now(), returned_at=timezone.now(), return_reason="Why?")
