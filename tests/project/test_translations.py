"""Every string a person reads must reach the catalogue, else Spanish readers meet English in the middle of a
page about an emergency."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

import polib
import pytest
from django.template import Context, Template
from django.utils import translation
from pytest_django import Settings

from security_center.project import translations
from security_center.project.translations import (
    CannotExtract,
    Message,
    messages_in_python,
    messages_in_template,
)


def in_python(source: str) -> list[Message]:
    return [message for message, _line in messages_in_python(source, "room.py")]


def in_template(source: str) -> list[Message]:
    return [message for message, _line in messages_in_template(source, "page.html")]


def test_every_way_of_marking_in_python_is_found() -> None:
    source = """
from django.utils.translation import gettext_lazy as _, gettext, ngettext, pgettext, npgettext_lazy
from django.utils import translation
from pytest_django import Settings
a = _("a lazy one")
b = gettext("a long one "
            "in two parts")
c = ngettext("%(count)s report", "%(count)s reports", 2)
d = pgettext("verb", "File")
e = npgettext_lazy("noun", "file", "files", 3)
f = translation.gettext("through the module")
"""
    assert sorted(in_python(source)) == sorted(
        [
            Message("", "a lazy one"),
            Message("", "a long one in two parts"),
            Message("", "%(count)s report", "%(count)s reports"),
            Message("verb", "File"),
            Message("noun", "file", "files"),
            Message("", "through the module"),
        ]
    )


def test_an_underscore_that_is_not_gettext_marks_nothing() -> None:
    assert in_python('_ = print\n_("not marked")\nfor _ in (): pass\n') == []


def test_a_marked_f_string_is_refused_with_its_place() -> None:
    with pytest.raises(CannotExtract, match=r"room.py:2: .*f-string"):
        in_python('from django.utils.translation import gettext as _\n_(f"hello {name}")\n')


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ('{% translate "Plain | with a bar" %}', Message("", "Plain | with a bar")),
        ("{% translate 'Single' as label %}", Message("", "Single")),
        ('{% translate "Open" context "verb" %}', Message("verb", "Open")),
        ('{% translate "Upper"|upper %}', Message("", "Upper")),
        ('{% translate "100% sure" %}', Message("", "100%% sure")),
        ("{% blocktranslate %}Hello {{ name }}{% endblocktranslate %}", Message("", "Hello %(name)s")),
        (
            (
                "{% blocktranslate trimmed with n=x|length %}\n  One line\n  and {{ n }}\n{% "
                "endblocktranslate %}"
            ),
            Message("", "One line and %(n)s"),
        ),
        (
            "{% blocktranslate count n=x %}{{ n }} day{% plural %}{{ n }} days{% endblocktranslate %}",
            Message("", "%(n)s day", "%(n)s days"),
        ),
        ('{% blocktranslate trimmed context "clock" %}late{% endblocktranslate %}', Message("clock", "late")),
        ('{% include "web/components/alert.html" with text=_("An alert") %}', Message("", "An alert")),
        ('{{ _("In an expression")|upper }}', Message("", "In an expression")),
    ],
)
def test_every_way_of_marking_in_a_template_is_found(source: str, wanted: Message) -> None:
    assert in_template(source) == [wanted]


def test_a_variable_and_a_comment_mark_nothing() -> None:
    assert (
        in_template('{% translate title %}{# _("no") #}{% comment %}{% translate "no" %}{% endcomment %}')
        == []
    )


def test_a_tag_inside_a_blocktranslate_is_refused() -> None:
    with pytest.raises(CannotExtract, match=r"page.html:1: .*if late"):
        in_template("{% blocktranslate %}{% if late %}late{% endif %}{% endblocktranslate %}")


def test_django_looks_up_exactly_what_was_extracted(tmp_path: Path, settings: Settings) -> None:
    """The extraction imitates Django's own rules for blanks and percent signs; this shows the two agree."""
    pages = [
        '{% load i18n %}{% translate "100% sure" %}',
        "{% load i18n %}{% blocktranslate trimmed %}\n   About {{ n }}\n   of 100%\n{% endblocktranslate %}",
        (
            "{% load i18n %}{% blocktranslate count n=n %}{{ n }} day{% plural %}{{ n }} days{% "
            "endblocktranslate %}"
        ),
        '{% load i18n %}{% translate "Open" context "verb" %}',
    ]
    book = translations._read(tmp_path / "absent.po", "es")
    translations.merge(
        book, {message: [("page.html", "")] for page in pages for message in in_template(page)}
    )
    for entry in book:
        entry.msgstr = "" if entry.msgid_plural else f"«{entry.msgid}»"
        entry.msgstr_plural = (
            {0: f"«{entry.msgid}»", 1: f"«{entry.msgid_plural}»"} if entry.msgid_plural else {}
        )
    target = tmp_path / "es" / "LC_MESSAGES" / "django.mo"
    target.parent.mkdir(parents=True)
    book.save_as_mofile(str(target))
    settings.LOCALE_PATHS = [tmp_path]
    from django.utils.translation import trans_real

    trans_real._translations = {}
    try:
        with translation.override("es"):
            shown = [Template(page).render(Context({"n": 5})).strip() for page in pages]
    finally:
        trans_real._translations = {}
    assert shown == ["«100% sure»", "«About 5 of 100%»", "«5 days»", "«Open»"]


def catalogue(*entries: polib.POEntry) -> polib.POFile:
    book = polib.POFile()
    for entry in entries:
        book.append(entry)
    return book


def test_merging_keeps_translations_adds_what_is_new_and_drops_what_nobody_uses() -> None:
    book = catalogue(
        polib.POEntry(msgid="Kept", msgstr="Conservado"), polib.POEntry(msgid="Gone", msgstr="Ido")
    )
    assert translations.merge(
        book, {Message("", "Kept"): [("a.py", "")], Message("", "New"): [("b.py", "")]}
    ) == (1, 1)
    assert {entry.msgid: entry.msgstr for entry in book} == {"Kept": "Conservado", "New": ""}


def test_a_string_that_was_given_a_plural_keeps_its_translation_for_a_person_to_look_at() -> None:
    book = catalogue(polib.POEntry(msgid="%(n)s day", msgstr="%(n)s día"))
    translations.merge(book, {Message("", "%(n)s day", "%(n)s days"): [("a.py", "")]})
    (entry,) = book
    assert entry.fuzzy
    assert entry.msgstr_plural == {0: "%(n)s día", 1: ""}


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        (polib.POEntry(msgid="Hello", msgstr=""), "not translated"),
        (polib.POEntry(msgid="Hello", msgstr="Hola", flags=["fuzzy"]), "fuzzy"),
        (polib.POEntry(msgid="Hello %(name)s", msgstr="Hola"), "placeholders"),
        (polib.POEntry(msgid="Hello %(name)s", msgstr="Hola %(nombre)s"), "placeholders"),
        (
            polib.POEntry(
                msgid="%(n)s day", msgid_plural="%(n)s days", msgstr_plural={0: "%(n)s día", 1: ""}
            ),
            "not translated",
        ),
    ],
)
def test_a_faulty_translation_is_named(entry: polib.POEntry, fault: str) -> None:
    (sentence,) = translations._faults_of(entry)
    assert fault in sentence


def test_a_singular_may_leave_its_number_out() -> None:
    entry = polib.POEntry(
        msgid="%(n)s day", msgid_plural="%(n)s days", msgstr_plural={0: "un día", 1: "%(n)s días"}
    )
    assert list(translations._faults_of(entry)) == []


def test_a_stale_catalogue_is_compiled_once_and_a_changed_one_again(
    tmp_path: Path, settings: Settings
) -> None:
    settings.LOCALE_SOURCES = tmp_path / "tree"
    source = translations.catalogue_path("es")
    source.parent.mkdir(parents=True)
    catalogue(polib.POEntry(msgid="Hello", msgstr="Hola")).save(str(source))
    target = tmp_path / "data"
    (compiled,) = translations.compile_stale(target)
    with compiled.open("rb") as handle:
        assert gettext.GNUTranslations(handle).gettext("Hello") == "Hola"
    assert translations.compile_stale(target) == []
    os.utime(source, (1, 1))  # an older file came with another version of the code
    assert translations.compile_stale(target) == [compiled]
