"""What each role may do, in one place. A role is data: `RoleAssignment` rows; everybody is a person without one."""

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    REVIEWER = "reviewer", _("Reviewer")
    POLICY_EDITOR = "policy_editor", _("Policy editor")
    SECURITY_OFFICER = "security_officer", _("Security officer")
    ADMINISTRATOR = "administrator", _("Administrator")


def _may(actions: str, app_label: str, *model_names: str) -> frozenset[str]:
    return frozenset(f"{app_label}.{action}_{model}" for action in actions.split() for model in model_names)


_SEE_WORK = (
    _may("view", "users", "partner", "partnerevent", "dataelement", "storagelocation")
    | _may("view", "consent", "purpose", "purposeversion", "purposetext", "purposerecipient")
    | _may("view", "consent", "announcement", "mailing")
    | _may(
        "view",
        "disclosure",
        "engagement",
        "engagementcountry",
        "servicekind",
        "servicerequest",
        "disclosurerequest",
        "release",
    )
)

# What people decide (DIS-c to DIS-g): the requests, and what they rest on.
_EVIDENCE = ("authority", "legalinstrument", "document", "complaint", "transaction")
_SEE_FILINGS = _may("view", "disclosure", "filing", "provision", *_EVIDENCE) | _may("view", "users", "violation")
# To file on DIS-c, its authority, instrument and document have to be entered.
_FILE = (
    _may("add", "disclosure", "filing")
    | _may("add change", "disclosure", "authority", "legalinstrument", "document")
    | _may("add change", "users", "violation")
)

PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.REVIEWER: _SEE_WORK
    | _SEE_FILINGS
    | _FILE
    | _may("view", "ledger", "entry")
    | _may("change", "disclosure", "filing")
    | _may("add", "disclosure", "approval")
    | _may("add change", "disclosure", "complaint", "transaction")
    | _may("change", "disclosure", "disclosurerequest")
    | _may("view", "disclosure", "contribution")
    | _may("add", "disclosure", "evidencereading"),
    Role.POLICY_EDITOR: _SEE_WORK
    | _may("view add change", "disclosure", "provision")
    # To add a version of the policy is to publish it: what somebody else wrote.
    | _may("view add change", "consent", "policydraft")
    | _may("add", "consent", "policy")
    | _may("add change", "consent", "announcement")
    | _may("change", "consent", "mailing")
    | _may("add change", "consent", "purpose")
    | _may("add", "consent", "purposeversion", "purposetext", "purposerecipient"),
    Role.SECURITY_OFFICER: _SEE_WORK
    | _SEE_FILINGS
    | _FILE
    | _may("view", "outbox", "message")
    | _may("view", "ledger", "entry")
    | _may("view", "users", "user", "accessrecord")
    | _may("view add change", "users", "freeze")
    | _may("change", "disclosure", "disclosurerequest")
    | _may("view", "disclosure", "contribution")
    | _may("add", "disclosure", "evidencereading"),
    Role.ADMINISTRATOR: _SEE_WORK
    | _SEE_FILINGS
    | _may("add change", "users", "partner", "storagelocation", "dataelement")
    | _may("view add change delete", "users", "apiclient")
    | _may("view add change", "users", "webhookendpoint")
    | _may("view", "consent", "policydraft")
    | _may("add", "consent", "policy")
    | _may("view add delete", "users", "roleassignment")
    | _may("view", "users", "user")
    | _may("view", "outbox", "message")
    | _may("change", "consent", "mailing")
    | _may("add change", "disclosure", "engagement", "engagementcountry", "servicekind", "servicerequest")
    | _may("change", "disclosure", "disclosurerequest")
    | _may("view", "disclosure", "contribution")
    | _may("delete", "disclosure", "engagementcountry"),
}


def permissions_of(roles: Iterable[str]) -> frozenset[str]:
    """All that these roles together may do, as `app.action_model`."""
    return frozenset().union(*(PERMISSIONS[Role(role)] for role in roles))
