from django.urls import path

from disclosure.views import requests

app_name = "requests"
urlpatterns = [
    path("", requests.requests, name="requests"),
    path("complaints/<uuid:id>/", requests.ask_complainant, name="ask_complainant"),
    path("transactions/<uuid:id>/", requests.ask_counterparty, name="ask_counterparty"),
    path("<uuid:id>/", requests.request_page, name="request"),
    path("<uuid:id>/answer/", requests.answer, name="answer"),
    path("<uuid:id>/object/", requests.object_to, name="object"),
    path("<uuid:id>/take-back/", requests.take_back, name="take_back"),
    path("<uuid:id>/open/", requests.open_request, name="open"),
]
