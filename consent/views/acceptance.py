"""Accepting the agreement, for whoever has an account but has not accepted it: brought in, or here before it was."""

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from consent.forms import AcceptShownForm
from consent.queries import agreement_in_force, latest_acceptance
from consent.services.sign_up import accept as accept_agreement
from privacy_app.languages import current
from users.personal import PersonRequest, personal
from users.services.actors import as_person


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def accept(request: PersonRequest) -> HttpResponse:
    """Show which versions are to be accepted; afterwards, on to where the person wanted to go."""
    now = timezone.now()
    agreement = agreement_in_force(at=now)
    if agreement is None:
        return render(request, "consent/accept.html", {"agreement": None})
    accepted = latest_acceptance(request.user)
    if accepted is not None and accepted.agreement == agreement:
        return redirect(_wanted(request))
    form = AcceptShownForm(request.POST if request.method == "POST" else None, initial={"version": agreement.version})
    overtaken = form.is_valid() and form.cleaned_data["version"] != agreement.version
    if form.is_valid() and not overtaken:
        accept_agreement(request.user, agreement, language=current(), by=as_person(request.user), at=now)
        return redirect(_wanted(request))
    if overtaken:
        # What was ticked was another text: the box stands empty beside the new one.
        form = AcceptShownForm(initial={"version": agreement.version})
    status = HTTPStatus.CONFLICT if overtaken else HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {"agreement": agreement, "form": form, "overtaken": overtaken, "accepted": accepted}
    return render(request, "consent/accept.html", context, status=status)


def _wanted(request: PersonRequest) -> str:
    """Where the person was on their way to, if it is a page of ours."""
    wanted = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return resolve_url("users:overview")
