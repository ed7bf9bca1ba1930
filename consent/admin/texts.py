from django.contrib import admin

from consent.admin.read_only import SheetsToRead
from consent.models import Agreement, AgreementText, Policy, PolicyText


class PolicyTextInline(SheetsToRead[PolicyText, Policy]):
    model = PolicyText
    ordering = ("language",)


class AgreementTextInline(SheetsToRead[AgreementText, Agreement]):
    model = AgreementText
    ordering = ("language",)


@admin.register(Policy)
class PolicyAdmin(admin.ModelAdmin[Policy]):
    """Published versions of the policy, to read."""

    list_display = ("version", "published_at", "prevailing_language")
    ordering = ("-version",)
    inlines = (PolicyTextInline,)
    actions = None
    show_full_result_count = False


@admin.register(Agreement)
class AgreementAdmin(admin.ModelAdmin[Agreement]):
    """Published versions of the service agreement, to read."""

    list_display = ("version", "policy", "published_at", "prevailing_language")
    list_select_related = ("policy",)
    ordering = ("-version",)
    inlines = (AgreementTextInline,)
    actions = None
    show_full_result_count = False
