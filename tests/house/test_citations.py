"""Doctrine that the tree cites is in docs/doctrine/: each citation leads to a place that is there, and each
place to a source."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from tests.house.tree import REPOSITORY, none, text_of, tracked_files

from security_center.project import documented
from simex.measures import MEASURES

DIGESTS = REPOSITORY / "docs" / "doctrine"
# A heading of a digest, or the first cell of a row; rules of one list may be told apart by a letter.
PLACE = r"(?:[A-Z]\d{1,2}|\d{1,2}(?:\.\d{1,2})?[a-e]?)(?![\w.]\w)\b"
CITATION = re.compile(
    rf"(?<![\w/`.-])([a-z][a-z-]*)\.md (?:section )?({PLACE}(?:(?:, | and | to )(?:section )?{PLACE})*)"
)
SECTION = re.compile(rf"^##+ ({PLACE})", re.MULTILINE)
ROW = re.compile(rf"^\| ({PLACE}) \|", re.MULTILINE)
# In the engine's files a number alone in brackets is a place of simex.md.
OF_THE_ENGINE = re.compile(r"(?<=[a-z,\"”] )\(([1-9]\.\d)\)")
NUMBER = re.compile(r"^ +number: \"(\d+\.\d+)\"", re.MULTILINE)
# What looks as if it cited doctrine once the citations are taken out. Sections of other people's standards
# are named with the standard.
OTHERWISE = {
    "a section of nobody": re.compile(r"(?<!RFC \d{4}, )(?<!Vorbis I, )\bsections? \d(?!04)", re.IGNORECASE),
    "cut in two by the end of a line": re.compile(rf"\b[a-z-]+\.md\n[\s#]*{PLACE}(?=[\s,;:.)])"),
    "doctrine with a number": re.compile(r"\bdoctrine\b[^.\n]{0,20}[^.\n\w-](?:\d|[RFP]\d)", re.IGNORECASE),
    "the doctrine says": re.compile(
        r"\bdoctrine,? (?:says|asks|has|wants|demands|requires|forbids|names|gives|allows|permits)\b",
        re.IGNORECASE,
    ),
    "a failure without its digest": re.compile(
        r"(?<![\w./\"“{|-])(?<!^\| )(?:[RF](?:1\d|[1-9])|P[1-9])\b(?!\w|:$| \|)", re.MULTILINE
    ),
    "a bare number": re.compile(
        (
            r"(?<=[a-z,] )\((?:[3-9]|1\d)\.\d{1,2}(?:(?:, | and )\d{1,2}\.\d{1,2})*\)(?=[.,;:]? "
            r"[A-Za-z]|\.?\"\"\"|\.$)"
        ),
        re.MULTILINE,
    ),
}
IN_SIMEX = [
    OTHERWISE[kind] for kind in ("a section of nobody", "doctrine with a number", "the doctrine says")
]


@cache
def digests() -> dict[str, str]:
    return {
        path.stem: path.read_text(encoding="utf-8")
        for path in sorted(DIGESTS.glob("*.md"))
        if path.name != "README.md"
    }


@cache
def places(digest: str) -> frozenset[str]:
    return frozenset([*SECTION.findall(digests()[digest]), *ROW.findall(digests()[digest])])


@cache
def texts() -> dict[str, str]:
    """What may cite: code, content, pages. Not this file, which has to say what a citation looks like."""
    kinds = {".py", ".yaml", ".toml", ".md", ".html"}
    return {
        path.relative_to(REPOSITORY).as_posix(): text
        for path in tracked_files()
        if path.suffix in kinds and path != Path(__file__).resolve() and (text := text_of(path)) is not None
    }


def wrong_citations(text: str) -> list[str]:
    """What of a text is a citation and leads nowhere."""
    found = []
    for match in CITATION.finditer(text):
        missing = (
            [place for place in re.findall(PLACE, match[2]) if place not in places(match[1])]
            if match[1] in digests()
            else [match[2]]
        )
        found += [f"{match[1]}.md has no {place}" for place in missing]
    return found


def other_forms(text: str) -> list[str]:
    """What of a text cites doctrine in another form than the one of docs/doctrine/README.md."""
    left = CITATION.sub("", text)
    return [
        f"{kind}: {left[max(0, match.start() - 30) : match.end() + 30]!r}"
        for kind, form in OTHERWISE.items()
        for match in form.finditer(left)
    ]


def test_each_citation_leads_to_a_place_of_a_digest() -> None:
    assert sum(len(CITATION.findall(text)) for text in texts().values()) > 200, "the form is that of the tree"
    none([f"{place}: {fault}" for place, text in texts().items() for fault in wrong_citations(text)])


def test_doctrine_is_cited_in_one_form() -> None:
    apart = ("docs/doctrine/", "src/simex/", "tests/simex/", "docs/simex/")
    none(
        [
            f"{place}: {fault}"
            for place, text in texts().items()
            if not place.startswith(apart)
            for fault in other_forms(text)
        ]
    )


def test_the_simulation_cites_its_digests_by_their_names_or_by_a_number_alone() -> None:
    """Its measures and tests have codes of their own (M5, V1, F3). A number alone is kept: files of the
    engine decide which runs are of one."""
    found = []
    for place, text in texts().items():
        if place.startswith(("src/simex/", "tests/simex/", "docs/simex/")):
            found += [
                f"{place}: {form.search(CITATION.sub('', text))}"
                for form in IN_SIMEX
                if form.search(CITATION.sub("", text))
            ]
        if place.startswith("src/simex/") and place.endswith(".py"):
            found += [
                f"{place}: simex.md has no {number}"
                for number in OF_THE_ENGINE.findall(text)
                if number not in places("simex")
            ]
    none(found)


def test_each_measure_of_the_simulation_is_a_place_of_its_digest() -> None:
    assert {measure.code for measure in MEASURES} <= places("simex")


def test_each_rule_and_failure_that_has_a_number_of_the_doctrine_is_a_place_of_its_digest() -> None:
    numbers = {
        number
        for place, text in texts().items()
        if place.endswith("privacy.yaml")
        for number in NUMBER.findall(text)
    }
    failures = {f"F{number}" for number in documented.tests_of_failures("f")}
    assert numbers
    assert numbers | failures <= places("threat-assessment")
    assert {f"R{number}" for number in documented.FAILURES} <= places("reporting")


@pytest.mark.parametrize("digest", sorted(digests()))
def test_each_section_of_a_digest_names_its_source(digest: str) -> None:
    parts = re.split(r"^##+ (.+)$", digests()[digest], flags=re.MULTILINE)[1:]
    assert parts
    sections = zip(parts[::2], parts[1::2], strict=True)
    none(
        [
            heading
            for heading, body in sections
            if body.strip() and not re.search(r"^Source: \w", body, re.MULTILINE)
        ]
    )


@pytest.mark.parametrize("digest", sorted(digests()))
def test_no_place_of_a_digest_is_there_twice(digest: str) -> None:
    found = [*SECTION.findall(digests()[digest]), *ROW.findall(digests()[digest])]
    none(sorted({place for place in found if found.count(place) > 1}))


@pytest.mark.parametrize(
    "text",
    [
        "reporting.md 99",
        "reporting.md 8.3, R77",
        "(threat-assessment.md F15: nobody)",
        "physical-security.md 8.5",
        "simex.md section 44",
    ],
)
def test_a_citation_that_leads_nowhere_is_found(text: str) -> None:
    assert wrong_citations(text)


@pytest.mark.parametrize(
    "text",
    [
        "as the doctrine says",
        "the doctrine asks for two",
        "(reporting doctrine, section 8 rule 3)",
        "section 11 of the reporting doctrine",
        "doctrine 6.1",
        "# is its own (threat-assessment.md\n    # 10.5): no export takes it",
        "doctrine R12",
        "need to know (section 10)",
        "it was closed before (F3)",
        "failure R6: the wrong student",
        "# --- F10: too many days",
        '"""What others were told (10.2, 10.7)."""',
    ],
)
def test_another_form_of_citing_is_found(text: str) -> None:
    assert other_forms(text)


@pytest.mark.parametrize(
    "text",
    [
        "RFC 7845, section 5.2",
        "Va. Code § 22.1-79.4",
        "section 504",
        "reporting.md 8.3 and R3",
        "the doctrine's rules",
    ],
)
def test_what_cites_others_is_left_alone(text: str) -> None:
    assert not other_forms(text) + wrong_citations(text)
