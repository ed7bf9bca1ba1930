"""Both languages are complete: every message is translated, and the compiled files are those of the catalogues."""

import re
from pathlib import Path

import polib
import pytest
from django.test import Client

from privacy_app.catalogue import CATALOGUES, CHECKOUT, gathered, key_of, translations_of

_PLACEHOLDER = re.compile(r"%\([a-z_0-9]+\)[sd]|%[sd]")
_TAG = re.compile(r"</?[a-z][^>]*>")

catalogue = pytest.mark.parametrize("path", CATALOGUES.values(), ids=CATALOGUES.keys())


@catalogue
def test_the_catalogue_holds_exactly_the_messages_of_the_product(path: Path) -> None:
    """Run script/messages after changing a message."""
    assert {key_of(entry) for entry in polib.pofile(str(path))} == set(gathered())


@catalogue
def test_every_message_is_translated(path: Path) -> None:
    untranslated = [entry.msgid for entry in polib.pofile(str(path)) if not all(translations_of(entry)) or entry.fuzzy]
    assert untranslated == []


@catalogue
def test_a_translation_holds_what_its_message_holds(path: Path) -> None:
    """The same values to fill in, and the same markup around them. A plural form may leave out the number's twin."""
    differing = []
    for entry in polib.pofile(str(path)):
        wanted = entry.msgid_plural or entry.msgid
        for words in translations_of(entry):
            same_values = sorted(set(_PLACEHOLDER.findall(words))) == sorted(set(_PLACEHOLDER.findall(wanted)))
            if not same_values or sorted(_TAG.findall(words)) != sorted(_TAG.findall(wanted)):
                differing.append(entry.msgid)
    assert differing == []


@catalogue
def test_the_compiled_file_is_that_of_the_catalogue(path: Path) -> None:
    compiled = polib.mofile(str(path.with_suffix(".mo")))
    assert {key_of(entry): translations_of(entry) for entry in compiled} == {
        key_of(entry): translations_of(entry) for entry in polib.pofile(str(path))
    }


def test_no_template_shows_words_that_are_not_marked_for_translation() -> None:
    """Whatever text is left of a template once its tags, its markup and its marked words are taken away."""
    unmarked = {}
    for path in sorted((CHECKOUT / "templates").rglob("*.html")):
        if path == CHECKOUT / "templates" / "api" / "docs.html":  # in English alone, like the schema that it shows
            continue
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"(?s){% comment %}.*?{% endcomment %}|{#.*?#}", " ", text)
        text = re.sub(r"{% block \w*(?:class|attributes) %}.*?{% endblock %}", " ", text)
        text = re.sub(r"(?s){% blocktranslate.*?{% endblocktranslate %}", " ", text)
        text = re.sub(r"(?s)<(script|style).*?</\1>", " ", text)
        text = re.sub(r"(?s){%.*?%}|{{.*?}}|<[^>]*>|&[a-z]+;", " ", text)
        if left := re.findall(r"[A-Za-z]{2,}[A-Za-z ,.]*", text):
            unmarked[str(path.relative_to(CHECKOUT))] = left
    assert unmarked == {}


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["", "policy/", "agreement/", "account/login/", "account/signup/"])
def test_public_pages_speak_chinese(address: str) -> None:
    answer = Client().get(f"/zh-hans/{address}")
    assert answer.status_code == 200
    digest = r'<p class="mono">.*?</p>'
    words = re.sub(rf"(?s){digest}|<head>.*?</head>|<script.*?</script>|<[^>]*>", " ", answer.content.decode())
    latin = set(re.findall(r"[A-Za-z]{4,}", words))
    assert len(re.findall(r"[\u4e00-\u9fff]", words)) > 40
    names = {"Argon", "Cookie", "English", "Global", "JavaScript", "Privacy", "Control"}
    assert latin <= names | {"privacy", "lantern", "example"}
