"""The doctrine of judgement, management, the life of a case, the laws of the states and the starting plan as
typed values (see assessment)."""

from __future__ import annotations

from functools import cache
from string import Formatter

from security_center.foundation import languages
from security_center.foundation.content_folder import must_know
from security_center.foundation.content_reader import ContentFault, Text, build

from ..content_loader import Span, Unit
from . import DOCTRINE
from .assessment import interview_orders, team_rule_sets
from .kinds import Conclusion, DecisionStep, Evaluation, JudgementQuestion, Level, Rule, Scheme
from .kinds_of_management import (
    Blank,
    CaseState,
    PlanCategory,
    PlanOption,
    PlanSettings,
    PlanStep,
    ReviewBand,
    StartingPlan,
    StateLaw,
)

END = "end"  # of the CSTAG decision

STEPS = 8

MINUTES_TO_ADOPT = 15


# --- judgement
# -------------------------------------------------------------------------------------------------------


@cache
def judgement_question() -> JudgementQuestion:
    """The one question that the team answers, and what it is not."""
    name = "conclusions.yaml"
    keys = {
        "question": "question",
        "not_questions": "not_questions",
        "source": "question_source",
        "mark": "question_mark",
    }
    return build(JudgementQuestion, {field: DOCTRINE.part(name, key) for field, key in keys.items()}, name)


@cache
def notice_parties() -> dict[str, Text]:
    """Who may have to be told of a case."""
    return DOCTRINE.labels("conclusions.yaml", "notice_parties")


@cache
def conclusions() -> dict[str, Conclusion]:
    found = DOCTRINE.keyed(Conclusion, "conclusions.yaml", "conclusions")
    for one in found.values():
        must_know(
            one.plan_categories,
            plan_categories(),
            f"conclusions.yaml: conclusions: {one.key}: plan_categories",
            "plan_options.yaml",
        )
        must_know(
            one.notices,
            notice_parties(),
            f"conclusions.yaml: conclusions: {one.key}: notices",
            "notice_parties",
        )
    return found


@cache
def schemes() -> dict[str, Scheme]:
    """ntac (words only), cstag, dcjs, florida."""
    found = DOCTRINE.keyed(Scheme, "schemes.yaml", "schemes")
    for scheme in found.values():
        where = f"schemes.yaml: schemes: {scheme.key}"
        if scheme.narrative == bool(scheme.levels):
            raise ContentFault(f"{where}: has either levels or narrative: true")
        must_know(
            [scheme.in_doubt] if scheme.in_doubt else [], scheme.levels, f"{where}: in_doubt", "its levels"
        )
    return found


@cache
def levels() -> dict[str, Level]:
    """Every level by its name "scheme.level"."""
    return {
        f"{scheme.key}.{key}": level for scheme in schemes().values() for key, level in scheme.levels.items()
    }


@cache
def evaluations() -> dict[str, Evaluation]:
    """What a very serious threat asks for before the plan goes to work."""
    found = DOCTRINE.keyed(Evaluation, "schemes.yaml", "evaluations")
    for name, level in levels().items():
        must_know(level.evaluations, found, f"schemes.yaml: schemes: {name}: evaluations", "evaluations")
    return found


@cache
def cstag_steps() -> dict[str, DecisionStep]:
    found = DOCTRINE.keyed(DecisionStep, "schemes.yaml", "cstag_steps")
    for step in found.values():
        for key, answer in step.answers.items():
            where = f"schemes.yaml: cstag_steps: {step.key}: {key}"
            must_know((answer.next,), {END, *found}, f"{where}: next", "cstag_steps")
            must_know(
                [answer.level] if answer.level else [],
                schemes()["cstag"].levels,
                f"{where}: level",
                "the levels of cstag",
            )
    return found


# --- step 6: management and closure
# ----------------------------------------------------------------------------------


@cache
def plan_categories() -> dict[str, PlanCategory]:
    return DOCTRINE.keyed(PlanCategory, "plan_options.yaml", "categories")


@cache
def plan_options() -> dict[str, PlanOption]:
    """Every option by its name "category.option"."""
    return {
        f"{category.key}.{key}": option
        for category in plan_categories().values()
        for key, option in category.options.items()
    }


@cache
def review_bands() -> dict[str, ReviewBand]:
    found = DOCTRINE.keyed(ReviewBand, "review_intervals.yaml", "bands")
    placed: dict[str, str] = {}
    for band in found.values():
        where = f"review_intervals.yaml: bands: {band.key}"
        must_know(band.levels, levels(), f"{where}: levels", "schemes.yaml")
        must_know(band.conclusions, conclusions(), f"{where}: conclusions", "conclusions.yaml")
        for one in (*band.levels, *band.conclusions):
            if one in placed:
                raise ContentFault(f"{where}: “{one}” is in band “{placed[one]}” too")
            placed[one] = band.key
    return found


def review_band(*, scheme: str, level: str = "", conclusion: str = "") -> ReviewBand | None:
    """The band of a level of a scheme; without a level (the narrative scheme), of the conclusion. None: no
    review is set (it is unfounded)."""
    name = f"{scheme}.{level}" if level else conclusion
    return next((band for band in review_bands().values() if name in (*band.levels, *band.conclusions)), None)


def first_review_days(scheme: str, level: str = "", conclusion: str = "") -> int:
    """After how many days the first review is due; where no band is named, as soon as the soonest of them."""
    band = review_band(scheme=scheme, level=level, conclusion=conclusion)
    return band.first_days if band is not None else min(one.first_days for one in review_bands().values())


@cache
def review_rules() -> dict[str, Rule]:
    return DOCTRINE.nested(Rule, "review_intervals.yaml", "rules")


# --- the life of a case
# ----------------------------------------------------------------------------------------------


def longest_hold() -> int:
    """School days for which a case may wait at most."""
    span = lifecycle()["on_hold"].clocks["longest"].span
    if span is None or span.unit is not Unit.SCHOOL_DAYS:
        raise ContentFault("lifecycle.yaml: states: on_hold: clocks: longest: needs a span in school days")
    return span.amount


def handoff_answer_span() -> Span:
    """How long a receiving school may take to answer."""
    span = lifecycle()["handoff"].clocks["answer"].span
    if span is None:
        raise ContentFault("lifecycle.yaml: states: handoff: clocks: answer: needs a span")
    return span


@cache
def lifecycle() -> dict[str, CaseState]:
    """The states with entry, clocks, exit gates and allowed next states."""
    found = DOCTRINE.keyed(CaseState, "lifecycle.yaml", "states")
    for state in found.values():
        where = f"lifecycle.yaml: states: {state.key}"
        must_know(state.next, found, f"{where}: next", "states")
        if not state.next:
            raise ContentFault(f"{where}: next: a state that nothing leaves would lock a case in")
        for key, clock in state.clocks.items():
            if (clock.span is None) is not clock.same_school_day:
                raise ContentFault(f"{where}: clocks: {key}: needs either a span or same_school_day: true")
    return found


# --- privacy, states, equity, failures
# -------------------------------------------------------------------------------


@cache
def verify_note() -> Text:
    return DOCTRINE.one_text("states.yaml", "verify_note")


@cache
def state_laws() -> dict[str, StateLaw]:
    """By two-letter code."""
    found = DOCTRINE.keyed(StateLaw, "states.yaml", "states")
    for law in found.values():
        where = f"states.yaml: states: {law.key}"
        must_know(
            [law.team_rules] if law.team_rules else [],
            team_rule_sets(),
            f"{where}: team_rules",
            "team_rules.yaml",
        )
        must_know([law.scheme] if law.scheme else [], schemes(), f"{where}: scheme", "schemes.yaml")
    return found


# --- the plan a school starts with
# -----------------------------------------------------------------------------------


def _blanks_of(text: str) -> set[str]:
    return {name for _before, name, _format, _conversion in Formatter().parse(text) if name is not None}


@cache
def starting_plan() -> StartingPlan:
    """A plan in eight steps that a school adopts in fifteen minutes. `{key}` in a text stands for a blank."""
    name = "starting_plan.yaml"
    found = StartingPlan(
        title=DOCTRINE.one_text(name, "title"),
        intro=DOCTRINE.one_text(name, "intro"),
        blanks=DOCTRINE.nested(Blank, name, "blanks"),
        settings=DOCTRINE.entry(PlanSettings, name, "settings"),
        steps=DOCTRINE.keyed(PlanStep, name, "steps"),
    )
    if [step.number for step in found.steps.values()] != list(range(1, STEPS + 1)):
        raise ContentFault(f"starting_plan.yaml: steps: must be numbered 1 to {STEPS}, in order")
    if sum(step.minutes for step in found.steps.values()) > MINUTES_TO_ADOPT:
        raise ContentFault(f"starting_plan.yaml: steps: the minutes add up to more than {MINUTES_TO_ADOPT}")
    for text in (found.title, found.intro, *(line for step in found.steps.values() for line in step.text)):
        english = text[languages.fallback()]
        for code in languages.others():
            if _blanks_of(text[code]) != _blanks_of(english):
                raise ContentFault(f"starting_plan.yaml: “{english[:40]}…” has other blanks in “{code}”")
        must_know(sorted(_blanks_of(english)), found.blanks, "starting_plan.yaml", "blanks")
    must_know(
        (found.settings.team_rules,),
        team_rule_sets(),
        "starting_plan.yaml: settings: team_rules",
        "team_rules.yaml",
    )
    must_know((found.settings.scheme,), schemes(), "starting_plan.yaml: settings: scheme", "schemes.yaml")
    must_know(
        (found.settings.interview_order,),
        interview_orders(),
        "starting_plan.yaml: settings: interview_order",
        "interview_orders.yaml",
    )
    return found
