import json
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from privacy_app.ledger.models import Entry
from privacy_app.ledger.queries import kinds


class KindFilter(admin.SimpleListFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [(kind, kind) for kind in kinds()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Entry)
class EntryAdmin(admin.ModelAdmin[Entry]):
    """The ledger, to read: in order, by kind and time, by number or by the pseudonym of the person concerned."""

    list_display = ("seq", "at", "kind", "pseudonym", "actor")
    list_filter = (KindFilter, "at")
    search_fields = ("seq", "pseudonym")
    search_help_text = _("The number of an entry, or a whole pseudonym.")
    ordering = ("-seq",)
    fields = ("seq", "at", "kind", "pseudonym", "actor", "content", "salt_hex", "leaf_hex")
    actions = None
    show_full_result_count = False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Entry], search_term: str
    ) -> tuple[QuerySet[Entry], bool]:
        wanted = search_term.strip()
        if not wanted:
            return queryset, False
        if wanted.isascii() and wanted.isdigit() and int(wanted) < 2**63:
            return queryset.filter(seq=int(wanted)), False
        try:
            return queryset.filter(pseudonym=UUID(wanted)), False
        except ValueError:
            return queryset.none(), False

    @admin.display(description=_("content"))
    def content(self, entry: Entry) -> SafeString:
        return format_html("<pre>{}</pre>", json.dumps(entry.body, indent=2, ensure_ascii=False, sort_keys=True))

    @admin.display(description=_("salt"))
    def salt_hex(self, entry: Entry) -> str:
        return bytes(entry.salt).hex()

    @admin.display(description=_("leaf"))
    def leaf_hex(self, entry: Entry) -> str:
        return bytes(entry.leaf).hex()
