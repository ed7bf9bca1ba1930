"""Published versions of the policy and the agreement, as they are read: by number or by date, in the reader's language."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, TypeVar

from django.db.models import OuterRef, QuerySet, Subquery

from consent.clauses import Document, document
from consent.models import Agreement, AgreementText, Policy, PolicyText
from privacy_app.languages import current

Rows = TypeVar("Rows", QuerySet[Policy], QuerySet[Agreement])


class Standing(Enum):
    """Where a version stands at a time."""

    UPCOMING = "upcoming"
    IN_FORCE = "in_force"
    PAST = "past"
    NEVER = "never"
    """The next version came into force at the same time: it took this one's place before anything rested on it."""


@dataclass(frozen=True, slots=True)
class Edition:
    """A version in one language: the page's own, or the prevailing one where there is none in it.

    `until` is when the next version is or comes into force, if there is one.
    """

    published: Policy | Agreement
    text: PolicyText | AgreementText
    standing: Standing
    until: datetime | None

    @property
    def policy_version(self) -> int:
        """The version of the policy that this is, or that the agreement pins."""
        return self.published.policy.version if isinstance(self.published, Agreement) else self.published.version

    @property
    def in_force(self) -> bool:
        return self.standing is Standing.IN_FORCE

    @property
    def document(self) -> Document:
        return document(self.text)

    @property
    def is_prevailing(self) -> bool:
        return self.text.language == self.published.prevailing_language


def policy_edition(version: int | None = None, *, at: datetime, on: datetime | None = None) -> Edition | None:
    """A policy version that is posted by `at`, in the language of the page: the one of this number, or else the one in
    force at the time `on`, which is now if not said otherwise."""
    return _edition(posted_policies(at=at), version, at, on or at)


def agreement_edition(version: int | None = None, *, at: datetime) -> Edition | None:
    """An agreement version that is posted by `at`, by default the one in force, in the language of the page."""
    rows = _posted(Agreement.objects.select_related("policy"), at)
    return _edition(rows, version, at, at)


def posted_policies(*, at: datetime) -> QuerySet[Policy]:
    """Every version that is posted by then, newest first; `until` of each is when the one after it comes into force."""
    return _posted(Policy.objects.all(), at)


def upcoming_policies(*, at: datetime) -> list[Policy]:
    """What is posted and will come into force, the next one first."""
    posted: Iterable[Any] = posted_policies(at=at).filter(published_at__gt=at).reverse()
    return [policy for policy in posted if standing_of(policy, policy.until, at=at) is Standing.UPCOMING]


def newest_policies(count: int, *, at: datetime) -> list[int]:
    """The numbers of the last versions posted by then, newest first. Numbers have no gaps: the first is how many there are."""
    return list(posted_policies(at=at).values_list("version", flat=True)[:count])


def standing_of(published: Policy | Agreement, until: datetime | None, *, at: datetime) -> Standing:
    """Where a version stands after which another one comes into force at `until`."""
    if until is not None and until <= published.published_at:
        return Standing.NEVER
    if published.published_at > at:
        return Standing.UPCOMING
    return Standing.PAST if until is not None and until <= at else Standing.IN_FORCE


def _posted(rows: Rows, at: datetime) -> Rows:
    following = rows.model._default_manager.filter(posted_at__lte=at, version__gt=OuterRef("version"))
    until = Subquery(following.order_by("version").values("published_at")[:1])
    return rows.filter(posted_at__lte=at).annotate(until=until).order_by("-version")


def _edition(
    rows: QuerySet[Policy] | QuerySet[Agreement], version: int | None, at: datetime, on: datetime
) -> Edition | None:
    """Two queries, however many versions there are."""
    wanted: dict[str, Any] = {"published_at__lte": on} if version is None else {"version": version}
    found = rows.filter(**wanted).first()
    if found is None:
        return None
    wanted_languages = {current(), found.prevailing_language}
    texts = {text.language: text for text in found.texts.filter(language__in=wanted_languages)}
    text = texts.get(current()) or texts[found.prevailing_language]
    until: datetime | None = getattr(found, "until")  # noqa: B009, mypy knows nothing of annotations
    return Edition(found, text, standing_of(found, until, at=at), until)
