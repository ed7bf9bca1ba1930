"""The life of an engagement in words: begun, changed, ended, and what became of the certificate that was demanded."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disclosure.certificate_states import AWAITED
from disclosure.ends import end_of
from disclosure.models import CertificateState, DeletionCertificate, Engagement, Release
from privacy_app.ledger.models import Entry
from users.admin.deeds import Deed
from users.admin.fields import ElementsField
from users.queries import element_titles
from users.wording import day, listed, moment


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("What is wrong with it"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text=gettext_lazy("The partner reads this, by mail and over the API. Name no private person."),
    )


class PaperForm(forms.Form):
    certifier_name = forms.CharField(label=gettext_lazy("Who certifies"), max_length=200)
    certifier_office = forms.CharField(label=gettext_lazy("In which office"), max_length=200)
    deleted_fields = ElementsField(label=gettext_lazy("Deleted fields"))
    method = forms.CharField(
        label=gettext_lazy("How it was deleted"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )
    deleted_at = forms.DateTimeField(
        label=gettext_lazy("When it was deleted"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    statement = forms.CharField(
        label=gettext_lazy("Statement"), max_length=5000, widget=forms.Textarea(attrs={"class": "vLargeTextField"})
    )

    def clean_deleted_at(self) -> datetime:
        deleted_at: datetime = self.cleaned_data["deleted_at"]
        if deleted_at > timezone.now():
            raise ValidationError(_("This lies in the future."))
        return deleted_at

    def certificate(self) -> dict[str, Any]:
        """What was typed, as the service takes it."""
        typed = self.cleaned_data
        return {"fields": typed["deleted_fields"], **{name: typed[name] for name in typed if name != "deleted_fields"}}


ENTER = Deed(
    slug="certify",
    label=gettext_lazy("Enter a certificate that came on paper"),
    explanation=gettext_lazy(
        "For a partner that cannot submit it through its API client. It is then to be checked like any other."
    ),
    done=gettext_lazy("The certificate is entered."),
    form=PaperForm,
)
ACCEPT = Deed(
    slug="accept",
    label=gettext_lazy("Accept the certificate"),
    explanation=gettext_lazy(
        "The partner has then certified that it deleted what it had read, and the people concerned see that. "
        "If nothing else is awaited of it and it is not engaged, its API clients can do nothing any more. "
        "This is not taken back."
    ),
    done=gettext_lazy("The certificate is accepted."),
)
GIVE_BACK = Deed(
    slug="return",
    label=gettext_lazy("Return the certificate"),
    explanation=gettext_lazy(
        "The partner is told why, and has to submit another one. The date by which it is due stays as it is."
    ),
    done=gettext_lazy("The certificate was returned."),
    form=ReturnForm,
)

_HAPPENED: dict[str, Promise] = {
    "engagement.begun": gettext_lazy("Begun"),
    "engagement.changed": gettext_lazy("Changed"),
    "engagement.ended": gettext_lazy("Ended"),
    "certificate.demanded": gettext_lazy("Certificate of deletion demanded"),
    "certificate.submitted": gettext_lazy("Certificate submitted"),
    "certificate.overdue": gettext_lazy("Certificate overdue"),
    "certificate.returned": gettext_lazy("Certificate returned"),
    "certificate.accepted": gettext_lazy("Certificate accepted"),
}


def life_of(engagement: Engagement) -> SafeString:
    """What the ledger holds of it, in order, with the numbers of the entries."""
    entries = Entry.objects.filter(kind__in=_HAPPENED, body__engagement=str(engagement.pk)).order_by("seq")
    rows = ((moment(entry.at), _HAPPENED[entry.kind], entry.seq) for entry in entries)
    items = format_html_join("", "<li>{}: {} ({})</li>", rows)
    return format_html('<ol class="life">{}</ol>', items)


def state_words(engagement: Engagement, *, at: datetime) -> str:
    """Whether it is to come, in force or over."""
    if ended_at := end_of(engagement, at=at):
        return _("ended on %(date)s") % {"date": day(ended_at)}
    return _("in force") if engagement.valid_from <= at else _("to come")


def certificate_words(engagement: Engagement, *, at: datetime) -> str | SafeString:
    """Where the certificate stands; what is overdue stands out."""
    demand = getattr(engagement, "demand", None)
    if demand is None:
        return ""
    if demand.is_overdue(at):
        return format_html(
            '<strong class="standing-out">{}</strong>', _("overdue since %(date)s") % {"date": day(demand.due_at)}
        )
    if demand.state in AWAITED:
        words = {"state": demand.get_state_display(), "date": day(demand.due_at)}
        return _("%(state)s, due by %(date)s") % words
    return str(demand.get_state_display())


def certificates_shown(engagement: Engagement) -> SafeString | str:
    """Every certificate that came, the newest first, and what was read and is not named in it."""
    demand = getattr(engagement, "demand", None)
    if demand is None or not (certificates := list(demand.certificates.all())):
        return ""
    titles = element_titles()
    read = _fields_read(engagement)

    def words(keys: Iterable[str]) -> str:
        return listed(titles.get(key, key) for key in keys) or _("none")

    return format_html_join(
        "",
        '<dl class="certificate"><dt>{}</dt><dd>{}</dd><dt>{}</dt><dd>{}</dd><dt>{}</dt><dd>{}</dd>'
        "<dt>{}</dt><dd>{}</dd><dt>{}</dt><dd>{}</dd><dt>{}</dt><dd>{}</dd><dt>{}</dt><dd>{}</dd></dl>",
        (
            (
                _("Submitted"),
                moment(row.submitted_at),
                _("By"),
                _by_whom(row),
                _("Deleted fields"),
                words(row.fields),
                _("Read under the engagement and not named here"),
                words(sorted(read - set(row.fields))),
                _("How and when"),
                f"{row.method} ({moment(row.deleted_at)})",
                _("Statement"),
                row.statement,
                _("What became of it"),
                _("returned: %(reason)s") % {"reason": row.return_reason}
                if row.returned_at
                else str(CertificateState.ACCEPTED.label if row.accepted_at else CertificateState.SUBMITTED.label),
            )
            for row in certificates
        ),
    )


def _by_whom(certificate: DeletionCertificate) -> str:
    who = f"{certificate.certifier_name}, {certificate.certifier_office}"
    return who if certificate.client_id else _("%(who)s (on paper)") % {"who": who}


def _fields_read(engagement: Engagement) -> set[str]:
    """Every field that was read under the engagement."""
    read = Release.objects.filter(request__engagement=engagement).order_by().values_list("fields", flat=True).distinct()
    return {field for fields in read for field in fields}
