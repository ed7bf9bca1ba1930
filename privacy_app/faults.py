"""What is answered where a request fails before or beside its view: a problem to the API's clients, a page to people."""

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views import defaults

from privacy_app.api.problems import MEDIA_TYPE, Problem, not_found

_OF_THE_API = ("/api/", "/oauth/")


def _problem(problem: Problem) -> HttpResponse:
    return HttpResponse(
        msgspec.json.encode(problem.to_json()),
        status=problem.status,
        headers={"Cache-Control": "no-store", "Content-Type": MEDIA_TYPE},
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if request.path.startswith(_OF_THE_API):
        return _problem(Problem("invalid-request", "The request is not valid", status=400))
    return defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if request.path.startswith(_OF_THE_API):
        return _problem(Problem("not-allowed", "This client may not do that", status=403))
    return defaults.permission_denied(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if request.path.startswith(_OF_THE_API):
        return _problem(not_found())
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    if request.path.startswith(_OF_THE_API):
        return _problem(Problem("error", "Something went wrong", status=500))
    return defaults.server_error(request)
