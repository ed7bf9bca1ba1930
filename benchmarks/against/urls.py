"""Where the others answer."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import path

from benchmarks.against.naive import BatchView, ReadView
from benchmarks.against.one_read import OneReadView, OneRecordView

urlpatterns = [
    path("others/one-read/<uuid:id>", OneReadView.as_view()),
    path("others/one-record/<uuid:id>", OneRecordView.as_view()),
    path("others/batch", BatchView.as_view()),
    path("others/read", ReadView.as_view()),
]


class OwnAddresses:
    """Look addresses up here rather than among the product's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.urlconf = __name__
        return self.get_response(request)
