"""The OpenAPI document: valid, complete, with examples that are true, and kept by what the API really answers."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from disclosure.services.engagements import end
from privacy_app.api.shapes import Shape
from privacy_app.api_urls import urlpatterns
from privacy_app.ledger.actors import SYSTEM
from privacy_app.wsgi import application
from tests.api.callers import ADA, BEN, FIELDS, JSON, PROBLEM, PROOF, Caller, World, query
from users.models.partners import Scope

pytestmark = pytest.mark.clause("PRE-1")
METHODS = ("get", "post", "put", "patch")


@pytest.fixture
def document(db: None) -> dict[str, Any]:
    """The document as it is served."""
    answer = Client(SERVER_NAME="localhost").get("/api/v1/schema", headers={"accept": JSON})
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies
    content: dict[str, Any] = answer.json()
    return content


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def test_it_is_openapi_3_1_and_nothing_of_it_had_to_be_guessed(document: dict[str, Any], tmp_path: Path) -> None:
    assert document["openapi"] == "3.1.0"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yaml"))


@pytest.mark.django_db
def test_it_is_served_as_yaml_to_those_who_do_not_ask_for_json() -> None:
    answer = Client(SERVER_NAME="localhost").get("/api/v1/schema")
    assert answer.content.startswith(b"openapi: 3.1.0")


def test_it_names_every_call_that_there_is_and_no_other(document: dict[str, Any]) -> None:
    served = set()
    for pattern in urlpatterns:
        view = getattr(pattern.callback, "cls", None)
        if view is not None and str(pattern.pattern).startswith("api/v1/") and pattern.name != "schema":
            path = "/" + re.sub(r"<(?:uuid|int):(\w+)>", r"{\1}", str(pattern.pattern))
            served |= {(path, method) for method in METHODS if hasattr(view, method)}
    assert served == {(path, method) for path, method, _ in operations(document)}
    assert len(served) > 12


def test_every_call_has_an_id_of_its_own_a_scope_and_says_what_it_does(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(set(ids)) == len(ids)
    public = {path for path, _, operation in operations(document) if "security" not in operation}
    assert public == {f"/api/v1/policies{rest}" for rest in ("", "/{version}", "/{before}...{after}")}
    for path, method, operation in operations(document):
        assert operation["summary"], (path, method)
        if path in public:
            assert operation["description"] == "Public: no token is needed."
            continue
        ((scope,),) = [requirement["oauth2"] for requirement in operation["security"]]
        assert scope in Scope.values, (path, method)
        assert operation["description"] == f"The token needs the scope `{scope}`.", (path, method)
    flow = document["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"]
    assert flow["tokenUrl"] == "/oauth/token"
    assert set(flow["scopes"]) == set(Scope.values)


def test_every_call_that_creates_says_that_it_needs_an_idempotency_key(document: dict[str, Any]) -> None:
    needing = {
        path
        for path, method, operation in operations(document)
        if any(parameter["name"] == "Idempotency-Key" for parameter in operation.get("parameters", []))
    }
    assert needing == {
        f"/api/v1/{name}"
        for name in (
            "people",
            "consents",
            "service-requests",
            "transactions",
            "complaints",
            "disclosures",
            "disclosures/batch",
            "contributions",
            "engagements/{id}/deletion-certificate",
        )
    }


def test_every_body_and_every_answer_has_an_example_and_each_is_true_to_its_shape(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        answers = operation["responses"]
        contents = [(status, answer["content"]) for status, answer in answers.items()]
        if method in ("post", "put", "patch"):
            contents.append(("body", operation["requestBody"]["content"]))
        needed = {"400", "401", "403", "406"} if "security" in operation else {"400", "406"}
        assert needed < set(answers), (path, method)
        for where, content in contents:
            ((media_type, described),) = content.items()
            assert media_type == (JSON if where == "body" or where.startswith("2") else PROBLEM), (path, where)
            assert described["examples"], (path, method, where)
            validator = Draft202012Validator({**described["schema"], "components": document["components"]})
            for example in described["examples"].values():
                assert not list(validator.iter_errors(example["value"])), (path, method, where)


def test_every_shape_refuses_unknown_members_in_the_document_as_in_the_code(document: dict[str, Any]) -> None:
    shapes = document["components"]["schemas"]
    assert all(shape["additionalProperties"] is False for shape in shapes.values())
    assert all(shape["description"] for shape in shapes.values())
    assert {cls.__name__ for cls in Shape.__subclasses__()} <= set(shapes)


# -- what the API really answers -------------------------------------------------------------------

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]


class Known:
    """What there is in the world, by the member of a body or path that names it."""

    def __init__(self, world: World) -> None:
        subject = world.person_consenting()
        # One client for everything, of one partner: so that one token fits all calls.
        self.caller = Caller(world.northwind.partner, Scope.values)
        own = world.name_of(self.caller)
        handle = self.caller.post("disclosures", query(), key="known").json()["id"]
        service = world.service_for(subject)
        ended = world.engage(world.northwind, [world.updates], at=timezone.now())
        end(ended, reason="over", by=SYSTEM, at=timezone.now())
        other = world.bring_in(BEN)
        self.paths = {
            "disclosures": handle,
            "people": own,
            "service-requests": service,
            "engagements": str(ended.pk),
            "transactions": world.transaction_of(subject, other),
            "complaints": world.complaint_of(subject, other),
        }
        self.members: dict[str, list[Any]] = {
            "subject": [{"email": ADA}, {"id": own}],
            "counterparty": [{"email": BEN}],
            "complainant": [{"email": ADA}],
            "respondent": [{"email": BEN}],
            "proof": [{"content_type": "application/pdf", "content": PROOF}],
            "purpose": ["updates", "parcel"],
            "fields": [FIELDS, ["contact.email", "contact.address"]],
            "ids": [[handle, handle]],
            "recipient": [str(world.northwind.partner.pk), None],
            "partner": [str(world.northwind.partner.pk)],
            "kind": ["parcel-delivery"],
            "field": ["identity.name", "contact.phone"],
            "service_request": [service],
            "email": [ADA, "new@lantern.example"],
            "text_version": [1],
            "at": ["2024-01-01T00:00:00Z"],
            "deleted_at": ["2024-01-01T00:00:00Z", timezone.now().isoformat()],
            "obtained_at": ["2024-01-01T00:00:00Z"],
            "channel": [{"name": "Parcel label", "basis": "contract", "evidence": "Contract 7"}],
        }

    def put_into(self, value: Any, draw: st.DataObject) -> Any:
        """The body with some of its members made to name what there is, so that calls come past the look-ups."""
        if isinstance(value, list):
            return [self.put_into(member, draw) for member in value]
        if not isinstance(value, dict):
            return value
        return {
            name: draw.draw(st.sampled_from(self.members[name]))
            if name in self.members and draw.draw(st.integers(0, 4))
            else self.put_into(member, draw)
            for name, member in value.items()
        }


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
def test_whatever_is_sent_the_answer_is_one_that_the_document_names(world: World, mode: GenerationMode) -> None:
    known = Known(world)
    schema: Any = schemathesis.openapi.from_wsgi("/api/v1/schema", application)
    seen: dict[int, int] = {}

    def try_out(operation: Any) -> None:
        @given(case=operation.as_strategy(generation_mode=mode), draw=st.data())
        @settings(
            max_examples=12,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def try_one(case: Any, draw: st.DataObject) -> None:
            if mode is GenerationMode.POSITIVE:
                case.body = known.put_into(case.body, draw)
                if "version" in case.path_parameters and draw.draw(st.integers(0, 3)):
                    case.path_parameters["version"] = 1
                if "before" in case.path_parameters and draw.draw(st.integers(0, 3)):
                    case.path_parameters.update({"before": 1, "after": 1})
                if "id" in case.path_parameters and draw.draw(st.integers(0, 3)):
                    case.path_parameters["id"] = known.paths[case.path.split("/")[3]]
            answer = case.call_and_validate(
                headers={"Authorization": f"Bearer {known.caller.token}"}, checks=CHECKS, base_url="http://localhost"
            )
            seen[answer.status_code] = seen.get(answer.status_code, 0) + 1

        try_one()

    for operation in (result.ok() for result in schema.get_all_operations()):
        if mode is GenerationMode.POSITIVE or operation.body or any(operation.iter_parameters()):
            try_out(operation)
    if mode is GenerationMode.POSITIVE:
        assert {200, 201, 400, 404} <= set(seen), seen
    else:
        assert 400 in seen, seen
        assert 201 not in seen, seen


# -- the page that shows it ------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_docs_page_needs_nothing_from_outside_and_keeps_the_content_security_policy() -> None:
    answer = Client(SERVER_NAME="localhost").get("/api/v1/docs")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert not answer.cookies
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    addresses = re.findall(r'(?:src|href|data-schema)="([^"]*)"', page)
    assert "/api/v1/schema" in addresses
    assert all(address.startswith("/") and not address.startswith("//") for address in addresses)
    for address in addresses:
        if address.startswith("/static/"):
            assert finders.find(address.removeprefix("/static/")), address
    assert "<style" not in page
    assert " style=" not in page
    assert not re.search(r"<script(?![^>]* src=)", page)
    assert not re.search(r"\son\w+=", page)


def test_the_docs_page_asks_no_outside_validator() -> None:
    script = finders.find("api-docs.js")
    assert isinstance(script, str)
    with open(script) as file:
        assert "validatorUrl: null" in file.read()
