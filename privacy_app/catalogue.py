"""The catalogue of translations: gathered from the code and the templates, merged and compiled without GNU gettext.

A tool for development: `python -m privacy_app.catalogue` brings every catalogue up to date; what is new in it waits
for its translation. The compiled files are part of the repository, so that nobody needs a tool to run the product.
"""

import io
from collections.abc import Iterator
from pathlib import Path

import polib
from babel.messages.extract import DEFAULT_KEYWORDS, extract_python
from django.utils.translation.template import templatize

CHECKOUT = Path(__file__).resolve().parent.parent
CATALOGUES = {"zh-hans": CHECKOUT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"}

_APPS = ("privacy_app", "users", "consent", "disclosure")
_LAZY = {f"{name}_lazy": DEFAULT_KEYWORDS[name] for name in ("gettext", "ngettext", "pgettext", "npgettext")}
_KEYWORDS = {**DEFAULT_KEYWORDS, **_LAZY, "gettext_noop": None}
_HEADER = {
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Language": "zh_Hans",
    "Plural-Forms": "nplurals=1; plural=0;",
}

Key = tuple[str, str]
"""Context (empty where there is none) and message."""


def _sources() -> Iterator[tuple[Path, str]]:
    """Each file with the Python, real or made of a template, in which its messages stand."""
    for app in _APPS:
        for path in sorted((CHECKOUT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, path.read_text(encoding="utf-8")
    for path in sorted((CHECKOUT / "templates").rglob("*")):
        if path.suffix in (".html", ".txt"):
            made = templatize(path.read_text(encoding="utf-8"), origin=str(path))
            # What is left of the markup's indentation is none of Python's.
            yield path, "\n".join(line.lstrip() for line in made.splitlines())


def gathered() -> dict[Key, polib.POEntry]:
    """Every message of the product, without translation, with the files it stands in."""
    entries: dict[Key, polib.POEntry] = {}
    for path, source in _sources():
        place = (str(path.relative_to(CHECKOUT)), "")
        for _, called, found, _ in extract_python(io.BytesIO(source.encode()), _KEYWORDS, [], {"encoding": "utf-8"}):
            function = str(called)
            parts: tuple[object, ...] = found if isinstance(found, tuple) else (found,)
            words = [part for part in parts if isinstance(part, str) and part]
            if not words:
                continue
            context = words.pop(0) if function.startswith(("pgettext", "npgettext")) else ""
            plural = words[1] if function.startswith(("ngettext", "npgettext")) else ""
            entry = entries.setdefault(
                (context, words[0]), polib.POEntry(msgid=words[0], msgctxt=context or None, msgid_plural=plural)
            )
            entry.msgid_plural = entry.msgid_plural or plural
            if place not in entry.occurrences:
                entry.occurrences.append(place)
            if "%(" in words[0] and "python-format" not in entry.flags:
                entry.flags.append("python-format")
    return entries


def key_of(entry: polib.POEntry | polib.MOEntry) -> Key:
    return entry.msgctxt or "", entry.msgid


def translations_of(entry: polib.POEntry | polib.MOEntry) -> list[str]:
    """Its translation, or one for each plural form."""
    return [entry.msgstr_plural.get(0, "")] if entry.msgid_plural else [entry.msgstr]


def merged(path: Path) -> polib.POFile:
    """The catalogue with exactly the messages that there are now; translations that it has are kept."""
    known = {key_of(entry): entry for entry in polib.pofile(str(path))} if path.exists() else {}
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = _HEADER
    for key, entry in sorted(gathered().items()):
        words = translations_of(known[key])[0] if key in known else ""
        if entry.msgid_plural:
            entry.msgstr_plural = {0: words}
        else:
            entry.msgstr = words
        catalogue.append(entry)
    return catalogue


def main() -> None:
    """Bring the catalogues up to date and compile them."""
    for language, path in CATALOGUES.items():
        catalogue = merged(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue.save(str(path))
        catalogue.save_as_mofile(str(path.with_suffix(".mo")))
        waiting = sum(not all(translations_of(entry)) for entry in catalogue)
        print(f"{language}: {len(catalogue)} messages, {waiting} without translation")


if __name__ == "__main__":
    main()
