"""Two at one draft at once, over HTTP and on real connections: nothing is lost, and one gets a clear answer."""

from functools import partial
from typing import Any

import pytest

from consent.drafting import Noun
from consent.models import DraftStep, Policy, PolicyDraft
from tests.concurrently import Call
from tests.consent.editors import EN, ZH, a_draft, editor, section_of, submitted, the_draft
from tests.disclosure.desk.clerks import Clerk, says

pytestmark = pytest.mark.clause("PRE-3")


def _type(draft: PolicyDraft, body: str) -> dict[str, Any]:
    """What a browser sends that was shown the section as it stands, and in which this was typed in English."""
    shown = {language: section_of(draft, language) for language in (EN, ZH)}
    return {
        "title_en": shown[EN].title,
        "body_en": body,
        "shown_en": shown[EN].digest,
        "title_zh_hans": shown[ZH].title,
        "body_zh_hans": shown[ZH].body,
        "shown_zh_hans": shown[ZH].digest,
    }


def test_of_two_editors_of_one_clause_one_sees_both_texts_and_brings_them_together(committed_db: str) -> None:
    edith, otto = editor(), editor(1)
    draft = a_draft(edith.user)
    path = f"policy/drafts/{draft.pk}/policy/sections/DIS-a/"
    typed = {clerk: _type(draft, f"Words of {name}.") for clerk, name in ((edith, "Edith"), (otto, "Otto"))}
    calls = {clerk: Call(partial(clerk.post, path, **words)) for clerk, words in typed.items()}
    answers = {clerk: call.result() for clerk, call in calls.items()}
    assert sorted(answer.status_code for answer in answers.values()) == [302, 409]
    (late,) = [clerk for clerk, answer in answers.items() if answer.status_code == 409]
    page = says(answers[late])
    assert "Nothing was saved: somebody else changed the same words meanwhile." in page
    for words in ("Words of Edith.", "Words of Otto."):
        assert words in page
    early = edith if late is otto else otto
    assert f"Saved by {early.user.email}" in page
    # The page is about what stands now: bringing both together and saving is enough.
    merged = {**typed[late], "body_en": "Words of both.", "shown_en": section_of(draft).digest}
    assert 'name="shown_en" value="' + merged["shown_en"] in answers[late].content.decode()
    assert late.post(path, **merged).status_code == 302
    assert section_of(draft).body == "Words of both."
    bodies = [str(step.changed) for step in DraftStep.objects.filter(draft=draft)]
    for words in (typed[early]["body_en"], "Words of both."):
        assert any(words in body for body in bodies)


def test_of_two_who_publish_at_once_one_is_told_and_there_is_one_version(committed_db: str) -> None:
    draft = submitted(editor().user)
    publishers = [editor(1), editor(2)]
    path = f"policy/drafts/{draft.pk}/publish/"
    calls = [Call(partial(clerk.post, path, revision=draft.revision)) for clerk in publishers]
    answers = [call.result() for call in calls]
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    (told,) = [answer for answer in answers if answer.status_code == 409]
    assert "Somebody did something to the draft while you had this page open." in says(told)
    assert Policy.objects.count() == 2


def test_of_a_publication_and_an_edit_at_once_only_what_was_submitted_can_be_published(committed_db: str) -> None:
    edith, pia = editor(), editor(1)
    draft = submitted(edith.user)
    path = f"policy/drafts/{draft.pk}/"
    said = section_of(draft).body
    calls = [
        Call(partial(pia.post, f"{path}publish/", revision=draft.revision)),
        Call(partial(edith.post, f"{path}policy/sections/DIS-a/", **_type(draft, "At the last moment."))),
    ]
    published, edited = (call.result() for call in calls)
    draft.refresh_from_db()
    if published.status_code == 302:
        assert draft.state == "published"
        assert (
            f"### DIS-a · With your consent\n\n{said}" in Policy.objects.get(version=2).texts.get(language=EN).markdown
        )
        assert edited.status_code == 302  # led back to the draft, which says that it is over
    else:
        assert (published.status_code, draft.state) == (409, "drafting")
        assert section_of(draft).body == "At the last moment."
        assert Policy.objects.count() == 1


def test_of_two_who_begin_at_once_one_is_led_to_the_draft_that_is_there(committed_db: str) -> None:
    clerks: list[Clerk] = [editor(), editor(1)]
    calls = [Call(partial(clerk.post, "policy/begin/")) for clerk in clerks]
    assert [call.result().status_code for call in calls] == [302, 302]
    assert PolicyDraft.objects.get() == the_draft()
    assert Noun.POLICY.value in the_draft().content["policy.en"].casefold()
