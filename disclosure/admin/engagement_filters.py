"""Finding engagements by where they stand."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disclosure.certificate_states import AWAITED
from disclosure.ends import is_over
from disclosure.models import CertificateState, Engagement


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, Any]]:
        return [("to_come", _("to come")), ("in_force", _("in force")), ("ended", _("over"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Engagement]) -> QuerySet[Engagement]:
        now = timezone.now()
        match self.value():
            case "to_come":
                return queryset.exclude(is_over(now)).filter(valid_from__gt=now)
            case "in_force":
                return queryset.exclude(is_over(now)).filter(valid_from__lte=now)
            case "ended":
                return queryset.filter(is_over(now))
        return queryset


class CertificateFilter(admin.SimpleListFilter):
    title = gettext_lazy("deletion certificate")
    parameter_name = "certificate"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, Any]]:
        return [("overdue", _("overdue")), *CertificateState.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Engagement]) -> QuerySet[Engagement]:
        if self.value() == "overdue":
            return queryset.filter(demand__state__in=AWAITED, demand__due_at__lte=timezone.now())
        return queryset.filter(demand__state=self.value()) if self.value() else queryset
