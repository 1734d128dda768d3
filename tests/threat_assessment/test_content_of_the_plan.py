"""The doctrine as data, second half: plan and closure, the life of a case, privacy, states, equity, the starting plan."""

from __future__ import annotations

from security_center.threat_assessment import content_management as management

# The doctrine's own lists, written out here so that no edit of a file changes them unseen.
FULL_GATES = "signed mandatory_prompts actions_settled reviewed no_unseen_reports notices closure_quorum"
METRICS = "ref_rate_ratio src_mix class_dist excl_days le_ref_rate support_rate mdr_done iep_present time_to_close reopen_rate young_child"


# --- step 6 ----------------------------------------------------------------------------------------------------------


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
    assert {key for key, one in options.items() if one.needs_trained_owner} == {"stop_imminent.bag_locker_search", "less_prone_situation.search_plan"}
    assert {key for key, one in options.items() if one.daily_confirmation} == {
        "stop_imminent.bag_locker_search",
        "less_prone_situation.search_plan",
        "protect_targets.supervised_transitions",
        "protect_targets.escort",
        "less_prone_situation.supervision_check_in",
    }
    assert management.plan_rules().alternates_for_search == 2


def test_every_gate_of_a_close_reason_exists_and_every_gate_is_used() -> None:
    reasons = management.close_reasons().values()
    used = {gate for reason in reasons for gate in (*reason.gates, *reason.transient_gates)}
    assert used == set(management.close_gates())


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
        assert str(reason) == reason.sentence.en


def test_leaving_discipline_and_police_close_nothing() -> None:
    assert list(management.never_close_reasons()) == ["student_left", "disciplined", "referred_to_police"]


def test_every_level_has_a_review_or_says_that_there_is_no_threat() -> None:
    without = {name for name in management.levels() if management.review_band(scheme=name.partition(".")[0], level=name.partition(".")[2]) is None}
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


# --- the life of a case ----------------------------------------------------------------------------------------------


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
        f"{state.key}.{key}": "same_school_day" if clock.span is None else f"{clock.span.amount} {clock.span.unit.value}"
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
    }


# --- privacy, states, equity, failures -------------------------------------------------------------------------------


def test_the_privacy_rules_are_numbered_10_1_to_10_16() -> None:
    assert [rule.number for rule in management.privacy_rules().values()] == [f"10.{number}" for number in range(1, 17)]


def test_the_seven_states_start_with_what_their_law_asks() -> None:
    laws = management.state_laws()
    assert list(laws) == ["VA", "FL", "TX", "GA", "PA", "CO", "TN"]
    assert {key: law.team_rules for key, law in laws.items() if law.team_rules} == {"VA": "virginia", "FL": "florida", "TX": "texas"}


def test_equity_has_the_doctrines_metrics_and_hides_fewer_than_ten() -> None:
    assert list(management.equity_metrics()) == METRICS.split()
    assert management.equity_rules()["suppression"].numbers == {"fewest": 10}


def test_the_failures_are_f1_to_f14() -> None:
    assert list(management.failures()) == [f"F{number}" for number in range(1, 15)]


# --- the starting plan -----------------------------------------------------------------------------------------------


def test_the_starting_plan_has_the_eight_steps_and_takes_fifteen_minutes() -> None:
    plan = management.starting_plan()
    assert list(plan.steps) == ["team", "behaviors", "reporting", "le_threshold", "procedures", "risk_management", "climate", "training"]
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
