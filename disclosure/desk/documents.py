"""Opening a document that proves something: a press, on record; the file is handed on and never shown in the page."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from disclosure.models import Document
from disclosure.services.documents import open_document
from privacy_app.crypto import Unreadable
from users.desk import desk
from users.personal import PersonRequest

_ENDINGS = {
    Document.ContentType.PDF.value: "pdf",
    Document.ContentType.PNG.value: "png",
    Document.ContentType.JPEG.value: "jpg",
}


@require_POST
@desk("disclosure.view_document")
def open_file(request: PersonRequest, id: UUID) -> HttpResponse:
    """The file itself, under a name that says nothing."""
    document = get_object_or_404(Document, pk=id)
    try:
        content = open_document(document, by=request.user, at=timezone.now())
    except Unreadable:
        words = _("The document does not open, or is not what was added. Tell whoever operates the server.")
        return HttpResponse(words, status=500, content_type="text/plain; charset=utf-8")
    return HttpResponse(
        content,
        content_type=document.content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{document.pk}.{_ENDINGS[document.content_type]}"',
            "X-Content-Type-Options": "nosniff",
        },
    )
