"""The doctrine of team, behaviors, law-enforcement threshold, sources and the order of interviews as typed
values, read once from content/.

A fault in a file raises `ContentFault`, which names the file and the key. What one file says of another (a
gate, a role, a level) is checked here, so that a wrong key is found at the start and not in the middle of
somebody's case."""

from __future__ import annotations

from functools import cache

from security_center.foundation.content_folder import must_know, must_match
from security_center.foundation.content_reader import ContentFault, Text

from . import DOCTRINE
from .kinds import (
    Behavior,
    BehaviorClass,
    BehaviorClassWords,
    Cadence,
    Expertise,
    InformationSource,
    InterviewOrder,
    Mark,
    MarkWords,
    Rule,
    SourceGate,
    TeamRuleSet,
    TellLawEnforcement,
    ThresholdRow,
    TrainingKept,
    TrainingKind,
    Work,
)

# --- how sure we are
# -------------------------------------------------------------------------------------------------


@cache
def marks() -> dict[Mark, MarkWords]:
    """What each mark is called and means, for the people who read a rule."""
    found = DOCTRINE.nested(MarkWords, "marks.yaml", "marks")
    must_match(found, set(Mark), "marks.yaml: marks")
    return {Mark(key): words for key, words in found.items()}


@cache
def marks_note() -> Text:
    return DOCTRINE.one_text("marks.yaml", "note")


@cache
def works() -> dict[str, Work]:
    """The publications that sources name, by their short name."""
    return DOCTRINE.nested(Work, "marks.yaml", "works")


# --- step 2: behaviors; step 4: law enforcement
# ----------------------------------------------------------------------


@cache
def behaviors() -> dict[str, Behavior]:
    found = DOCTRINE.keyed(Behavior, "behaviors.yaml", "behaviors")
    for behavior in found.values():
        if behavior.urgent and behavior.behavior_class is not BehaviorClass.CONCERNING:
            raise ContentFault(
                f"behaviors.yaml: behaviors: {behavior.key}: only a concerning behavior is marked urgent"
            )
    return found


@cache
def behavior_classes() -> dict[BehaviorClass, BehaviorClassWords]:
    found = DOCTRINE.nested(BehaviorClassWords, "behaviors.yaml", "classes")
    must_match(found, set(BehaviorClass), "behaviors.yaml: classes")
    return {BehaviorClass(key): words for key, words in found.items()}


@cache
def law_enforcement_words() -> dict[TellLawEnforcement, Text]:
    """What always, rule and no mean beside a behavior."""
    found = DOCTRINE.labels("behaviors.yaml", "le")
    must_match(found, set(TellLawEnforcement), "behaviors.yaml: le")
    return {TellLawEnforcement(key): words for key, words in found.items()}


@cache
def law_enforcement_actions() -> dict[str, Text]:
    return DOCTRINE.labels("le_threshold.yaml", "actions")


@cache
def thresholds() -> dict[str, ThresholdRow]:
    """The seven rows, most urgent first. Which row applies is a person's decision."""
    found = DOCTRINE.keyed(ThresholdRow, "le_threshold.yaml", "threshold")
    for row in found.values():
        where = f"le_threshold.yaml: threshold: {row.key}"
        must_know(row.actions, law_enforcement_actions(), f"{where}: actions", "actions")
        if not row.conditions or not row.actions or row.clock_minutes < 0:
            raise ContentFault(f"{where}: needs a condition, an action and a clock that is not negative")
    return found


@cache
def law_enforcement_rules() -> dict[str, Rule]:
    """a to e."""
    return DOCTRINE.nested(Rule, "le_threshold.yaml", "rules")


# --- step 1: the team
# ------------------------------------------------------------------------------------------------


@cache
def expertise() -> dict[str, Expertise]:
    return DOCTRINE.keyed(Expertise, "team_rules.yaml", "expertise")


@cache
def team_rule_sets() -> dict[str, TeamRuleSet]:
    """ntac, virginia, florida, texas, illinois."""
    found = DOCTRINE.keyed(TeamRuleSet, "team_rules.yaml", "rule_sets")
    for rule_set in found.values():
        where = f"team_rules.yaml: rule_sets: {rule_set.key}"
        must_know(
            (one.expertise for one in rule_set.required), expertise(), f"{where}: required", "expertise"
        )
        must_know(
            rule_set.review_tiers, {"principal", "district"}, f"{where}: review_tiers", "principal, district"
        )
    return found


@cache
def team_rules() -> dict[str, Rule]:
    """The rules that every rule set shares."""
    return DOCTRINE.nested(Rule, "team_rules.yaml", "common")


@cache
def team_cadence() -> dict[str, Cadence]:
    return DOCTRINE.keyed(Cadence, "team_rules.yaml", "cadence")


# --- step 5: themes, sources, interviews
# -----------------------------------------------------------------------------


@cache
def source_groups() -> dict[str, Text]:
    return DOCTRINE.labels("sources.yaml", "groups")


@cache
def source_gates() -> dict[str, SourceGate]:
    return DOCTRINE.keyed(SourceGate, "sources.yaml", "gates")


@cache
def sources() -> dict[str, InformationSource]:
    found = DOCTRINE.keyed(InformationSource, "sources.yaml", "sources")
    for one in found.values():
        must_know((one.group,), source_groups(), f"sources.yaml: sources: {one.key}: group", "groups")
        must_know((one.gate,), source_gates(), f"sources.yaml: sources: {one.key}: gate", "gates")
    return found


@cache
def source_kinds_needed() -> int:
    """From how many groups a complete assessment has sources."""
    return DOCTRINE.one_number("sources.yaml", "kinds_needed")


@cache
def interview_orders() -> dict[str, InterviewOrder]:
    """ntac and cstag."""
    found = DOCTRINE.keyed(InterviewOrder, "interview_orders.yaml", "profiles")
    for order in found.values():
        for key, step in order.steps.items():
            must_know(
                step.sources,
                sources(),
                f"interview_orders.yaml: profiles: {order.key}: {key}",
                "sources.yaml",
            )
    return found


# --- step 8: training
# ------------------------------------------------------------------------------------------------


@cache
def training_kinds() -> dict[str, TrainingKind]:
    """What people are trained in. Exactly one kind is what whoever works on cases needs."""
    found = DOCTRINE.keyed(TrainingKind, "training_kinds.yaml", "kinds")
    if sum(kind.team for kind in found.values()) != 1:
        raise ContentFault("training_kinds.yaml: kinds: exactly one is the training for the team")
    return found


@cache
def training_kept() -> TrainingKept:
    return DOCTRINE.entry(TrainingKept, "training_kinds.yaml", "kept")
