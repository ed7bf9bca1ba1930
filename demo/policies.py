"""How the demo's policy changes: a second version a month ago, and a draft of the third that is being written."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from django.core.mail import get_connection

from consent.drafting import IN_FORCE_FROM, SIGNIFICANCE, Content, Noun, summary_part, text_part
from consent.mailing_steps import advance
from consent.models import Mailing, PolicyDraft, Significance
from consent.sections import cut
from consent.services import drafts
from consent.services.drafts import PartWords, SectionWords, digest
from demo.logins import SECOND_EDITOR, STAFF
from demo.world import World
from users.roles import Role

_PUBLISHED_ON, _BEGUN_ON, _NOTICE = 335, 361, timedelta(days=7)
_NOWHERE = "django.core.mail.backends.dummy.EmailBackend"

# What is added to a clause: nothing that the product does not keep.
_SECOND = {
    "en": "When you open a support case, for example, our support partner can read your name and your e-mail address "
    "until the case is closed, and nothing else.",
    "zh-hans": "例如，您提交客服请求后，客服合作方在该请求结束之前可以读取您的姓名和电子邮件地址，除此之外不得读取其他信息。",
}
_SUMMARY = {
    "en": "Section DIS-b now says what customer support may read while it works on a case of yours. Nothing else changed.",
    "zh-hans": "DIS-b 条款现在写明：客服在处理您的请求期间可以读取哪些信息。其他内容没有变化。",
}
_THIRD = {
    "en": "You can read every version at any time, by its number or by the day on which it was in force.",
    "zh-hans": "您可以随时按版本号或生效日期查阅每一个版本。",
}


def plan_policies(world: World) -> None:
    """Put the changes of the policy into the year."""
    world.timeline.add(world.day(_PUBLISHED_ON, 10), lambda at: _second_version(world, at))
    world.timeline.add(world.day(_BEGUN_ON, 15), lambda at: _draft_of_third(world, at))


def _second_version(world: World, at: datetime) -> None:
    editor, colleague = world.members[STAFF[Role.POLICY_EDITOR].email], world.members[SECOND_EDITOR.email]
    draft = drafts.begin(by=editor, at=at)
    _append(world, draft, "DIS-b", _SECOND, at + timedelta(minutes=20))
    content = Content.of(draft.content)
    decided = {SIGNIFICANCE: Significance.SIGNIFICANT.value, IN_FORCE_FROM: _written(at + _NOTICE)}
    decided |= {summary_part(language): words for language, words in _SUMMARY.items()}
    words = {part: PartWords(said, digest(content.parts[part])) for part, said in decided.items()}
    draft = drafts.save_parts(draft, words, by=editor, at=at + timedelta(minutes=25))
    draft = drafts.submit(draft, shown=draft.revision, by=editor, at=at + timedelta(minutes=30))
    published_at = at + timedelta(hours=3)
    agreement = drafts.publish_draft(draft, shown=draft.revision, by=colleague, at=published_at)
    _write_to_everybody(Mailing.objects.get(announcement__policy=agreement.policy), published_at)


def _write_to_everybody(mailing: Mailing, at: datetime) -> None:
    """Its mails went out long ago: nobody is written to now."""
    due: datetime | None = at
    while due is not None:
        now = due
        due = advance(mailing, clock=lambda: now, connect=lambda: get_connection(_NOWHERE))  # noqa: B023
        mailing.refresh_from_db()


def _draft_of_third(world: World, at: datetime) -> None:
    draft = drafts.begin(by=world.members[STAFF[Role.POLICY_EDITOR].email], at=at)
    _append(world, draft, "PRE-3", _THIRD, at + timedelta(minutes=15))


def _append(world: World, draft: PolicyDraft, clause: str, added: Mapping[str, str], at: datetime) -> None:
    """Add a paragraph to a clause in each language."""
    words = {}
    for language, paragraph in added.items():
        text = Content.of(draft.content).parts[text_part(Noun.POLICY, language)]
        section = next(section for section in cut(text) if section.key == clause)
        words[language] = SectionWords(section.title, f"{section.body}\n\n{paragraph}", section.digest)
    editor = world.members[STAFF[Role.POLICY_EDITOR].email]
    drafts.save_section(draft, Noun.POLICY, clause, words, by=editor, at=at)


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
