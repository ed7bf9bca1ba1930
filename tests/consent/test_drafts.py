"""A draft of the policy: written, checked, submitted, published by a second person (PRE-3, CHG-b)."""

from itertools import product

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import ProgrammingError

from consent.clause_ids import CLAUSE_IDS
from consent.clauses import document_of
from consent.draft_checks import Fault, problems_of_texts
from consent.draft_queries import draft_in_work, review_of
from consent.draft_states import REFUSED_TRANSITIONS, TRANSITIONS, DraftEvent, DraftState
from consent.drafting import Content, Noun
from consent.models import DraftStep, Policy, PolicyDraft, Significance
from consent.sections import WouldBreakUp
from consent.services import drafts
from consent.services.errors import (
    BaseReplaced,
    DraftConflict,
    DraftInWork,
    DraftMovedOn,
    NoteMissing,
    NotReady,
    SecondPersonNeeded,
)
from consent.services.reference import publish_shipped_texts
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from tests.admin_makers import make_staff
from tests.consent.editors import EN, ZH, a_draft, decide, in_days, now, ready, section_of, submitted, write
from users.models import User
from users.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def edith() -> User:
    return make_staff(Role.POLICY_EDITOR, email="edith@lantern.example")


@pytest.fixture
def pia() -> User:
    return make_staff(Role.POLICY_EDITOR, email="pia@lantern.example")


def test_what_follows_each_event_is_said_for_every_state() -> None:
    assert set(TRANSITIONS) | REFUSED_TRANSITIONS == set(product(DraftState, DraftEvent))
    assert not set(TRANSITIONS) & REFUSED_TRANSITIONS


def test_the_shipped_text_has_each_of_the_products_clauses_once_in_their_order() -> None:
    for text in Policy.objects.get().texts.all():
        assert tuple(document_of(text.markdown).clauses) == CLAUSE_IDS


# -- writing ---------------------------------------------------------------------------------------


@pytest.mark.clause("PRE-3")
def test_one_draft_is_in_work_at_a_time(edith: User, pia: User) -> None:
    draft = a_draft(edith)
    with pytest.raises(DraftInWork):
        a_draft(pia)
    drafts.discard(draft, shown=draft.revision, by=edith, at=now())
    assert a_draft(pia).pk != draft.pk


@pytest.mark.clause("PRE-3")
def test_a_save_changes_its_section_alone_and_keeps_who_wrote_what_when(edith: User) -> None:
    draft = a_draft(edith)
    before = Content.of(draft.content)
    after = Content.of(write(draft, edith, "Only with your yes.").content)
    assert set(after.changed_from(before)) == {"policy.en"}
    documents = [document_of(content.texts(Noun.POLICY)[EN]).clauses for content in (before, after)]
    assert {key for key in CLAUSE_IDS if documents[0][key] != documents[1][key]} == {"DIS-a"}
    step = DraftStep.objects.get(draft=draft, number=2)
    assert (step.by, step.event, set(step.changed)) == (edith, "save", {"policy.en"})
    assert step.changed["policy.en"] == after.parts["policy.en"]
    assert step.entry.kind == "draft.save"
    assert "Only with your yes" not in str(step.entry.body)


@pytest.mark.clause("PRE-3")
def test_what_was_done_to_a_draft_is_never_rewritten(edith: User) -> None:
    draft = a_draft(edith)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        DraftStep.objects.filter(draft=draft).update(note="Somebody else wrote it.")


@pytest.mark.clause("PRE-3")
def test_two_who_write_different_sections_both_keep_their_words(edith: User, pia: User) -> None:
    draft = a_draft(edith)
    shown = section_of(draft, EN, "DIS-b").digest
    write(draft, edith, "Hers.")
    write(draft, pia, "His.", key="DIS-b", shown=shown)
    assert (section_of(draft).body, section_of(draft, EN, "DIS-b").body) == ("Hers.", "His.")


@pytest.mark.clause("PRE-3")
def test_of_two_who_write_the_same_words_the_second_is_told_and_nothing_is_lost(edith: User, pia: User) -> None:
    draft = a_draft(edith)
    shown = section_of(draft).digest
    write(draft, edith, "Hers.")
    with pytest.raises(DraftConflict) as refused:
        write(draft, pia, "His.", shown=shown)
    assert refused.value.parts == ["policy.en"]
    assert section_of(draft).body == "Hers."
    # Who left a language as it was shown leaves what somebody else wrote in it meanwhile.
    write(draft, pia, section_of(draft).body, shown=section_of(draft).digest)
    decide(draft, edith, {"summary.en": "Hers."})
    with pytest.raises(DraftConflict):
        drafts.save_parts(draft, {"summary.en": drafts.PartWords("His.", drafts.digest(""))}, by=pia, at=now())


@pytest.mark.parametrize(
    "body", ["Words.\n\n## Another part", "```\ncode without an end", "Words\n===", "### DIS-b · Doubled\n\nWords"]
)
def test_words_that_would_end_the_section_or_swallow_the_next_are_refused(edith: User, body: str) -> None:
    draft = a_draft(edith)
    with pytest.raises(WouldBreakUp):
        write(draft, edith, body)
    assert draft_in_work() == draft
    assert section_of(draft).body.startswith("We disclose data when")


# -- what it lacks ---------------------------------------------------------------------------------


def _faults(draft: PolicyDraft) -> set[tuple[Fault, str, str]]:
    found = review_of(draft, at=now()).problems
    return {(problem.fault, problem.language, problem.where) for problem in found}


@pytest.mark.clause("PRE-3")
def test_a_clause_that_says_nothing_is_named_with_its_language_and_keeps_the_draft_back(edith: User) -> None:
    draft = ready(edith)
    for nothing in ("", "![](data:image/png;base64,AAAA)", "---"):
        write(draft, edith, nothing, key="USE-b", language=ZH)
        draft.refresh_from_db()
        assert _faults(draft) == {(Fault.CLAUSE_EMPTY, ZH, "USE-b")}
        with pytest.raises(NotReady):
            drafts.submit(draft, shown=draft.revision, by=edith, at=now())


def _content(**instead: str) -> Content:
    clauses = "\n\n".join(f"### {id_} · Clause\n\nWords." for id_ in CLAUSE_IDS)
    whole = {f"{noun}.{code}": "# Title\n\n## Part\n\nWords." for noun in Noun for code in (EN, ZH)}
    whole |= {f"policy.{code}": f"# Title\n\n## Part\n\n{clauses}" for code in (EN, ZH)}
    return Content.of({**whole, **{name.replace("_", "."): words for name, words in instead.items()}})


GOOD = _content().parts["policy.en"]


@pytest.mark.parametrize(
    ("text", "fault", "where"),
    [
        ("", Fault.TEXT_MISSING, ""),
        (GOOD.replace("# Title\n", "", 1), Fault.TITLE_MISSING, ""),
        (GOOD.replace("### DIS-a · Clause\n\nWords.\n\n", ""), Fault.CLAUSE_MISSING, "DIS-a"),
        (GOOD.replace("### DIS-a · Clause", "### DIS-a Clause"), Fault.CLAUSE_MISSING, "DIS-a"),
        (GOOD.replace("DIS-a ·", "DIS-z ·"), Fault.CLAUSE_UNKNOWN, "DIS-z"),
        (GOOD + "\n\n### DIS-a · Clause\n\nWords.", Fault.CLAUSE_TWICE, "DIS-a"),
        (GOOD + "\n\n### Another section", Fault.SECTION_EMPTY, "section-1"),
        (
            GOOD.replace("DIS-a", "DIS-!").replace("DIS-b", "DIS-a").replace("DIS-!", "DIS-b"),
            Fault.STRUCTURE_DIFFERS,
            "",
        ),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else "",
)
def test_a_text_that_is_not_whole_says_where(text: str, fault: Fault, where: str) -> None:
    assert problems_of_texts(_content()) == []
    found = {(problem.fault, problem.where) for problem in problems_of_texts(_content(policy_en=text))}
    assert (fault, where) in found


@pytest.mark.clause("CHG-b")
def test_disagreeing_with_the_proposal_takes_a_reason_and_a_significant_version_a_summary(edith: User) -> None:
    draft = ready(edith, **{"summary.zh-hans": " "})
    assert _faults(draft) == {(Fault.SUMMARY_MISSING, ZH, "")}
    draft = decide(draft, edith, {"significance": "editorial"})
    assert _faults(draft) == {(Fault.REASON_MISSING, "", "")}
    draft = decide(draft, edith, {"significance_reason": "The same is said in other words."})
    assert _faults(draft) == set()


@pytest.mark.clause("CHG-b")
def test_a_slip_is_proposed_as_editorial_and_nothing_at_all_is_not_published(edith: User) -> None:
    draft = a_draft(edith)
    assert (Fault.NOTHING_CHANGED, "", "") in _faults(draft)
    write(draft, edith, section_of(draft).body.replace("consent", "consnet", 1))
    review = review_of(draft_in_work() or draft, at=now())
    assert review.proposed is Significance.EDITORIAL


# -- publishing ------------------------------------------------------------------------------------


@pytest.mark.clause("PRE-3")
def test_somebody_who_wrote_none_of_it_publishes_what_was_submitted(edith: User, pia: User) -> None:
    draft = submitted(edith)
    with pytest.raises(SecondPersonNeeded):
        drafts.publish_draft(draft, shown=draft.revision, by=edith, at=now())
    agreement = drafts.publish_draft(draft, shown=draft.revision, by=pia, at=now())
    policy = agreement.policy
    assert (policy.version, policy.significance) == (2, "significant")
    texts = {text.language: text for text in policy.texts.all()}
    assert texts[EN].summary == "Couriers are told less."
    assert texts[EN].markdown == draft.content["policy.en"]
    draft.refresh_from_db()
    assert (draft.state, draft.policy, draft.published_by) == ("published", policy, pia)
    kinds = list(Entry.objects.order_by("-seq").values_list("kind", flat=True)[:5])
    assert kinds == ["draft.publish", "mailing.begun", "notice.posted", "agreement.published", "policy.published"]
    with pytest.raises(DraftMovedOn):
        write(draft, pia, "Once more.")


@pytest.mark.clause("PRE-3")
def test_an_edit_after_the_submission_takes_it_back(edith: User, pia: User) -> None:
    draft = submitted(edith)
    shown = draft.revision
    write(draft, edith, "Another word.")
    draft.refresh_from_db()
    assert (draft.state, draft.submitted_by) == ("drafting", None)
    for seen in (shown, draft.revision):
        with pytest.raises(DraftMovedOn):
            drafts.publish_draft(draft, shown=seen, by=pia, at=now())
    assert Policy.objects.count() == 1


def test_it_goes_back_with_a_word_why(edith: User, pia: User) -> None:
    draft = submitted(edith)
    with pytest.raises(NoteMissing):
        drafts.send_back(draft, note=" ", shown=draft.revision, by=pia, at=now())
    draft = drafts.send_back(draft, note="DIS-a promises too much.", shown=draft.revision, by=pia, at=now())
    assert draft.state == "drafting"
    assert DraftStep.objects.get(draft=draft, number=draft.revision).note == "DIS-a promises too much."
    draft = drafts.submit(draft, shown=draft.revision, by=edith, at=now())
    assert drafts.publish_draft(draft, shown=draft.revision, by=pia, at=now()).policy.version == 2


@pytest.mark.clause("PRE-3")
def test_a_draft_for_a_day_is_posted_at_once_and_never_before_the_last_version(edith: User, pia: User) -> None:
    draft = submitted(edith, in_force_from=in_days(30))
    policy = drafts.publish_draft(draft, shown=draft.revision, by=pia, at=now()).policy
    assert policy.posted_at < now() < policy.published_at
    draft = a_draft(edith)
    write(draft, edith, "At once.")
    draft = decide(draft, edith)
    assert _faults(draft) == {(Fault.DATED_BEFORE_LAST, "", "")}
    draft = decide(draft, edith, {"in_force_from": policy.published_at.isoformat()})
    assert _faults(draft) == set()


@pytest.mark.clause("PRE-3")
def test_a_day_that_passed_while_it_waited_means_at_once(edith: User, pia: User) -> None:
    draft = submitted(edith, in_force_from=in_days(-1))
    at = now()
    assert drafts.publish_draft(draft, shown=draft.revision, by=pia, at=at).policy.published_at == at


@pytest.mark.clause("PRE-3")
def test_a_version_from_elsewhere_has_to_be_looked_at_first(edith: User, pia: User) -> None:
    draft = submitted(edith)
    publish_shipped_texts(by=SYSTEM, at=now())
    with pytest.raises(BaseReplaced):
        drafts.publish_draft(draft, shown=draft.revision, by=pia, at=now())
    draft = drafts.compare_with_newest(draft, shown=draft.revision, by=edith, at=now())
    assert draft.base
    assert (draft.base.version, draft.state) == (2, "drafting")
    draft = drafts.submit(draft, shown=draft.revision, by=edith, at=now())
    assert drafts.publish_draft(draft, shown=draft.revision, by=pia, at=now()).policy.version == 3


@pytest.mark.clause("PRE-3")
def test_the_database_lets_nobody_publish_what_they_submitted(edith: User) -> None:
    draft = submitted(edith)
    draft.state, draft.policy, draft.published_by = "published", draft.base, edith
    with pytest.raises(IntegrityError, match="draft_published_by_a_second_person"), transaction.atomic():
        draft.save()
