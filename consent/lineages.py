"""All published versions of each purpose, in one query: what an older consent still covers, and since when what is asked."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from consent.models import PurposeRecipient, PurposeVersion, Significance
from consent.significance import NOTHING, Coverage, Named, Scope, still_covered

PARTS = ("title", "summary", "reason", "method", "duration", "abroad")
"""The parts of what is read of a purpose."""


@dataclass(frozen=True, slots=True)
class Edition:
    """What counts of one version, without its words. `recipients` holds None where nobody outside is named."""

    id: int
    version: int
    basis: str
    coverage: Coverage
    recipients: frozenset[UUID | None]
    is_significant: bool
    meaning_changed: bool
    published_at: datetime

    @property
    def fields(self) -> frozenset[str]:
        return self.coverage.fields

    @property
    def actions(self) -> frozenset[str]:
        return self.coverage.actions

    @property
    def countries(self) -> frozenset[str]:
        return self.coverage.countries


@dataclass(frozen=True)
class Lineage:
    """The published versions of one purpose, oldest first; the last one is in force."""

    editions: tuple[Edition, ...]

    @cached_property
    def _covered(self) -> dict[UUID | None, dict[int, Coverage | None]]:
        return {}

    def covered(self, version: int, recipient: UUID | None) -> Coverage | None:
        """What a consent for this recipient, bound to the version of this id, covers now; None: its meaning has changed."""
        if recipient not in self._covered:
            named = [
                Named(edition.coverage if recipient in edition.recipients else NOTHING, edition.meaning_changed)
                for edition in self.editions
            ]
            covered = still_covered(named)
            self._covered[recipient] = {
                edition.id: coverage for edition, coverage in zip(self.editions, covered, strict=True)
            }
        return self._covered[recipient].get(version, NOTHING)

    def significant_since(self, version: int) -> bool:
        """Whether a significant version was published after the one of this number."""
        return any(edition.is_significant and edition.version > version for edition in self.editions)

    def asked_since(self, asks: Callable[[Edition], bool]) -> Edition:
        """The version from which on, without a break, something was asked that the one in force asks."""
        since = self.editions[-1]
        for edition in reversed(self.editions):
            if not asks(edition):
                break
            since = edition
        return since


def lineages(*, at: datetime, purpose: UUID | None = None) -> Mapping[UUID, Lineage]:
    """The lineage of every purpose (or of one) of which something was published by then, by the purpose's id."""
    recipients = PurposeRecipient.objects.filter(version=OuterRef("pk")).values("partner")
    rows = (
        PurposeVersion.objects.filter(published_at__lte=at)
        .annotate(partners=ArraySubquery(recipients))
        .order_by("purpose", "version")
    )
    if purpose is not None:
        rows = rows.filter(purpose=purpose)
    editions: dict[UUID, list[Edition]] = {}
    for row in rows:
        edition = Edition(
            id=row.pk,
            version=row.version,
            basis=row.basis,
            coverage=coverage_named(row),
            recipients=frozenset(row.partners or [None]),
            is_significant=row.significance == Significance.SIGNIFICANT,
            meaning_changed=row.meaning_changed,
            published_at=row.published_at,
        )
        editions.setdefault(row.purpose_id, []).append(edition)
    return {purpose: Lineage(tuple(versions)) for purpose, versions in editions.items()}


def coverage_named(version: PurposeVersion) -> Coverage:
    """What a version names."""
    return Coverage(frozenset(version.fields), frozenset(version.actions), frozenset(version.countries))


def scope_of(
    version: PurposeVersion, *, recipients: Iterable[UUID] | None = None, words: Mapping[str, str] | None = None
) -> Scope:
    """A version as it is compared with another; recipients and words are those given, or as published."""
    if recipients is None:
        recipients = [named.partner_id for named in version.recipients.all()]
    if words is None:
        words = {f"{text.language}.{part}": getattr(text, part) for text in version.texts.all() for part in PARTS}
    return Scope(
        coverage=coverage_named(version),
        recipients=frozenset(str(partner) for partner in recipients),
        basis=str(version.basis),
        valid_days=version.valid_days,
        words=words,
    )
