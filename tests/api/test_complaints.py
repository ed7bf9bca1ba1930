"""What the website reports of complaints about intellectual property: both sides, the right, and a proof that is one."""

import base64
import json
from typing import Any

import pytest
from django.utils import timezone

from disclosure.models import Complaint, Document
from disclosure.services.complaints import qualify
from disclosure.services.documents import MAX_BYTES, open_document
from privacy_app.crypto import Unreadable
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from tests.api.callers import ADA, BEN, NOBODY, PROOF, World, codes, everything, is_problem
from tests.users.makers import someone
from users.models import User
from users.services.erasure import erase

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20 + b"IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff" + b"\x00" * 20 + b"\xff\xd9"


@pytest.fixture
def ada(world: World) -> str:
    return world.bring_in(ADA)


@pytest.fixture
def ben(world: World) -> str:
    return world.bring_in(BEN)


def _proof(content: bytes, content_type: str = "application/pdf") -> dict[str, str]:
    return {"content_type": content_type, "content": base64.b64encode(content).decode()}


@pytest.mark.clause("DIS-e")
def test_a_complaint_is_reported_with_its_proof_and_closed(world: World, ada: str, ben: str) -> None:
    body = world.complaint(ada, ben)
    answer = world.website.post("complaints", body, key="one")
    assert answer.status_code == 201
    told = answer.json()
    document = Document.objects.get()
    assert told == {
        **body,
        "id": told["id"],
        "proof": {"content_type": "application/pdf", "size": 28, "sha256": document.sha256},
        "status": "open",
        "opened_at": told["opened_at"],
        "qualified_at": None,
        "closed_at": None,
    }
    assert base64.b64decode(PROOF) not in bytes(document.content)
    clerk = someone("clerk@lantern.example")
    assert open_document(document, by=clerk, at=timezone.now()) == base64.b64decode(PROOF)
    assert document.added_by is None
    added = Entry.objects.get(kind="document.added")
    assert (added.actor, added.body["sha256"]) == (f"client:{world.website.client.client_id}", document.sha256)

    qualify(Complaint.objects.get(), how="Saw the register", by=clerk, at=timezone.now())
    closed = world.website.patch(f"complaints/{told['id']}", {"status": "closed"}).json()
    assert (closed["status"], closed["qualified_at"] is not None) == ("closed", True)
    before = everything()
    again = world.website.patch(f"complaints/{told['id']}", {"status": "closed"})
    assert is_problem(again, 409)
    assert again.json()["type"].endswith(":already-ended")
    assert everything() == before


@pytest.mark.clause("DIS-e")
@pytest.mark.parametrize("content_type, content", [("image/png", PNG), ("image/jpeg", JPEG)])
def test_a_picture_is_a_proof_too(world: World, ada: str, ben: str, content_type: str, content: bytes) -> None:
    world.complaint_of(ada, ben, proof=_proof(content, content_type))
    assert Document.objects.get().content_type == content_type


@pytest.mark.clause("DIS-e")
@pytest.mark.parametrize(
    "proof",
    {
        "a PDF that is none": _proof(b"PK\x03\x04 a document of another kind %%EOF"),
        "a PDF by its beginning alone": _proof(b"%PDF-1.4\n" + b"\x00" * 5000),
        "a picture that is said to be a PDF": _proof(PNG),
        "a page of the web": _proof(b"<html><script>alert(1)</script></html>"),
        "a picture cut off": _proof(PNG[:-4], "image/png"),
    }.values(),
)
def test_a_file_that_is_not_what_it_is_said_to_be_is_refused(
    world: World, ada: str, ben: str, proof: dict[str, str]
) -> None:
    before = everything()
    answer = world.website.post("complaints", {**world.complaint(ada, ben), "proof": proof}, key="one")
    assert is_problem(answer, 422)
    assert answer.json()["type"].endswith(":not-a-document")
    assert everything() == before


@pytest.mark.clause("DIS-e")
def test_a_proof_of_ten_megabytes_is_taken_and_a_larger_one_refused(world: World, ada: str, ben: str) -> None:
    beginning, end = b"%PDF-1.4\n", b"%%EOF\n"
    largest = beginning + b"\x00" * (MAX_BYTES - len(beginning + end)) + end
    assert world.complaint_of(ada, ben, proof=_proof(largest))
    before = everything()
    answer = world.website.post(
        "complaints", {**world.complaint(ada, ben), "proof": _proof(beginning + largest)}, key="larger"
    )
    assert is_problem(answer, 422)
    assert answer.json()["type"].endswith(":document-too-large")
    assert everything() == before


@pytest.mark.clause("PRE-1")
def test_a_body_that_is_larger_than_any_proof_is_not_even_read(world: World, ada: str, ben: str) -> None:
    body = {**world.complaint(ada, ben), "proof": _proof(b"\x00" * (MAX_BYTES + 200_000))}
    assert is_problem(world.website.send("POST", "complaints", json.dumps(body), key="huge"), 413)
    # The other calls take what they always took.
    assert is_problem(world.website.send("POST", "people", b" " * 2_700_000, key="other"), 413)
    assert not Complaint.objects.exists()


@pytest.mark.clause("DIS-e")
def test_nobody_complains_of_themselves(world: World, ada: str) -> None:
    before = everything()
    answer = world.website.post("complaints", world.complaint(ada, ada), key="one")
    assert is_problem(answer, 422)
    assert answer.json()["type"].endswith(":same-party")
    assert everything() == before


@pytest.mark.clause("PRE-1")
@pytest.mark.parametrize("side", ["complainant", "respondent"])
def test_unknown_people_are_found_nowhere(world: World, ada: str, ben: str, side: str) -> None:
    before = everything()
    body = {**world.complaint(ada, ben), side: {"id": NOBODY}}
    assert is_problem(world.website.post("complaints", body, key="one"), 404)
    assert everything() == before


@pytest.mark.clause("PRE-1")
@pytest.mark.parametrize(
    ("member", "value", "code"),
    [
        ("fields", ["contact.email", "contact.fax"], "unknown_field"),
        ("fields", [], "wrong_length"),
        ("right", "envy", "not_allowed"),
        ("subject_matter", "", "wrong_length"),
        ("proof", {"content_type": "text/html", "content": PROOF}, "not_allowed"),
        ("proof", {"content_type": "application/pdf", "content": "not base64!"}, "invalid"),
        ("complainant", {"email": "nobody"}, "not_an_address"),
    ],
)
def test_what_is_not_a_complaint_is_refused_and_never_quoted(
    world: World, ada: str, ben: str, member: str, value: Any, code: str
) -> None:
    before = everything()
    answer = world.website.post("complaints", {**world.complaint(ada, ben), member: value}, key="one")
    assert is_problem(answer, 400)
    assert codes(answer) == [code]
    assert "base64!" not in answer.content.decode()
    assert everything() == before


@pytest.mark.clause("PRE-1")
def test_the_same_report_under_the_same_key_is_made_once(world: World, ada: str, ben: str) -> None:
    first = world.website.post("complaints", world.complaint(ada, ben), key="one")
    before = everything()
    assert world.website.post("complaints", world.complaint(ada, ben), key="one").json() == first.json()
    assert everything() == before


@pytest.mark.clause("USE-a")
def test_partners_do_not_report_complaints(world: World, ada: str, ben: str) -> None:
    id_ = world.complaint_of(ada, ben)
    assert is_problem(world.northwind.post("complaints", world.complaint(ada, ben), key="one"), 403)
    assert is_problem(world.northwind.patch(f"complaints/{id_}", {"status": "closed"}), 403)
    assert is_problem(world.website.patch(f"complaints/{NOBODY}", {"status": "closed"}), 404)


@pytest.mark.clause("SEC-a")
def test_with_a_complainant_the_proof_goes_and_the_complaint_is_over(world: World, ada: str, ben: str) -> None:
    world.complaint_of(ada, ben)
    erase(User.objects.get(email=ADA), by=SYSTEM, at=timezone.now())
    document, complaint = Document.objects.get(), Complaint.objects.get()
    assert (bytes(document.content), document.key) == (b"", "")
    with pytest.raises(Unreadable):
        open_document(document, by=someone("clerk@lantern.example"), at=timezone.now())
    assert complaint.closed_at is not None
    answer = world.website.patch(f"complaints/{complaint.pk}", {"status": "closed"})
    assert answer.json()["type"].endswith(":already-ended")
