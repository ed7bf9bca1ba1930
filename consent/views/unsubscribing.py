"""The page of the link in a mail with product news: off by one press, also by the press of a mail program (RFC 8058).

Looking at the page switches nothing off: mail scanners follow links. It works without a log-in and says nothing about
whom it concerns.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from consent.models import MailingRecipient
from consent.services.objecting import allow_news_again, object_to_news
from consent.standings import permits_news
from consent.unsubscribing import recipient_of, undo_is_for, undo_token_for
from privacy_app.languages import current


# A mail program sends the press without any page of ours before it. There is nothing to forge: who knows the address
# could press the button as well.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_variables("token")
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    recipient = recipient_of(token)
    answer = _unknown(request) if recipient is None else _answer(request, recipient)
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return answer


def _answer(request: HttpRequest, recipient: MailingRecipient) -> HttpResponse:
    now = timezone.now()
    context: dict[str, object] = {}
    if request.method == "POST":
        if "undo" in request.POST:
            is_undone = undo_is_for(request.POST["undo"], recipient)
            is_undone = is_undone and allow_news_again(recipient.person, language=current(), at=now)
            context["undone" if is_undone else "not_undone"] = True
        else:
            object_to_news(recipient.person, language=current(), at=now)
            context["undo"] = undo_token_for(recipient)
    context["gets_news"] = permits_news(recipient.person, at=now)
    return render(request, "consent/unsubscribe.html", context)


def _unknown(request: HttpRequest) -> HttpResponse:
    """Forged, damaged, or of somebody who has been erased: the same answer, and nothing changed."""
    return render(request, "consent/unsubscribe_unknown.html", status=404)
