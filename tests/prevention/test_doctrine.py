"""What the plan chooses from: complete, and the doctrine's own. (That each rule names its source, its mark
and both languages is held by tests/threat_assessment/test_content.py for the whole doctrine.)"""

from __future__ import annotations

from collections.abc import Iterator

from security_center.foundation.organizations.models import Role
from security_center.prevention.doctrine import assessment, management
from security_center.prevention.doctrine.kinds import BehaviorClass, Mark, TellLawEnforcement

# The doctrine's own lists, written out here so that no edit of a file changes them unseen.
PROHIBITED = (
    "threat_direct threat_conditional threat_veiled violent_act weapon_campus explosive_incendiary "
    "bomb_threat bullying_harassment stalking "
    "sexual_violence dating_violence hate_motivated"
)

CONCERNING = (
    "attack_planning weapon_seeking attacker_interest violent_content grievance_fixation "
    "suicidal_statement self_injury "
    "hopelessness performance_drop absenteeism withdrawal sudden_change substance_use "
    "erratic_depressive anger_outburst "
    "blaming_confrontational animal_cruelty property_destruction"
)

ALWAYS_LE = "weapon_campus explosive_incendiary bomb_threat sexual_violence attack_planning abuse_neglect"

NEVER_LE = (
    "bullying_harassment attacker_interest violent_content grievance_fixation self_injury "
    "hopelessness performance_drop absenteeism withdrawal "
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

SOURCES = (
    "reporter witness target student_of_concern teacher_current teacher_past coach counselor nurse "
    "bus_driver cafeteria_custodial "
    "sro friend classmate partner sibling parent_guardian employer neighbor faith_leader "
    "community_program prior_school "
    "rec_academic rec_attendance rec_discipline rec_prior_btam rec_prior_tips rec_iep504 "
    "rec_assignments rec_locker_desk "
    "rec_device_account rec_public_online rec_le_contacts rec_court_juvenile rec_mental_health "
    "rec_child_welfare lethal_means_home"
)


# --- what is said of every rule
# --------------------------------------------------------------------------------------


def test_the_clocks_of_the_threshold_are_our_design_whatever_the_condition_is() -> None:
    assert {row.clock_mark for row in assessment.thresholds().values()} == {Mark.OURS}


# --- step 2 and step 4
# -----------------------------------------------------------------------------------------------


def test_the_behaviors_are_the_doctrines_in_its_order() -> None:
    assert list(assessment.behaviors()) == [*PROHIBITED.split(), *CONCERNING.split(), "abuse_neglect"]
    for key, behavior in assessment.behaviors().items():
        wanted = BehaviorClass.PROHIBITED if key in PROHIBITED.split() else BehaviorClass.CONCERNING
        assert behavior.behavior_class is (BehaviorClass.PROTECTIVE if key == "abuse_neglect" else wanted), (
            key
        )


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


# --- step 1
# ----------------------------------------------------------------------------------------------------------


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


# --- step 5
# ----------------------------------------------------------------------------------------------------------


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


# --- judgement
# -------------------------------------------------------------------------------------------------------


def test_there_are_five_conclusions_and_only_no_concern_may_close() -> None:
    found = management.conclusions()
    assert list(found) == [
        "attack_thinking",
        "escalating_unclear",
        "self_harm_primary",
        "needs_support",
        "no_concern",
    ]
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


# --- step 6
# ----------------------------------------------------------------------------------------------------------


def test_there_are_eight_categories_of_options() -> None:
    assert list(management.plan_categories()) == [
        "stop_imminent",
        "protect_targets",
        "less_prone_situation",
        "redirect_motive",
        "reduce_stressors",
        "monitor",
        "reentry",
        "community_notice",
    ]
    assert [len(one.options) for one in management.plan_categories().values()] == [7, 9, 8, 7, 10, 6, 4, 3]


def test_each_search_is_confirmed_daily_by_a_trained_owner() -> None:
    options = management.plan_options()
    assert {key for key, one in options.items() if one.needs_trained_owner} == {
        "stop_imminent.bag_locker_search",
        "less_prone_situation.search_plan",
    }
    assert {key for key, one in options.items() if one.daily_confirmation} == {
        "stop_imminent.bag_locker_search",
        "less_prone_situation.search_plan",
        "protect_targets.supervised_transitions",
        "protect_targets.escort",
        "less_prone_situation.supervision_check_in",
    }


def test_every_level_has_a_review_or_says_that_there_is_no_threat() -> None:
    without = {
        name
        for name in management.levels()
        if management.review_band(scheme=name.partition(".")[0], level=name.partition(".")[2]) is None
    }
    assert without == {"cstag.not_a_threat", "florida.unfounded"}
    assert {key: (one.first_days, one.then_days) for key, one in management.review_bands().items()} == {
        "high": (7, 30),
        "moderate": (14, 30),
        "low": (30, 0),
    }


def test_the_first_review_is_soonest_where_no_level_is_named() -> None:
    assert management.first_review_days("dcjs", "moderate") == 14
    assert management.first_review_days("ntac", conclusion="no_concern") == 30
    assert management.first_review_days("ntac") == 7


def test_in_the_scheme_of_words_the_conclusion_sets_the_review() -> None:
    for key in management.conclusions():
        assert management.review_band(scheme="ntac", conclusion=key) is not None, key


# --- the life of a case
# ----------------------------------------------------------------------------------------------


def test_the_target_of_every_transition_exists() -> None:
    states = management.lifecycle()
    for state in states.values():
        for target in state.next:
            assert target in states, f"{state.key} to {target}"


def test_every_state_is_reached_from_intake_and_every_state_can_come_to_closure() -> None:
    states = management.lifecycle()

    def reached_from(start: str) -> set[str]:
        seen, waiting = {start}, [start]
        while waiting:
            for target in states[waiting.pop()].next:
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)
        return seen

    assert reached_from("intake") == set(states)
    for key in states:
        assert "closed" in reached_from(key), key


def test_danger_now_hold_and_handoff_are_open_from_every_open_state() -> None:
    aside = {"on_hold", "handoff", "handoff_acknowledged"}
    for state in management.lifecycle().values():
        if not state.over and state.key not in aside:
            assert {"on_hold", "handoff"} <= set(state.next), state.key
            assert state.key == "imminent_response" or "imminent_response" in state.next, state.key
        if state.returns:
            returnable = {one.key for one in management.lifecycle().values() if state.key in one.next}
            assert returnable <= set(state.next), state.key


def test_only_a_report_of_something_new_leads_out_of_a_closed_case() -> None:
    for state in management.lifecycle().values():
        if state.over:
            assert state.next == ("reopened",), state.key


def test_the_clocks_of_the_states_are_the_doctrines() -> None:
    spoken = {
        f"{state.key}.{key}": "same_school_day"
        if clock.span is None
        else f"{clock.span.amount} {clock.span.unit.value}"
        for state in management.lifecycle().values()
        for key, clock in state.clocks.items()
    }
    assert spoken == {
        "intake.acknowledge_life_safety": "15 minutes",
        "intake.acknowledge_other": "4 school_hours",
        "screening.same_day": "same_school_day",
        "imminent_response.now": "0 minutes",
        "assessing.start": "24 hours",
        "classified.judge": "2 school_days",
        "managing.plan": "1 school_days",
        "on_hold.longest": "5 school_days",
        "handoff.send": "3 school_days",
        "handoff.answer": "1 school_days",
    }


# --- privacy, states, equity, failures
# -------------------------------------------------------------------------------


def test_the_seven_states_start_with_what_their_law_asks() -> None:
    laws = management.state_laws()
    assert list(laws) == ["VA", "FL", "TX", "GA", "PA", "CO", "TN"]
    assert {key: law.team_rules for key, law in laws.items() if law.team_rules} == {
        "VA": "virginia",
        "FL": "florida",
        "TX": "texas",
    }


# --- the starting plan
# -----------------------------------------------------------------------------------------------


def test_the_starting_plan_has_the_eight_steps_and_takes_fifteen_minutes() -> None:
    plan = management.starting_plan()
    assert list(plan.steps) == [
        "team",
        "behaviors",
        "reporting",
        "le_threshold",
        "procedures",
        "risk_management",
        "climate",
        "training",
    ]
    assert sum(step.minutes for step in plan.steps.values()) <= 15


def test_the_starting_plan_reads_whole_once_its_blanks_are_filled() -> None:
    plan = management.starting_plan()
    for language in ("en", "es"):
        filled = {key: blank.example.in_language(language) for key, blank in plan.blanks.items()}
        written = [plan.title, plan.intro, *(line for step in plan.steps.values() for line in step.text)]
        spoken = " ".join(text.formatted(language, **filled) for text in written)
        assert "{" not in spoken
        for example in filled.values():
            assert example in spoken, example
