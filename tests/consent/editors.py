"""Members of staff who write and publish the policy, and drafts at each stage."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils import timezone

from consent.draft_queries import draft_in_work
from consent.drafting import Content, Noun, text_part
from consent.models import PolicyDraft, Significance
from consent.sections import Section, cut
from consent.services import drafts
from consent.services.drafts import PartWords, SectionWords, digest
from tests.disclosure.desk.clerks import Clerk
from users.models import User
from users.roles import Role

EN, ZH = "en", "zh-hans"
DECIDED = {
    "significance": Significance.SIGNIFICANT.value,
    "summary.en": "Couriers are told less.",
    "summary.zh-hans": "快递员得到的信息更少。",
}


def editor(number: int = 0) -> Clerk:
    return Clerk(Role.POLICY_EDITOR, email=f"editor-{number}@lantern.example")


def now() -> datetime:
    return timezone.now()


def a_draft(by: User) -> PolicyDraft:
    return drafts.begin(by=by, at=now())


def section_of(draft: PolicyDraft, language: str = EN, key: str = "DIS-a", noun: Noun = Noun.POLICY) -> Section:
    """A section as it stands in the database."""
    draft.refresh_from_db()
    text = Content.of(draft.content).parts[text_part(noun, language)]
    return next(section for section in cut(text) if section.key == key)


def write(
    draft: PolicyDraft, by: User, body: str, *, key: str = "DIS-a", language: str = EN, shown: str = ""
) -> PolicyDraft:
    """Save one section in one language, as it was shown unless said otherwise."""
    section = section_of(draft, language, key)
    words = {language: SectionWords(section.title, body, shown or section.digest)}
    return drafts.save_section(draft, Noun.POLICY, key, words, by=by, at=now())


def decide(draft: PolicyDraft, by: User, parts: Mapping[str, str] = DECIDED) -> PolicyDraft:
    draft.refresh_from_db()
    words = {part: PartWords(said, digest(draft.content[part])) for part, said in parts.items()}
    return drafts.save_parts(draft, words, by=by, at=now())


def ready(by: User, **more: str) -> PolicyDraft:
    """A draft that lacks nothing."""
    draft = a_draft(by)
    write(draft, by, "We ask you, each time, before anything is disclosed.")
    write(draft, by, "每次披露之前，我们都会征求您的同意。", language=ZH)
    return decide(draft, by, {**DECIDED, **more})


def submitted(by: User, **more: str) -> PolicyDraft:
    draft = ready(by, **more)
    return drafts.submit(draft, shown=draft.revision, by=by, at=now())


def in_days(days: int) -> str:
    return (now() + timedelta(days=days)).isoformat()


def the_draft() -> PolicyDraft:
    found = draft_in_work()
    assert found is not None
    return found
