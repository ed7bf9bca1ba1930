"""The API, version 1, and its documents."""

from django.urls import path
from django.views.decorators.cache import cache_control
from django.views.generic import TemplateView
from drf_spectacular.views import SpectacularAPIView

from consent.api import ConsentsView
from consent.policy_api import PoliciesView, PolicyDifferenceView, PolicyView
from disclosure.api.certificates import DeletionCertificateView
from disclosure.api.complaints import ComplaintsView, ComplaintView
from disclosure.api.contributions import ContributionsView
from disclosure.api.decisions import DecisionsView
from disclosure.api.disclosures import (
    DisclosureDataView,
    DisclosuresBatchView,
    DisclosuresReadView,
    DisclosuresView,
    DisclosureView,
)
from disclosure.api.engagements import EngagementsView
from disclosure.api.service_requests import ServiceRequestsView, ServiceRequestView
from disclosure.api.transactions import TransactionsView, TransactionView
from users.api.events import EventsAckView, EventsView
from users.api.people import ItemsView, PeopleView
from users.api.tokens import ClientTokenView

_not_kept = cache_control(no_store=True)

urlpatterns = [
    path("oauth/token", ClientTokenView.as_view(), name="token"),
    path("api/v1/decisions", DecisionsView.as_view()),
    path("api/v1/disclosures", DisclosuresView.as_view()),
    path("api/v1/disclosures/batch", DisclosuresBatchView.as_view()),
    path("api/v1/disclosures/read", DisclosuresReadView.as_view()),
    path("api/v1/disclosures/<uuid:id>", DisclosureView.as_view()),
    path("api/v1/disclosures/<uuid:id>/data", DisclosureDataView.as_view()),
    path("api/v1/contributions", ContributionsView.as_view()),
    path("api/v1/engagements", EngagementsView.as_view()),
    path("api/v1/engagements/<uuid:id>/deletion-certificate", DeletionCertificateView.as_view()),
    path("api/v1/events", EventsView.as_view()),
    path("api/v1/events/ack", EventsAckView.as_view()),
    path("api/v1/people", PeopleView.as_view()),
    path("api/v1/people/<uuid:id>/items", ItemsView.as_view()),
    path("api/v1/consents", ConsentsView.as_view()),
    path("api/v1/policies", PoliciesView.as_view()),
    path("api/v1/policies/<int:version>", PolicyView.as_view()),
    path("api/v1/policies/<int:before>...<int:after>", PolicyDifferenceView.as_view()),
    path("api/v1/service-requests", ServiceRequestsView.as_view()),
    path("api/v1/service-requests/<uuid:id>", ServiceRequestView.as_view()),
    path("api/v1/transactions", TransactionsView.as_view()),
    path("api/v1/transactions/<uuid:id>", TransactionView.as_view()),
    path("api/v1/complaints", ComplaintsView.as_view()),
    path("api/v1/complaints/<uuid:id>", ComplaintView.as_view()),
    path("api/v1/schema", _not_kept(SpectacularAPIView.as_view()), name="schema"),
    path("api/v1/docs", _not_kept(TemplateView.as_view(template_name="api/docs.html")), name="docs"),
]
