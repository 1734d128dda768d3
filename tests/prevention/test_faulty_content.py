"""A fault in a content file is one sentence that names the file, the key and what is wrong there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from security_center.foundation import content_reader
from security_center.foundation.content_reader import ContentFault, Entry
from security_center.prevention import content_loader
from security_center.prevention.content_loader import Span, Unit


class Drill(Entry):
    number: int
    after: Span = Span(5, Unit.MINUTES)
    in_class: bool = True


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("entries: {gun: {raises_to: U9}}", "raises_to: “U9” is none of U1"),
        ("entries: {gun: {}}", "gun: “raises_to” is missing"),
        (
            "entries: {gun: {raises_to: U1, words: {en: [gun], es: [pistola]}, wepon: 1}}",
            "gun: unknown key “wepon”",
        ),
        (
            "entries: {gun: {raises_to: U1, words: {en: gun, es: [pistola]}}}",
            "gun: words: en: must be a list",
        ),
        ("entries: [gun]", "must be a mapping of keys"),
        ("entries: {gun: 1, gun: 2}", "“gun” is written twice"),
        ("- gun", "must be a mapping"),
        (
            "entries: {gun: {raises_to: U1, words: {en: [gun, 9], es: [pistola]}}}",
            "gun: words: en[2]: must be a text",
        ),
        ("entries: {gun: {raises_to: U1, words: [gun]}}", "gun: words: must be a mapping"),
        ("entries: {gun: {raises_to: U1, words: {}, category: true}}", "gun: category: must be a text"),
        ("entries: {gun: {raises_to: U1, words: {en: [gun], es: [' ']}}}", "line 1: a text is blank"),
        ("entries: {gun: [], bow: {raises_to: U1}}", "gun: must be a mapping"),
    ],
)
def test_a_fault_names_the_file_and_the_key(tmp_path: Path, written: str, sentence: str) -> None:
    file = tmp_path / "words.yaml"
    file.write_text(written, encoding="utf-8")
    with pytest.raises(ContentFault, match=re.escape(sentence)) as fault:
        content_reader.build_keyed(
            content_loader.RaisingEntry, content_reader.read(file)["entries"], file.name
        )
    assert str(fault.value).startswith("words.yaml")


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"number": True}, "number: must be a whole number"),
        ({"number": "3"}, "number: must be a whole number"),
        (
            {"number": 3, "after": "5 moons"},
            "after: “5 moons” is no span such as “5 minutes” or “4 school_hours”",
        ),
        ({"number": 3, "in_class": "no"}, "in_class: must be true or false"),
    ],
)
def test_a_value_of_another_kind_is_a_fault(entry: dict[str, object], sentence: str) -> None:
    with pytest.raises(ContentFault) as fault:
        content_reader.build(Drill, entry, "drills.yaml: fire")
    assert str(fault.value) == f"drills.yaml: fire: {sentence}"


def test_a_forgotten_translation_is_a_fault() -> None:
    with pytest.raises(ContentFault, match=re.escape("x.yaml: hello: the text in “es” is missing")):
        content_reader.texts({"hello": {"en": "Hello"}}, "x.yaml")
