"""The doctrine as data: complete, in both languages, each rule with its source and how sure we are of it.
What the plan chooses from stands in `prevention` and the rest here; what holds for every rule is asked of
both."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import security_center
from security_center.case_records import content_loader as privacy
from security_center.foundation.content_reader import ContentFault, Entry, Text
from security_center.prevention.doctrine import DOCTRINE
from security_center.prevention.doctrine import assessment as chosen_assessment
from security_center.prevention.doctrine import management as chosen_management
from security_center.prevention.doctrine.kinds import Mark
from security_center.student_transfers import content_loader as transfers
from security_center.team_meetings import content_loader as meetings
from security_center.threat_assessment import content_assessment as assessment
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment import content_management as management
from security_center.threat_assessment import content_paths as paths
from security_center.threat_assessment.content_files import CONTENT
from security_center.threat_assessment.gates import GATES, close_reasons

SHELVES = (DOCTRINE, CONTENT, privacy.CONTENT, transfers.CONTENT, meetings.CONTENT)
FILES = sorted(file for shelf in SHELVES for file in shelf.folder.glob("*.yaml"))
LOADERS: dict[str, Callable[[], Any]] = {
    f"{module.__name__.rsplit('.', 1)[-1]}.{name}": value
    for module in (
        chosen_assessment,
        chosen_management,
        assessment,
        management,
        paths,
        privacy,
        transfers,
        meetings,
    )
    for name, value in vars(module).items()
    if hasattr(value, "cache_clear") and value.__module__ == module.__name__ and not name.startswith("_")
}


def forget() -> None:
    for one in (*LOADERS.values(), assessment._themes_file):
        one.cache_clear()  # type: ignore[attr-defined]
    for shelf in SHELVES:
        shelf.files.clear()


# The doctrine's own lists, written out here so that no edit of a file changes them unseen.
THEMES = (
    "motive communications inappropriate_interests weapons_access stressors emotional_developmental "
    "desperation_despair violence_as_option "
    "concerned_others capacity planning consistency protective_factors"
)

PROMPTS_PER_THEME = [6, 7, 5, 6, 5, 5, 4, 4, 5, 4, 5, 4, 6]

MANDATORY = (
    "motive.grievance communications.exact_words communications.audience communications.suicide "
    "weapons_access.home_firearm weapons_access.storage "
    "weapons_access.parent_asked stressors.bullying emotional_developmental.link "
    "emotional_developmental.iep504 desperation_despair.self_harm "
    "concerned_others.who concerned_others.safety planning.steps planning.target "
    "consistency.accounts protective_factors.trusted_adult"
)


def values(found: Any, where: str) -> Iterator[tuple[str, Any]]:
    """Every value in `found`, however deep, with the place where it stands."""
    yield where, found
    if isinstance(found, dict):
        for key, value in found.items():
            yield from values(value, f"{where}: {key}")
    elif isinstance(found, tuple):
        for number, value in enumerate(found, start=1):
            yield from values(value, f"{where}[{number}]")
    elif isinstance(found, Entry):
        for name in found.__struct_fields__:
            yield from values(getattr(found, name), f"{where}: {name}")


def everything() -> Iterator[tuple[str, Any]]:
    for name, load in LOADERS.items():
        yield from values(load(), name)


@pytest.mark.parametrize("name", LOADERS)
def test_every_part_loads_and_holds_something(name: str) -> None:
    assert LOADERS[name]()


def test_every_file_is_read_by_a_loader() -> None:
    forget()
    for load in LOADERS.values():
        load()
    assert set().union(*(shelf.files for shelf in SHELVES)) == {file.name for file in FILES}


def test_every_part_is_reached_from_one_module() -> None:
    for name in (one for one in LOADERS if not one.startswith("content_loader.")):
        assert getattr(doctrine, name.partition(".")[2]) is LOADERS[name]


def test_each_file_explains_its_schema_at_its_head() -> None:
    for file in FILES:
        head = file.read_text(encoding="utf-8").split("\n\n")[0]
        assert "# Schema" in head, file.name


# --- what is said of every rule
# --------------------------------------------------------------------------------------


def test_every_rule_has_a_source_and_a_mark() -> None:
    found = 0
    for where, value in everything():
        for source, mark in (
            ("source", "mark"),
            ("clock_source", "clock_mark"),
            ("audit_source", "audit_mark"),
        ):
            if hasattr(value, mark):
                found += 1
                assert isinstance(getattr(value, mark), Mark), where
                assert getattr(value, source).strip(), where
    assert found > 300


def test_nothing_of_our_own_design_is_said_to_be_confirmed() -> None:
    for where, value in everything():
        if hasattr(value, "mark") and value.source.startswith("Our"):
            assert value.mark is Mark.OURS, where


def test_what_is_unconfirmed_or_ours_never_counts_as_confirmed() -> None:
    for where, value in everything():
        if hasattr(value, "confirmed"):
            assert value.confirmed is (value.mark is Mark.CONFIRMED), where
    marked = {value.mark for _where, value in everything() if hasattr(value, "mark")}
    assert marked == set(Mark)


def test_the_rules_that_the_doctrine_has_not_confirmed_are_marked_so() -> None:
    unsure = {rule.number for rule in management.privacy_rules().values() if rule.mark is Mark.UNCONFIRMED}
    assert unsure == {"10.1", "10.2", "10.3", "10.7", "10.8", "10.9", "10.12", "10.14", "10.15"}
    assert doctrine.schemes()["dcjs"].levels["low"].mark is Mark.UNCONFIRMED
    assert doctrine.schemes()["ntac"].mark is Mark.UNCONFIRMED
    assert doctrine.state_laws()["TX"].rules["serious_risk"].mark is Mark.UNCONFIRMED
    assert management.equity_rules()["both_ends"].mark is Mark.UNCONFIRMED


# --- languages
# -------------------------------------------------------------------------------------------------------


def texts_in_files(found: Any, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(found, dict):
        if "en" in found or "es" in found:
            yield where, found
            return
        for key, value in found.items():
            yield from texts_in_files(value, f"{where}: {key}")
    elif isinstance(found, list):
        for number, value in enumerate(found, start=1):
            yield from texts_in_files(value, f"{where}[{number}]")


def test_every_text_has_both_languages() -> None:
    found = 0
    for file in FILES:
        for where, text in texts_in_files(yaml.safe_load(file.read_text(encoding="utf-8")), file.name):
            found += 1
            assert set(text) == {"en", "es"}, where
            assert text["en"].strip(), where
            assert text["es"].strip(), where
    assert found > 500


def test_a_sentence_in_one_language_is_a_sentence_in_the_other() -> None:
    for where, value in everything():
        if isinstance(value, Text):
            assert value["en"].endswith("?") == value["es"].endswith("?"), where
            assert value["en"].endswith(".") == value["es"].endswith("."), where
            assert value["es"].count("¿") == value["es"].count("?"), where


def test_spanish_speaks_to_people_with_usted() -> None:
    familiar = re.compile(r"\b(tú|tus?|te|ti|contigo|puedes|tienes|debes|quieres|sabes|haz)\b", re.IGNORECASE)
    for where, value in everything():
        if isinstance(value, Text):
            assert not familiar.search(value["es"]), where


# --- step 5
# ----------------------------------------------------------------------------------------------------------


def test_there_are_thirteen_themes_in_the_guides_order() -> None:
    assert list(assessment.themes()) == THEMES.split()
    assert [len(theme.prompts) for theme in assessment.themes().values()] == PROMPTS_PER_THEME
    assert {theme.mark for theme in assessment.themes().values()} == {Mark.CONFIRMED}


def test_the_mandatory_prompts_are_exactly_the_doctrines() -> None:
    assert list(assessment.mandatory_prompts()) == MANDATORY.split()


def test_the_prompts_are_our_words_and_never_shown_as_the_guides() -> None:
    assert {prompt.mark for prompt in assessment.prompts().values()} == {Mark.OURS}


def test_exact_words_never_take_the_text_of_a_report() -> None:
    assert "number, never its text" in assessment.prompts()["communications.exact_words"].text["en"]


def test_a_finding_is_one_of_four_answers() -> None:
    assert list(assessment.finding_labels()) == ["yes", "no", "unclear", "not_asked"]


# --- what a faulty file gets
# -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "old", "new", "load", "sentence"),
    [
        (
            "close_reasons.yaml",
            "gates: *short",
            "gates: [no_such_gate]",
            close_reasons,
            "“no_such_gate” is not in gates",
        ),
        (
            "lifecycle.yaml",
            "next: [reopened]",
            "next: [nowhere]",
            doctrine.lifecycle,
            "“nowhere” is not in states",
        ),
        (
            "behaviors.yaml",
            "mark: ours",
            "mark: certain",
            doctrine.behavior_classes,
            "“certain” is none of confirmed, unconfirmed, ours",
        ),
        (
            "behaviors.yaml",
            "le: always",
            "le: perhaps",
            doctrine.behaviors,
            "“perhaps” is none of always, rule, no",
        ),
        (
            "team_rules.yaml",
            "roles: [counselor]",
            "roles: [wizard]",
            doctrine.expertise,
            "“wizard” is none of reader",
        ),
        (
            "themes.yaml",
            "mandatory: true",
            "mandatory: often",
            assessment.themes,
            "mandatory: must be true or false",
        ),
        (
            "sources.yaml",
            "gate: voluntary",
            "gate: none_such",
            doctrine.sources,
            "“none_such” is not in gates",
        ),
        (
            "starting_plan.yaml",
            "minutes: 3",
            "minutes: 30",
            doctrine.starting_plan,
            "the minutes add up to more than 15",
        ),
    ],
)
def test_a_faulty_file_is_refused_with_its_name_and_key(
    name: str,
    old: str,
    new: str,
    load: Callable[[], Any],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shelf = next(one for one in SHELVES if (one.folder / name).is_file())
    original = (shelf.folder / name).read_text(encoding="utf-8")
    assert old in original
    for file in shelf.folder.glob("*.yaml"):
        (tmp_path / file.name).write_text(
            original.replace(old, new, 1) if file.name == name else file.read_text(encoding="utf-8"),
            encoding="utf-8",
        )
    monkeypatch.setattr(shelf, "folder", tmp_path)
    forget()
    try:
        with pytest.raises(ContentFault) as fault:
            load()
    finally:
        forget()
    assert str(fault.value).startswith(name)
    assert sentence in str(fault.value)


FULL_GATES = "signed mandatory_prompts actions_settled reviewed no_unseen_reports notices closure_quorum"

METRICS = (
    "ref_rate_ratio src_mix class_dist excl_days le_ref_rate support_rate mdr_done iep_present "
    "time_to_close reopen_rate young_child"
)


# --- step 6
# ----------------------------------------------------------------------------------------------------------


def test_every_gate_of_a_close_reason_exists() -> None:
    reasons = management.close_reasons().values()
    used = {gate for reason in reasons for gate in (*reason.gates, *reason.transient_gates)}
    assert used <= set(GATES)


def test_close_reasons_ask_for_the_gates_that_the_doctrine_names() -> None:
    found = management.close_reasons()
    for key in ("unfounded", "false_report", "duplicate_merged"):
        assert found[key].gates == ("two_to_close", "written_reasons"), key
    for key in ("resolved_no_threat", "resolved_support_in_place", "managed_to_baseline"):
        assert found[key].gates == tuple(FULL_GATES.split()), key
    assert found["transferred_with_handoff"].gates == (*FULL_GATES.split(), "handoff_acknowledged")
    assert [one.key for one in found.values() if one.transient_gates] == ["resolved_no_threat"]


def test_what_closes_nothing_answers_with_its_sentence() -> None:
    for reason in management.never_close_reasons().values():
        assert str(reason) == reason.sentence["en"]


def test_leaving_discipline_and_police_close_nothing() -> None:
    assert list(management.never_close_reasons()) == ["student_left", "disciplined", "referred_to_police"]


# --- privacy, states, equity, failures
# -------------------------------------------------------------------------------


def test_the_privacy_rules_are_numbered_10_1_to_10_16() -> None:
    assert [rule.number for rule in management.privacy_rules().values()] == [
        f"10.{number}" for number in range(1, 17)
    ]


def test_equity_has_the_doctrines_metrics_and_hides_fewer_than_ten() -> None:
    assert list(management.equity_metrics()) == METRICS.split()
    assert management.equity_rules()["suppression"].numbers == {"fewest": 10}


def test_the_failures_are_f1_to_f14() -> None:
    assert list(management.failures()) == [f"F{number}" for number in range(1, 15)]


def test_what_a_team_concludes_is_not_called_in_spanish_what_a_court_does() -> None:
    catalogue = (Path(security_center.__file__).parent / "locale/es/LC_MESSAGES/django.po").read_text(
        encoding="utf-8"
    )
    for text in (catalogue, *(file.read_text(encoding="utf-8") for file in FILES)):
        assert not re.search(r"\b(juicio|sentencia)\b", text, re.IGNORECASE)
