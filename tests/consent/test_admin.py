"""What staff look after of texts and purposes."""

from typing import Any

import pytest

from consent.models import Purpose, PurposeVersion
from disclosure.gate import Ground
from privacy_app.ledger.models import Entry
from tests.admin_makers import MAKERS, Affair, Desk, fields_of, labels_of, text_of, what_is_open, what_roles_say
from tests.makers import make_partner
from users.roles import Role

pytestmark = pytest.mark.django_db

OURS = labels_of("consent")
PUBLISH = "consent/purposeversion/add/"


@pytest.fixture
def editor() -> Desk:
    return Desk(Role.POLICY_EDITOR)


@pytest.mark.clause("SEC-a")
@pytest.mark.parametrize("label", OURS)
def test_the_desk_goes_by_exactly_what_each_role_may_do(label: str) -> None:
    assert what_is_open(label) == what_roles_say(label)


@pytest.mark.parametrize("label", ["consent.purpose", "consent.purposeversion"])
def test_a_list_takes_as_many_queries_for_many_rows_as_for_few(label: str) -> None:
    desk = Desk(*Role)
    path = f"{label.replace('.', '/')}/"
    for number in range(2):
        MAKERS[label](number)
    few = desk.queries(path)
    for number in range(2, 8):
        MAKERS[label](number)
    assert desk.queries(path) == few < 16


def wording(language: str, **instead: str) -> dict[str, str]:
    """What is typed into the fields of one language."""
    parts = {"title": "News", "summary": "We write.", "reason": "Why.", "method": "By mail.", "duration": "A year."}
    return {f"text_{language}_{part}": words for part, words in {**parts, "abroad": "", **instead}.items()}


def version_of(purpose: Purpose, **instead: Any) -> dict[str, Any]:
    """A whole version, as it is typed."""
    return {
        "purpose": str(purpose.pk),
        "basis": "consent",
        "fields": ["contact.email"],
        "actions": ["share"],
        "countries": ["CN"],
        "valid_days": "365",
        "significance": "significant",
        **wording("en"),
        **wording("zh_hans", title="消息"),
        **instead,
    }


def test_a_purpose_is_entered_and_filed_anew_but_keeps_its_key(editor: Desk) -> None:
    entry = editor.writes("purpose.added", "consent/purpose/add/", key="letters", dpv_term="dpv:Marketing")
    assert entry.body == {"purpose": "letters", "dpv_term": "dpv:Marketing", "owner": None}
    purpose = Purpose.objects.get(key="letters")
    partner = make_partner()
    entry = editor.writes(
        "purpose.changed", f"consent/purpose/{purpose.pk}/change/", key="other", owner=str(partner.pk)
    )
    assert (entry.body["purpose"], entry.body["owner"]) == ("letters", str(partner.pk))
    purpose.refresh_from_db()
    assert (purpose.key, purpose.owner) == ("letters", partner)


@pytest.mark.parametrize(
    ("key", "words"), [("", "This field is required."), ("two words", "Enter a valid"), ("updates-0", "already exists")]
)
def test_what_is_wrong_with_a_purpose_stands_beside_the_field(editor: Desk, key: str, words: str) -> None:
    Affair()
    editor.is_told(words, "consent/purpose/add/", key=key, dpv_term="dpv:Marketing")


@pytest.mark.clause("DIS-a")
def test_a_version_is_published_with_its_words_in_both_languages_and_names_its_recipients_as_they_stand(
    editor: Desk,
) -> None:
    affair = Affair()
    typed = version_of(affair.purpose, recipients=[str(affair.partner.pk)], fields=["contact.phone", "contact.email"])
    entry = editor.writes("purpose.published", PUBLISH, **typed)
    version = PurposeVersion.objects.get(purpose=affair.purpose, version=2)
    assert (entry.body["version"], entry.body["fields"]) == (2, ["contact.email", "contact.phone"])
    assert (version.valid_days, version.countries, version.actions) == (365, ["CN"], ["share"])
    assert {text.language: text.title for text in version.texts.all()} == {"en": "News", "zh-hans": "消息"}
    assert [row.legal_name for row in version.recipients.all()] == [affair.partner.legal_name]
    page = text_of(editor.get(f"consent/purposeversion/{version.pk}/change/"))
    for words in ("News", "消息", affair.partner.legal_name, version.texts.get(language="en").sha256):
        assert words in page
    assert editor.post(f"consent/purposeversion/{version.pk}/change/", typed).status_code == 403


@pytest.mark.clause("DIS-a")
def test_the_gate_goes_by_a_new_version_at_once(editor: Desk) -> None:
    affair = Affair()
    assert affair.denied() == affair.denied(Ground.SERVICE_REQUEST) == set()
    editor.writes("purpose.published", PUBLISH, **version_of(affair.purpose, basis="law"))
    assert "basis_mismatch" in affair.denied()
    editor.writes("purpose.published", PUBLISH, **version_of(affair.service_purpose, basis="law"))
    assert affair.denied(Ground.SERVICE_REQUEST) == {"basis_mismatch"}


@pytest.mark.clause("CHG-b")
def test_what_changes_and_what_is_proposed_is_shown_before_anything_is_published(editor: Desk) -> None:
    affair = Affair()
    typed = version_of(
        affair.purpose,
        significance=None,
        fields=["contact.email", "health.allergies"],
        countries=["CN", "SG"],
        **wording("en", abroad="It goes to Singapore."),
        **wording("zh_hans", title="消息", abroad="境外。"),
    )
    answer = editor.is_told("Proposed: significant.", PUBLISH, **typed)
    page = text_of(answer)
    for words in (
        "updates-0: data that was not named before: Allergies.",
        "updates-0: accessible from more countries: Singapore.",
        "updates-0: recipients that are named no more: Partner 0.",
        "updates-0: data that is named no more: Telephone number.",
        "Nothing is published yet.",
    ):
        assert words in page
    shown = fields_of(answer)
    assert shown["base"] == ["1"]
    editor.is_told("Say why you decide otherwise.", PUBLISH, **{**typed, "significance": "editorial", "base": "1"})
    assert not Entry.objects.filter(kind="purpose.published", body__version=2).exists()
    why = {"significance": "editorial", "significance_reason": "All were told by letter.", "base": "1"}
    editor.writes("purpose.published", PUBLISH, **{**typed, **why})
    version = affair.purpose.versions.get(version=2)
    assert (version.significance, version.proposed_significance) == ("editorial", "significant")
    assert version.significance_reason == "All were told by letter."


@pytest.mark.clause("CHG-b")
def test_of_two_editors_on_one_purpose_the_second_keeps_what_was_typed_and_sees_it_against_the_newest(
    editor: Desk,
) -> None:
    affair = Affair()
    typed = version_of(affair.purpose, recipients=[str(affair.partner.pk)], base="1")
    editor.writes("purpose.published", PUBLISH, **typed)
    answer = editor.fill(PUBLISH, **typed)
    assert "Somebody published another version of this purpose meanwhile" in text_of(answer)
    shown = fields_of(answer)
    assert (shown["base"], shown["text_en_title"]) == (["2"], ["News"])
    assert "significance" not in shown or shown["significance"] == [""]
    assert affair.purpose.versions.count() == 2


@pytest.mark.clause("CHG-b")
def test_a_new_meaning_stops_what_was_allowed_from_the_moment_of_publication(editor: Desk) -> None:
    affair = Affair()
    typed = version_of(
        affair.purpose,
        recipients=[str(affair.partner.pk)],
        fields=["contact.email", "contact.phone"],
        meaning_changed="on",
    )
    editor.is_told("is significant", PUBLISH, **{**typed, "significance": "editorial"})
    editor.writes("purpose.published", PUBLISH, **typed)
    assert affair.denied() == {"consent_ended"}


def test_a_new_version_begins_with_what_the_newest_says(editor: Desk) -> None:
    affair = Affair()
    purpose = f"consent/purpose/{affair.purpose.pk}/change/"
    link = f"/en/admin/{PUBLISH}?purpose={affair.purpose.pk}"
    assert link in editor.get(purpose).content.decode()
    fields = fields_of(editor.browser.get(link))
    newest = affair.purpose.versions.get()
    assert fields["purpose"] == [str(affair.purpose.pk)]
    assert fields["fields"] == newest.fields
    assert fields["recipients"] == [str(affair.partner.pk)]
    assert fields["text_zh_hans_title"] == [newest.text("zh-hans").title]
    assert "Publish a new version" not in text_of(Desk(Role.REVIEWER, email="r@lantern.example").get(purpose))
    for nonsense in ("nothing", "00000000-0000-4000-8000-000000000000"):
        assert editor.get(PUBLISH, purpose=nonsense).status_code == 200


@pytest.mark.clause("STO-2")
def test_what_going_abroad_means_is_said_in_both_languages_where_something_goes_abroad(editor: Desk) -> None:
    typed = version_of(Affair().purpose, countries=["CN", "SG"], **wording("en", abroad="It goes to Singapore."))
    answer = editor.is_told("Say what it means that the data goes abroad: Singapore.", PUBLISH, **typed)
    assert text_of(answer).count("Say what it means") == 1
    editor.writes("purpose.published", PUBLISH, **{**typed, "text_zh_hans_abroad": "数据将传输至新加坡。"})


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("fields", None, "This field is required."),
        ("fields", ["no.such"], "Select a valid choice."),
        ("actions", None, "This field is required."),
        ("countries", None, "This field is required."),
        ("countries", ["XX"], "Select a valid choice."),
        ("valid_days", "0", "greater than or equal to 1"),
        ("text_en_summary", "", "This field is required."),
        ("text_zh_hans_title", "长" * 121, "at most 120 characters"),
    ],
)
def test_what_is_wrong_with_a_version_stands_beside_the_field_and_the_rest_is_kept(
    editor: Desk, field: str, typed: Any, words: str
) -> None:
    version = version_of(Affair().purpose)
    before = Entry.objects.latest("seq").seq
    answer = editor.fill(PUBLISH, **{**version, field: typed})
    assert answer.status_code == 200
    assert words in text_of(answer)
    kept = fields_of(answer)
    for name in ("text_en_reason", "text_zh_hans_method", "basis", "purpose"):
        assert kept[name] == [version[name]]
    assert Entry.objects.latest("seq").seq == before
