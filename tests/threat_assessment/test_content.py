"""The doctrine as data: complete, in both languages, each rule with its source and how sure we are of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from security_center.foundation.organizations.models import Role
from security_center.prevention.content_reader import ContentFault, Text
from security_center.threat_assessment import content_assessment as assessment
from security_center.threat_assessment import content_files, content_loader
from security_center.threat_assessment import content_management as management
from security_center.threat_assessment.content_kinds import BehaviorClass, Mark, TellLawEnforcement

FILES = sorted((Path(content_files.__file__).parent / "content").glob("*.yaml"))
LOADERS: dict[str, Callable[[], Any]] = {
    f"{module.__name__.rsplit('.', 1)[-1]}.{name}": value
    for module in (assessment, management)
    for name, value in vars(module).items()
    if hasattr(value, "cache_clear") and value.__module__ == module.__name__ and not name.startswith("_")
}

# The doctrine's own lists, written out here so that no edit of a file changes them unseen.
PROHIBITED = (
    "threat_direct threat_conditional threat_veiled violent_act weapon_campus explosive_incendiary bomb_threat bullying_harassment stalking "
    "sexual_violence dating_violence hate_motivated"
)
CONCERNING = (
    "attack_planning weapon_seeking attacker_interest violent_content grievance_fixation suicidal_statement self_injury "
    "hopelessness performance_drop absenteeism withdrawal sudden_change substance_use erratic_depressive anger_outburst "
    "blaming_confrontational animal_cruelty property_destruction"
)
ALWAYS_LE = "weapon_campus explosive_incendiary bomb_threat sexual_violence attack_planning abuse_neglect"
NEVER_LE = (
    "bullying_harassment attacker_interest violent_content grievance_fixation self_injury hopelessness performance_drop absenteeism withdrawal "
    "sudden_change substance_use erratic_depressive anger_outburst blaming_confrontational animal_cruelty"
)
URGENT = "attack_planning weapon_seeking suicidal_statement hopelessness"
CLOCKS = {
    "le_imminent": 0,
    "le_attack_thinking": 15,
    "le_weapon_access": 30,
    "le_physical_violence": 30,
    "le_target_at_risk": 30,
    "le_suicide_acute": 0,
    "le_consult": 240,
}
THEMES = (
    "motive communications inappropriate_interests weapons_access stressors emotional_developmental desperation_despair violence_as_option "
    "concerned_others capacity planning consistency protective_factors"
)
PROMPTS_PER_THEME = [6, 7, 5, 6, 5, 5, 4, 4, 5, 4, 5, 4, 6]
MANDATORY = (
    "motive.grievance communications.exact_words communications.audience communications.suicide weapons_access.home_firearm weapons_access.storage "
    "weapons_access.parent_asked stressors.bullying emotional_developmental.link emotional_developmental.iep504 desperation_despair.self_harm "
    "concerned_others.who concerned_others.safety planning.steps planning.target consistency.accounts protective_factors.trusted_adult"
)
SOURCES = (
    "reporter witness target student_of_concern teacher_current teacher_past coach counselor nurse bus_driver cafeteria_custodial "
    "sro friend classmate partner sibling parent_guardian employer neighbor faith_leader community_program prior_school "
    "rec_academic rec_attendance rec_discipline rec_prior_btam rec_prior_tips rec_iep504 rec_assignments rec_locker_desk "
    "rec_device_account rec_public_online rec_le_contacts rec_court_juvenile rec_mental_health rec_child_welfare lethal_means_home"
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
    elif is_dataclass(found) and not isinstance(found, (type, Text)):
        for field in fields(found):
            yield from values(getattr(found, field.name), f"{where}: {field.name}")


def everything() -> Iterator[tuple[str, Any]]:
    for name, load in LOADERS.items():
        yield from values(load(), name)


@pytest.mark.parametrize("name", LOADERS)
def test_every_part_loads_and_holds_something(name: str) -> None:
    assert LOADERS[name]()


def test_every_file_is_read_by_a_loader(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: set[str] = set()
    original = content_files.read

    def noticing(file: Path) -> dict[str, Any]:
        opened.add(file.name)
        return original(file)

    monkeypatch.setattr(content_files, "read", noticing)
    content_files.whole.cache_clear()
    for load in (*LOADERS.values(), assessment._themes_file):
        load.cache_clear()  # type: ignore[attr-defined]
    for load in LOADERS.values():
        load()
    assert opened == {file.name for file in FILES}


def test_every_part_is_reached_from_one_module() -> None:
    for name in LOADERS:
        assert getattr(content_loader, name.partition(".")[2]) is LOADERS[name]


def test_each_file_explains_its_schema_at_its_head() -> None:
    for file in FILES:
        head = file.read_text(encoding="utf-8").split("\n\n")[0]
        assert "# Schema" in head, file.name


# --- what is said of every rule --------------------------------------------------------------------------------------


def test_every_rule_has_a_source_and_a_mark() -> None:
    found = 0
    for where, value in everything():
        for source, mark in (("source", "mark"), ("clock_source", "clock_mark"), ("audit_source", "audit_mark")):
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
    assert management.schemes()["dcjs"].levels["low"].mark is Mark.UNCONFIRMED
    assert management.schemes()["ntac"].mark is Mark.UNCONFIRMED
    assert management.state_laws()["TX"].rules["serious_risk"].mark is Mark.UNCONFIRMED
    assert management.equity_rules()["both_ends"].mark is Mark.UNCONFIRMED


def test_the_clocks_of_the_threshold_are_our_design_whatever_the_condition_is() -> None:
    assert {row.clock_mark for row in assessment.thresholds().values()} == {Mark.OURS}


# --- languages -------------------------------------------------------------------------------------------------------


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
            assert value.en.endswith("?") == value.es.endswith("?"), where
            assert value.en.endswith(".") == value.es.endswith("."), where
            assert value.es.count("¿") == value.es.count("?"), where


def test_spanish_speaks_to_people_with_usted() -> None:
    familiar = re.compile(r"\b(tú|tus?|te|ti|contigo|puedes|tienes|debes|quieres|sabes|haz)\b", re.IGNORECASE)
    for where, value in everything():
        if isinstance(value, Text):
            assert not familiar.search(value.es), where


# --- step 2 and step 4 -----------------------------------------------------------------------------------------------


def test_the_behaviors_are_the_doctrines_in_its_order() -> None:
    assert list(assessment.behaviors()) == [*PROHIBITED.split(), *CONCERNING.split(), "abuse_neglect"]
    for key, behavior in assessment.behaviors().items():
        wanted = BehaviorClass.PROHIBITED if key in PROHIBITED.split() else BehaviorClass.CONCERNING
        assert behavior.behavior_class is (BehaviorClass.PROTECTIVE if key == "abuse_neglect" else wanted), key


def test_urgency_and_law_enforcement_of_each_behavior_are_the_doctrines() -> None:
    found = assessment.behaviors().values()
    assert {one.key for one in found if one.urgent} == set(URGENT.split())
    assert {one.key for one in found if one.le is TellLawEnforcement.ALWAYS} == set(ALWAYS_LE.split())
    assert {one.key for one in found if one.le is TellLawEnforcement.NO} == set(NEVER_LE.split())
    assert {one.key for one in found if one.child_protection_first} == {"abuse_neglect"}


def test_the_threshold_has_its_seven_rows_with_their_clocks() -> None:
    assert {row.key: row.clock_minutes for row in assessment.thresholds().values()} == CLOCKS
    assert "call_911" in assessment.thresholds()["le_imminent"].actions
    assert list(assessment.law_enforcement_rules()) == list("abcde")


# --- step 1 ----------------------------------------------------------------------------------------------------------


def test_there_are_five_rule_sets_and_texas_asks_for_nine_kinds_of_expertise() -> None:
    assert list(assessment.team_rule_sets()) == ["ntac", "virginia", "florida", "texas", "illinois"]
    assert {key: len(one.required) for key, one in assessment.team_rule_sets().items()} == {
        "ntac": 6,
        "virginia": 5,
        "florida": 5,
        "texas": 9,
        "illinois": 6,
    }
    florida = assessment.team_rule_sets()["florida"]
    assert florida.chair_not_principal
    assert florida.review_tiers == ("principal", "district")


def test_no_auditor_and_no_administrator_of_the_system_counts_on_a_team() -> None:
    for one in assessment.expertise().values():
        assert one.roles, one.key
        assert not {Role.AUDITOR, Role.ADMINISTRATOR} & set(one.roles), one.key


# --- step 5 ----------------------------------------------------------------------------------------------------------


def test_there_are_thirteen_themes_in_the_guides_order() -> None:
    assert list(assessment.themes()) == THEMES.split()
    assert [len(theme.prompts) for theme in assessment.themes().values()] == PROMPTS_PER_THEME
    assert {theme.mark for theme in assessment.themes().values()} == {Mark.CONFIRMED}


def test_the_mandatory_prompts_are_exactly_the_doctrines() -> None:
    assert list(assessment.mandatory_prompts()) == MANDATORY.split()


def test_the_prompts_are_our_words_and_never_shown_as_the_guides() -> None:
    assert {prompt.mark for prompt in assessment.prompts().values()} == {Mark.OURS}


def test_exact_words_never_take_the_text_of_a_report() -> None:
    assert "number, never its text" in assessment.prompts()["communications.exact_words"].text.en


def test_a_finding_is_one_of_four_answers() -> None:
    assert list(assessment.finding_labels()) == ["yes", "no", "unclear", "not_asked"]


def test_the_sources_are_the_doctrines_and_weapons_at_home_are_always_asked() -> None:
    assert list(assessment.sources()) == SOURCES.split()
    assert [one.key for one in assessment.sources().values() if one.always] == ["lethal_means_home"]
    assert assessment.source_kinds_needed() == 3


def test_records_are_read_before_the_student_is_heard_unless_the_profile_is_cstag() -> None:
    ntac, cstag = (list(assessment.interview_orders()[key].steps) for key in ("ntac", "cstag"))
    assert len(ntac) == 8
    assert ntac.index("records") < ntac.index("student")
    assert cstag[0] == "student"


def test_each_profile_reaches_every_source() -> None:
    for order in assessment.interview_orders().values():
        reached = [source for step in order.steps.values() for source in step.sources]
        assert sorted(reached) == sorted(SOURCES.split()), order.key


# --- judgement -------------------------------------------------------------------------------------------------------


def test_there_are_five_conclusions_and_only_no_concern_may_close() -> None:
    found = management.conclusions()
    assert list(found) == ["attack_thinking", "escalating_unclear", "self_harm_primary", "needs_support", "no_concern"]
    assert [one.key for one in found.values() if one.may_close] == ["no_concern"]
    assert [one.key for one in found.values() if one.law_enforcement] == ["attack_thinking"]
    assert len(found["attack_thinking"].plan_categories) == 5
    assert found["escalating_unclear"].reconvene_school_days == 2


def test_the_schemes_have_the_doctrines_levels() -> None:
    assert {key: list(one.levels) for key, one in management.schemes().items()} == {
        "ntac": [],
        "cstag": ["not_a_threat", "transient", "substantive_serious", "substantive_very_serious"],
        "dcjs": ["low", "moderate", "high", "imminent"],
        "florida": ["low", "medium", "high", "unfounded"],
    }


def test_when_in_doubt_cstag_is_substantive_and_each_path_ends() -> None:
    steps = management.cstag_steps()
    assert management.schemes()["cstag"].in_doubt == "substantive_serious"
    assert [step.number for step in steps.values()] == [1, 2, 3, 4, 5]

    def levels_reached(key: str, level: str) -> Iterator[str]:
        if key == management.END:
            yield level
            return
        for answer in steps[key].answers.values():
            yield from levels_reached(answer.next, answer.level or level)

    assert sorted(levels_reached("evaluate", "")) == sorted(management.schemes()["cstag"].levels)


# --- what a faulty file gets -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "old", "new", "load", "sentence"),
    [
        ("close_reasons.yaml", "gates: *short", "gates: [no_such_gate]", management.close_reasons, "“no_such_gate” is not in gates"),
        ("lifecycle.yaml", "next: [reopened]", "next: [nowhere]", management.lifecycle, "“nowhere” is not in states"),
        ("behaviors.yaml", "mark: ours", "mark: certain", assessment.behavior_classes, "“certain” is none of confirmed, unconfirmed, ours"),
        ("behaviors.yaml", "le: always", "le: perhaps", assessment.behaviors, "“perhaps” is none of always, rule, no"),
        ("team_rules.yaml", "roles: [counselor]", "roles: [wizard]", assessment.expertise, "“wizard” is none of reader"),
        ("themes.yaml", "mandatory: true", "mandatory: often", assessment.themes, "mandatory: must be true or false"),
        ("sources.yaml", "gate: voluntary", "gate: none_such", assessment.sources, "“none_such” is not in gates"),
        ("starting_plan.yaml", "minutes: 3", "minutes: 30", management.starting_plan, "the minutes add up to more than 15"),
    ],
)
def test_a_faulty_file_is_refused_with_its_name_and_key(
    name: str, old: str, new: str, load: Callable[[], Any], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = (content_files.FOLDER / name).read_text(encoding="utf-8")
    assert old in original
    for file in FILES:
        (tmp_path / file.name).write_text(original.replace(old, new, 1) if file.name == name else file.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(content_files, "FOLDER", tmp_path)

    def forget() -> None:
        content_files.whole.cache_clear()
        for one in (*LOADERS.values(), assessment._themes_file):
            one.cache_clear()  # type: ignore[attr-defined]

    forget()
    try:
        with pytest.raises(ContentFault) as fault:
            load()
    finally:
        forget()
    assert str(fault.value).startswith(name)
    assert sentence in str(fault.value)
