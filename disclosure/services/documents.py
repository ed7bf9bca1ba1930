"""Documents that prove something: taken in after a look at what they are, sealed, opened on record (DIS-c, DIS-e)."""

import hashlib
import uuid
from datetime import datetime

from disclosure.models.documents import Document
from privacy_app import locks
from privacy_app.crypto import (
    Unreadable,
    associated_data,
    new_data_key,
    seal,
    seal_rare_secret,
    unseal,
    unseal_rare_secret,
)
from privacy_app.keyrings import data_keys
from privacy_app.ledger.actors import Actor
from privacy_app.ledger.services import append
from users.models import User
from users.services.actors import as_staff
from users.services.errors import Refused

MAX_BYTES = 10 * 1024 * 1024
_BEGINNINGS = {
    Document.ContentType.PDF: b"%PDF-",
    Document.ContentType.PNG: b"\x89PNG\r\n\x1a\n",
    Document.ContentType.JPEG: b"\xff\xd8\xff",
}
_ENDINGS = {
    Document.ContentType.PDF: (b"%%EOF",),
    Document.ContentType.PNG: (b"IEND\xaeB`\x82",),
    Document.ContentType.JPEG: (b"\xff\xd9",),
}
_TAIL = 1024


class NotADocument(Refused):
    """The file is none of the kinds that are taken, or is not whole."""


class DocumentTooLarge(Refused):
    """The file is empty, or larger than what is taken."""


def kind_of(content: bytes) -> Document.ContentType:
    """What a file is, by its own bytes and never by its name. Raises NotADocument."""
    for kind, beginning in _BEGINNINGS.items():
        if content.startswith(beginning) and any(ending in content[-_TAIL:] for ending in _ENDINGS[kind]):
            return kind
    raise NotADocument


@locks.in_transaction
def add_document(content: bytes, *, by: User | Actor, at: datetime, declared: str | None = None) -> Document:
    """Take in a file, of a member of staff or of the website, and seal it under a key of its own.

    `declared` is what kind of file it is said to be. Raises DocumentTooLarge, and NotADocument also where it is another.
    """
    if not 0 < len(content) <= MAX_BYTES:
        raise DocumentTooLarge
    kind, key, document_id = kind_of(content), new_data_key(), uuid.uuid4()
    if declared not in (None, kind):
        raise NotADocument
    document = Document.objects.create(
        id=document_id,
        content_type=kind,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        key=seal_rare_secret(key, ring=data_keys(), owner=f"document:{document_id}"),
        content=seal(content, key=key, context=_context(document_id)),
        added_by=by if isinstance(by, User) else None,
        added_at=at,
    )
    append(
        kind="document.added",
        pseudonym=None,
        actor=as_staff(by) if isinstance(by, User) else by,
        body={"document": str(document.pk), "sha256": document.sha256, "size": document.size, "type": str(kind)},
        at=at,
    )
    return document


@locks.in_transaction
def open_document(document: Document, *, by: User, at: datetime) -> bytes:
    """The content, for a member of staff; that they opened it is entered first. Raises Unreadable."""
    append(
        kind="document.opened",
        pseudonym=None,
        actor=as_staff(by),
        body={"document": str(document.pk), "sha256": document.sha256},
        at=at,
    )
    key = unseal_rare_secret(document.key, ring=data_keys(), owner=f"document:{document.pk}")
    content = unseal(bytes(document.content), key=key, context=_context(document.pk))
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise Unreadable("not what was added")
    return content


@locks.in_transaction
def destroy_document(document: Document, *, by: Actor, at: datetime) -> None:
    """Destroy the content and its key; that it was there, and its SHA-256, stays. Destroying twice is destroying once."""
    if Document.objects.filter(pk=document.pk).exclude(key="").update(key="", content=b""):
        append(
            kind="document.destroyed",
            pseudonym=None,
            actor=by,
            body={"document": str(document.pk), "sha256": document.sha256},
            at=at,
        )


def _context(document_id: uuid.UUID) -> bytes:
    return associated_data("document", str(document_id))
