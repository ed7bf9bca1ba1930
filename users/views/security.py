"""Who is inside the account now, how it is locked, and the language and zone of its pages."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from users.forms import PreferencesForm
from users.personal import PersonRequest, personal
from users.security import security_of
from users.services import sessions
from users.services.actors import as_person
from users.services.preferences import change_preferences


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def security(request: PersonRequest) -> HttpResponse:
    """Log-ins and locks; a POST is the form of language and time zone."""
    now = timezone.now()
    form = PreferencesForm(request.user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        change_preferences(request.user, **form.cleaned_data, by=as_person(request.user), at=now)
        messages.success(request, _("Kept. Times are shown in the zone that you chose."))
        return redirect("users:security")
    found = security_of(request.user, current_key=request.session.session_key, at=now)
    return render(
        request, "users/security.html", {"security": found, "form": form}, status=422 if form.is_bound else 200
    )


# Ending a log-in asks for no password again: it only ever takes access away, and has to be quick in need.
@require_POST
@personal
def end_login(request: PersonRequest, id: UUID) -> HttpResponse:
    ended = sessions.end_login(request.user, id, by=as_person(request.user), at=timezone.now())
    if not request.session.exists(request.session.session_key or ""):
        logout(request)
        return redirect("home")
    messages.success(
        request,
        _("That log-in is ended. Whoever used it has to log in again.")
        if ended
        else _("That log-in had ended already."),
    )
    return redirect("users:security")


@require_POST
@personal
def end_other_logins(request: PersonRequest) -> HttpResponse:
    count = sessions.end_other_logins(
        request.user, current_key=request.session.session_key, by=as_person(request.user), at=timezone.now()
    )
    messages.success(
        request,
        ngettext(
            "%(count)d other log-in is ended. Only this one is left.",
            "%(count)d other log-ins are ended. Only this one is left.",
            count,
        )
        % {"count": count}
        if count
        else _("There was no other log-in to end."),
    )
    return redirect("users:security")
