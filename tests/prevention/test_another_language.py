"""A language is data: with one more in the settings, content must have it, and a school writes in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils.translation import override
from tests.cast import Cast

from security_center.foundation import languages
from security_center.foundation.content_reader import ContentFault, Text, build, read
from security_center.prevention import queries
from security_center.prevention.beginning import words_of
from security_center.prevention.case_rules import CaseRules
from security_center.prevention.content_loader import AnonymityMode
from security_center.prevention.doctrine.kinds import BehaviorClass
from security_center.prevention.forms_plan import step_form
from security_center.prevention.models import Plan
from security_center.prevention.models.plan import default_languages


@pytest.fixture
def french(settings: LazySettings) -> None:
    settings.LANGUAGES = [*settings.LANGUAGES, ("fr", "French")]


@pytest.fixture
def draft(cast: Cast) -> Plan:
    """Content is read here, in the two languages that it has."""
    found = queries.draft_or_begun(cast.district)
    for step in ("team", "behaviors"):
        step_form(step, found, list(cast.everyone.values()))
    return found


MODE = """
key: open
name: {en: Open, es: Abierto, fr: Ouvert}
sentence: {en: We know you., es: Sabemos quién eres., fr: Nous savons qui tu es.}
who_can_know: {en: The school., es: La escuela., fr: "L'école."}
"""


def _mode(tmp_path: Path, written: str) -> AnonymityMode:
    file = tmp_path / "mode.yaml"
    file.write_text(written, encoding="utf-8")
    return build(AnonymityMode, read(file), file.name)


def test_a_text_is_shown_in_the_language_that_was_added(french: None, tmp_path: Path) -> None:
    found = _mode(tmp_path, MODE)
    with override("fr"):
        assert str(found.name) == "Ouvert"
    assert found.name.in_language("fr-CA") == "Ouvert"
    assert found.name == Text({"en": "Open", "es": "Abierto", "fr": "Ouvert"})


def test_a_text_without_the_added_language_is_refused(french: None, tmp_path: Path) -> None:
    with pytest.raises(ContentFault, match=re.escape("mode.yaml: name: the text in “fr” is missing")):
        _mode(tmp_path, MODE.replace(", fr: Ouvert", ""))


def test_a_text_in_a_language_that_is_not_offered_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentFault, match=re.escape("mode.yaml: name: unknown language “fr”")):
        _mode(tmp_path, MODE)


def test_equal_texts_are_equal_and_of_one_hash() -> None:
    one, same = Text({"en": "No", "es": "No."}), Text({"es": "No.", "en": "No"})
    assert one == same
    assert len({one, same, Text({"en": "No", "es": "Nunca"})}) == 2


@pytest.mark.parametrize(
    ("page", "code", "name"),
    [("en", "es", "Spanish"), ("es", "es", "español"), ("es", "en", "inglés"), ("en", "xx", "English")],
)
def test_a_language_is_named_as_sentences_of_the_page_name_it(page: str, code: str, name: str) -> None:
    with override(page):
        assert languages.in_a_sentence(code) == name


@pytest.mark.django_db
def test_words_from_before_the_language_was_offered_are_english_in_it(
    cast: Cast, draft: Plan, french: None
) -> None:
    plan = Plan(
        organization=cast.district,
        words={"climate": {"en": ["We greet each other."], "es": ["Nos saludamos."]}},
        own_behaviors=[{"key": "own_1", "class": "concerning", "en": "Hides", "es": "Se esconde"}],
    )
    assert words_of(plan, "climate") == {
        "en": ["We greet each other."],
        "es": ["Nos saludamos."],
        "fr": ["We greet each other."],
    }
    assert CaseRules(plan).behaviors["own_1"].label.in_language("fr") == "Hides"
    assert CaseRules(plan).behaviors["own_1"].label.in_language("es") == "Se esconde"
    assert default_languages() == ["en", "es", "fr"]


@pytest.mark.django_db
def test_the_builder_asks_for_the_words_in_each_language(cast: Cast, draft: Plan, french: None) -> None:
    form = step_form("team", draft, list(cast.everyone.values()))
    assert {"words_fr", "said_es_leader", "said_fr_leader"} <= set(form.fields)
    form = step_form("behaviors", draft, [])
    data = {name: form[name].value() for name in form.fields}
    data |= {
        "own_behaviors_0_fr": "Se cache",
        "own_behaviors_0_en": "Hides",
        "own_behaviors_0_class": BehaviorClass.CONCERNING.value,
    }
    form = step_form("behaviors", draft, [], {name: one for name, one in data.items() if one})
    assert form.is_valid(), form.errors
    (kept,) = form.values()["own_behaviors"]
    assert {code: kept[code] for code in languages.codes()} == {
        "en": "Hides",
        "es": "Hides",
        "fr": "Se cache",
    }
