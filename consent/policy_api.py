"""The policy for machines: its versions, each clause by clause, and what two of them say differently. Public, as it is."""

import hashlib
from typing import Annotated, Any, Literal

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from consent.blocks import Block
from consent.clauses import document
from consent.comparisons import comparison
from consent.differences import ClauseDifference, Run
from consent.editions import posted_policies, standing_of
from consent.models import Policy, PolicyText
from privacy_app.api.pagination import MAX_SIZE, page_size
from privacy_app.api.problems import invalid, not_found
from privacy_app.api.schema import call
from privacy_app.api.shapes import Instant, Shape
from privacy_app.clauses import heading_of
from privacy_app.languages import CODES
from users.api.endpoint import PublicEndpoint, instant

Version = Annotated[int, Meta(ge=1)]
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Language = Literal["en", "zh-hans"]
HeadingName = Literal["collected", "access", "disclosed", "general"]
_LAST = 2**31 - 1


class PolicyLanguage(Shape):
    """A version in one language: the SHA-256 of its Markdown's bytes, and what it changed in the editor's words."""

    sha256: Sha256
    summary: str


class PolicyEntry(Shape):
    """One version of the policy. `until` is from when the next one is in force, if there is one."""

    version: Version
    posted_at: Instant
    in_force_from: Instant
    until: Instant | None
    standing: Literal["upcoming", "in_force", "past", "never"]
    significance: Literal["editorial", "significant"]
    prevailing_language: Language
    languages: dict[Language, PolicyLanguage]


class PolicyList(Shape):
    """Versions, newest first. `next` goes into `below` for those before them."""

    policies: list[PolicyEntry]
    next: Version | None


class PolicyClause(Shape):
    """One clause in plain words, paragraphs apart by an empty line. `sha256` is over title, a line feed and text."""

    id: str
    title: str
    heading: HeadingName
    text: str
    sha256: Sha256


class PolicyVersion(Shape):
    """A version in one language, clause by clause."""

    policy: PolicyEntry
    language: Language
    title: str
    clauses: list[PolicyClause]


class DifferenceRun(Shape):
    """Words in a row, with the space before them."""

    kind: Literal["kept", "inserted", "deleted"]
    text: str


class DifferencePassage(Shape):
    """A paragraph, list item, heading, table row or line of code. `depth` counts the lists and quotations around it."""

    kind: Literal["paragraph", "item", "numbered", "heading", "row", "code"]
    depth: int
    change: Literal["added", "removed", "changed", "unchanged"]
    runs: list[DifferenceRun]


class DifferenceSection(Shape):
    """A clause that differs, or (without `id`) another section. A clause can have `moved` and have changed as well."""

    id: str | None
    heading: HeadingName
    title: str
    change: Literal["added", "removed", "changed", "moved"]
    moved: bool
    title_runs: list[DifferenceRun]
    passages: list[DifferencePassage]


class PolicySummary(Shape):
    """What one version changed, in the editor's words."""

    version: Version
    summary: str


class PolicyDifference(Shape):
    """What `after` says differently from `before`. `summaries` are those of the versions between, `unchanged` clause ids."""

    before: Version
    after: Version
    language: Language
    before_sha256: Sha256
    after_sha256: Sha256
    summaries: list[PolicySummary]
    sections: list[DifferenceSection]
    unchanged: list[str]


_ENTRY = {
    "version": 2,
    "posted_at": "2026-05-03T09:30:00Z",
    "in_force_from": "2026-06-01T00:00:00Z",
    "until": None,
    "standing": "in_force",
    "significance": "significant",
    "prevailing_language": "zh-hans",
    "languages": {"en": {"sha256": "3f" * 32, "summary": "Partners may now see your delivery window."}},
}
_LANGUAGE = OpenApiParameter(
    "language", {"type": "string", "enum": list(CODES)}, description="By default the one that prevails."
)


def _language(request: Request) -> str | None:
    """What `?language=` asks for. Raises Problem."""
    language = request.query_params.get("language")
    if language is not None and language not in CODES:
        raise invalid("language", "not_allowed", "This is none of the languages of the policy.")
    return language


def _entry(policy: Policy, texts: list[PolicyText]) -> dict[str, Any]:
    until = getattr(policy, "until")  # noqa: B009, an annotation
    return {
        "version": policy.version,
        "posted_at": instant(policy.posted_at),
        "in_force_from": instant(policy.published_at),
        "until": instant(until) if until else None,
        "standing": standing_of(policy, until, at=timezone.now()).value,
        "significance": policy.significance,
        "prevailing_language": policy.prevailing_language,
        "languages": {text.language: {"sha256": text.sha256, "summary": text.summary} for text in texts},
    }


class PoliciesView(PublicEndpoint):
    @call(
        scope=None,
        summary="Every version of the policy, newest first",
        gives=PolicyList,
        parameters=(
            OpenApiParameter(
                "below",
                {"type": "integer", "minimum": 1, "maximum": _LAST},
                description="The `next` of the answer before; from the newest version if it is left out.",
            ),
            OpenApiParameter(
                "limit", {"type": "integer", "minimum": 1, "maximum": MAX_SIZE}, description="50 by default."
            ),
        ),
        answer={"policies": [_ENTRY], "next": None},
    )
    def get(self, request: Request) -> Response:
        size = page_size(request.query_params.get("limit"))
        policies = posted_policies(at=timezone.now())
        below = request.query_params.get("below")
        if below is not None:
            if not (below.isascii() and below.isdigit() and len(below) <= 10 and 1 <= int(below) <= _LAST):
                raise invalid("below", "invalid", "Expected the `next` of an earlier answer.")
            policies = policies.filter(version__lt=int(below))
        rows = list(policies[: size + 1])
        texts: dict[int, list[PolicyText]] = {}
        for text in PolicyText.objects.filter(policy__in=rows[:size]).defer("markdown").order_by("language"):
            texts.setdefault(text.policy_id, []).append(text)
        shown = [_entry(policy, texts.get(policy.pk, [])) for policy in rows[:size]]
        return self.kept(request, {"policies": shown, "next": rows[size - 1].version if len(rows) > size else None})


class PolicyView(PublicEndpoint):
    @call(
        scope=None,
        summary="One version of the policy, clause by clause",
        gives=PolicyVersion,
        parameters=(_LANGUAGE,),
        problems=(404,),
        answer={
            "policy": _ENTRY,
            "language": "en",
            "title": "Privacy Policy",
            "clauses": [
                {
                    "id": "PRE-5",
                    "title": "Part of the service agreement",
                    "heading": "general",
                    "text": "This policy is part of the service agreement.",
                    "sha256": "5c" * 32,
                }
            ],
        },
    )
    def get(self, request: Request, version: int) -> Response:
        language = _language(request)
        policy = posted_policies(at=timezone.now()).filter(version=version).first()
        if policy is None:
            raise not_found()
        texts = list(policy.texts.order_by("language"))
        text = next((one for one in texts if one.language == (language or policy.prevailing_language)), None)
        if text is None:
            raise not_found()
        words = document(text)
        clauses = [
            {
                "id": clause.id,
                "title": clause.title,
                "heading": heading_of(clause.id),
                **_words(clause.title, clause.blocks),
            }
            for clause in words.clauses.values()
        ]
        return self.kept(
            request,
            {"policy": _entry(policy, texts), "language": text.language, "title": words.title, "clauses": clauses},
        )


def _words(title: str, blocks: tuple[Block, ...]) -> dict[str, str]:
    text = "\n\n".join(block.text for block in blocks)
    return {"text": text, "sha256": hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()}


class PolicyDifferenceView(PublicEndpoint):
    @call(
        scope=None,
        summary="What one version of the policy says differently from another",
        gives=PolicyDifference,
        parameters=(_LANGUAGE,),
        problems=(404,),
        answer={
            "before": 1,
            "after": 2,
            "language": "en",
            "before_sha256": "9a" * 32,
            "after_sha256": "3f" * 32,
            "summaries": [{"version": 2, "summary": "Partners may now see your delivery window."}],
            "sections": [
                {
                    "id": "DIS-b",
                    "heading": "disclosed",
                    "title": "For a service you asked for",
                    "change": "changed",
                    "moved": False,
                    "title_runs": [{"kind": "kept", "text": "For a service you asked for"}],
                    "passages": [
                        {
                            "kind": "paragraph",
                            "depth": 0,
                            "change": "changed",
                            "runs": [
                                {"kind": "kept", "text": "This ends when the service ends"},
                                {"kind": "inserted", "text": " or you cancel it"},
                                {"kind": "kept", "text": "."},
                            ],
                        }
                    ],
                }
            ],
            "unchanged": ["DIS-a"],
        },
    )
    def get(self, request: Request, before: int, after: int) -> Response:
        language = _language(request)
        found = comparison(before, after, at=timezone.now(), languages=[language] if language else ())
        if found is None:
            raise not_found()
        return self.kept(
            request,
            {
                "before": before,
                "after": after,
                "language": found.after.language,
                "before_sha256": found.before.sha256,
                "after_sha256": found.after.sha256,
                "summaries": [{"version": text.policy.version, "summary": text.summary} for text in found.between],
                "sections": [_section(section) for section in found.difference.differing],
                "unchanged": [section.id for section in found.difference.clauses.values() if section.is_unchanged],
            },
        )


def _section(section: ClauseDifference) -> dict[str, Any]:
    return {
        "id": section.id or None,
        "heading": heading_of(section.id),
        "title": section.title,
        "change": section.change,
        "moved": section.is_moved,
        "title_runs": _runs(section.title_runs),
        "passages": [
            {
                "kind": passage.kind,
                "depth": passage.depth,
                "change": passage.change,
                "runs": _runs(passage.runs),
            }
            for passage in section.passages
        ],
    }


def _runs(runs: tuple[Run, ...]) -> list[dict[str, str]]:
    return [{"kind": run.kind, "text": run.text} for run in runs]
