"""Every sentence of docs/threat-model.md stands in threat_model.yaml, either with the tests that hold it or
with why none does."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import yaml
from tests.house.tree import REPOSITORY, none

PAGE = (REPOSITORY / "docs" / "threat-model.md").read_text(encoding="utf-8")
HELD: list[dict[str, Any]] = yaml.safe_load(
    (REPOSITORY / "tests" / "house" / "threat_model.yaml").read_text(encoding="utf-8")
)
MARK = "°"
MARKED = {"people", "outside"}
# A limit is what an attacker gets or what is not protected: it promises nothing.
KINDS = {*MARKED, "explanation", "advice", "limit"}
ITEM = re.compile(r"^(?:- |\d+\. )")
TOPIC = re.compile(r"^\*\*[^*]+\.\*\* ")
BETWEEN_SENTENCES = re.compile(r"(?<=[.!?°])(?:\*|\*\*|\))? +(?=[A-Z*`(\[“])")


def blocks(page: str) -> Iterator[str]:
    """Paragraphs, items of lists and cells of tables, each on one line. Headings say nothing, nor do a
    table's head and the first cell of a row."""
    block: list[str] = []
    in_table = False
    for line in [*page.splitlines(), ""]:
        is_row = line.startswith("|")
        if block and (is_row or not line.strip() or line.startswith("#") or ITEM.match(line)):
            yield " ".join(block)
            block = []
        if is_row and in_table and not set(line) <= set("|-"):
            yield from (cell.strip() for cell in line.strip("|").split(" | ")[1:] if cell.strip("| "))
        elif not is_row and line.strip() and not line.startswith("#"):
            block.append(ITEM.sub("", line).strip())
        in_table = is_row


def sentences(page: str) -> list[str]:
    return [part.strip() for block in blocks(page) for part in BETWEEN_SENTENCES.split(TOPIC.sub("", block))]


def plain(sentence: str) -> str:
    return sentence.removesuffix(MARK)


@cache
def functions(path: str) -> dict[str, ast.FunctionDef]:
    tree = ast.parse((REPOSITORY / path).read_text(encoding="utf-8"))
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def tries_something(function: ast.FunctionDef) -> bool:
    """It asserts, expects an exception, or hands over to a function that may: more than a name and a sentence
    about it."""
    return any(
        isinstance(node, ast.Assert | ast.With)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call))
        for node in ast.walk(function)
    )


@pytest.mark.parametrize(
    ("page", "found"),
    [
        (
            "# Title.\n\nOne line\ngoes on. Another (`a.b`). *Third*, e.g. this.",
            ["One line goes on.", "Another (`a.b`).", "*Third*, e.g. this."],
        ),
        ("- **A topic.** It is.\n- Else\n  so.°\n", ["It is.", "Else so.°"]),
        (
            "| what | who |\n|---|---|\n| **A thief.** | Gets it. Not that | |\n\nEnd.",
            ["Gets it.", "Not that", "End."],
        ),
    ],
)
def test_a_page_is_taken_apart_into_its_sentences(page: str, found: list[str]) -> None:
    assert sentences(page) == found


def test_every_sentence_stands_once_in_the_table_and_every_row_on_the_page() -> None:
    on_page, in_table = Counter(map(plain, sentences(PAGE))), Counter(row["sentence"] for row in HELD)
    none(
        [
            *(f"not in threat_model.yaml: {one}" for one in on_page if one not in in_table),
            *(f"not on the page: {one}" for one in in_table if one not in on_page),
            *(f"more than once: {one}" for one, times in (on_page | in_table).items() if times > 1),
        ]
    )


def test_every_row_names_tests_or_says_why_there_are_none() -> None:
    none(
        [
            row["sentence"]
            for row in HELD
            if not ({"sentence", "tests"} == set(row) and row["tests"]) and row.get("about") not in KINDS
        ]
    )


def test_every_test_that_is_named_is_there_and_tries_something() -> None:
    named = sorted({test for row in HELD for test in row.get("tests", [])})
    found = []
    for test in named:
        path, _, name = test.partition("::")
        function = functions(path).get(name) if (REPOSITORY / path).is_file() else None
        if not name.startswith("test_") or function is None:
            found.append(f"{test} is not there")
        elif not tries_something(function):
            found.append(f"{test} tries nothing")
    none(found)


def test_sentences_about_people_and_the_world_carry_the_mark_and_no_others() -> None:
    about = {row["sentence"]: row.get("about") for row in HELD}
    none([one for one in sentences(PAGE) if one.endswith(MARK) is not (about.get(plain(one)) in MARKED)])
