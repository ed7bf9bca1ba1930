"""The same work as the product's batches, written plainly: one after the other, through the ORM, in one transaction.

What is the same for all of a batch is read once; nothing is locked, no reason is given, no rule beyond these is asked.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from typing import Any, cast

from django.db import transaction
from django.utils import timezone
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from consent.models import Consent, Policy, Purpose
from disclosure.models import DisclosureRequest, Engagement, Release, Status
from privacy_app.crypto import associated_data, unseal, unwrap
from privacy_app.keyrings import data_keys
from privacy_app.ledger.models import Entry
from users.api.authentication import client_of
from users.models import PairwiseId, PersonalDataItem, User


class _View(APIView):
    scope = "disclosures"
    parser_classes = [JSONParser]
    renderer_classes = [JSONRenderer]


class BatchView(_View):
    """As `POST /disclosures/batch`."""

    @transaction.atomic
    def post(self, request: Request) -> Response:
        client, now, sent = client_of(request), timezone.now(), cast(dict[str, Any], request.data)
        engagement = Engagement.objects.prefetch_related("purposes").get(partner=client.partner)
        purposes = {purpose.key: purpose for purpose in engagement.purposes.all()}
        policy = Policy.objects.filter(published_at__lte=now).latest("version")
        disclosures = []
        for query in sent["requests"]:
            purpose, fields = purposes[query["purpose"]], query["fields"]
            pairwise = PairwiseId.objects.select_related("person").get(
                partner=client.partner, id=query["subject"]["id"]
            )
            is_permitted = _is_permitted(pairwise.person, purpose, engagement, fields)
            decision = {
                "outcome": "permit" if is_permitted else "deny",
                "fields": dict.fromkeys(fields, "permit" if is_permitted else "deny"),
                "policy_version": policy.version,
                "at": now.isoformat(),
            }
            entry = _entry("disclosure.decided", pairwise.person, client.client_id, decision)
            row = DisclosureRequest.objects.create(
                client=client,
                partner=client.partner,
                person=pairwise.person,
                purpose=purpose,
                engagement=engagement,
                ground="consent",
                action="share",
                fields=fields,
                status=Status.RELEASED if is_permitted else Status.REFUSED,
                requested_at=now,
                entry=entry,
            )
            disclosures.append(
                {"id": row.pk, "status": row.status, "subject": {"id": pairwise.pk}, "decision": decision}
            )
        return Response({"disclosures": disclosures})


class ReadView(_View):
    """As `POST /disclosures/read`."""

    @transaction.atomic
    def post(self, request: Request) -> Response:
        client, now, sent = client_of(request), timezone.now(), cast(dict[str, Any], request.data)
        disclosures = []
        for id_ in sent["ids"]:
            row = DisclosureRequest.objects.select_related("person", "purpose", "engagement").get(
                partner=client.partner, pk=id_
            )
            assert row.person and row.engagement
            decision = {"outcome": "permit", "fields": row.fields, "at": now.isoformat()}
            if not _is_permitted(row.person, row.purpose, row.engagement, row.fields):
                disclosures.append({"id": row.pk, "decision": {**decision, "outcome": "deny"}})
                continue
            entry = _entry("disclosure.read", row.person, client.client_id, decision)
            Release.objects.create(
                request=row, person=row.person, partner=client.partner, fields=row.fields, at=now, entry=entry
            )
            name = PairwiseId.objects.get(partner=client.partner, person=row.person)
            disclosures.append(
                {
                    "id": row.pk,
                    "subject": {"id": name.pk},
                    "fields": _values(row.person, row.fields),
                    "decision": decision,
                }
            )
        return Response({"disclosures": disclosures})


def _is_permitted(person: User, purpose: Purpose, engagement: Engagement, fields: list[str]) -> bool:
    if person.freezes.filter(ended_at=None).exists():
        return False
    consent = Consent.objects.select_related("version").get(
        person=person, purpose=purpose, recipient_id=engagement.partner_id, aspect="base"
    )
    return consent.state == "ConsentGiven" and set(fields) <= {*engagement.fields} & {*consent.version.fields}


def _entry(kind: str, person: User, client_id: str, body: Mapping[str, Any]) -> Entry:
    salt = os.urandom(16)
    return Entry.objects.create(
        kind=kind,
        pseudonym=person.ledger_pseudonyms.latest("created_at").pseudonym,
        actor=f"client:{client_id}",
        body=body,
        at=timezone.now(),
        salt=salt,
        leaf=hashlib.sha256(salt + json.dumps(body).encode()).digest(),
    )


def _values(person: User, fields: list[str]) -> dict[str, Any]:
    key = person.data_key
    opened = unwrap(bytes(key.wrapped), ring=data_keys(), key_id=key.key_id, owner=str(person.pk))
    values = {}
    for item in PersonalDataItem.objects.filter(person=person, element__in=fields, is_chosen=True):
        context = associated_data("personal-data-item", str(item.pk), str(person.pk), item.element_id)
        value = unseal(bytes(item.ciphertext), key=opened, context=context).decode()
        values[item.element_id] = {"value": value, "source": item.source, "obtained_at": item.obtained_at}
    return values
