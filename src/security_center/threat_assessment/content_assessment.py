"""The doctrine of team, behaviors, law-enforcement threshold, themes, sources and interviews as typed values, read once from content/.

A fault in a file raises `ContentFault` (prevention.content_reader), which names the file and the key. What one file says of another (a gate, a
role, a level) is checked here, so that a wrong key is found at the start and not in the middle of somebody's case.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from security_center.prevention.content_reader import ContentFault, Text, build

from .content_files import keyed, labels, must_know, must_match, nested, one_number, one_text, whole
from .content_kinds import (
    Behavior,
    BehaviorClass,
    BehaviorClassWords,
    Cadence,
    Expertise,
    InformationSource,
    InterviewField,
    InterviewOrder,
    Item,
    Mark,
    MarkWords,
    Prompt,
    Rule,
    SourceGate,
    TeamRuleSet,
    TellLawEnforcement,
    Theme,
    ThresholdRow,
    Work,
)

THEMES = 13  # the guide's own number


# --- how sure we are -------------------------------------------------------------------------------------------------


@cache
def marks() -> dict[Mark, MarkWords]:
    """What each mark is called and means, for the people who read a rule."""
    found = nested(MarkWords, "marks.yaml", "marks")
    must_match(found, set(Mark), "marks.yaml: marks")
    return {Mark(key): words for key, words in found.items()}


@cache
def marks_note() -> Text:
    return one_text("marks.yaml", "note")


@cache
def works() -> dict[str, Work]:
    """The publications that sources name, by their short name."""
    return nested(Work, "marks.yaml", "works")


# --- step 2: behaviors; step 4: law enforcement ----------------------------------------------------------------------


@cache
def behaviors() -> dict[str, Behavior]:
    found = keyed(Behavior, "behaviors.yaml", "behaviors")
    for behavior in found.values():
        if behavior.urgent and behavior.behavior_class is not BehaviorClass.CONCERNING:
            raise ContentFault(f"behaviors.yaml: behaviors: {behavior.key}: only a concerning behavior is marked urgent")
    return found


@cache
def behavior_classes() -> dict[BehaviorClass, BehaviorClassWords]:
    found = nested(BehaviorClassWords, "behaviors.yaml", "classes")
    must_match(found, set(BehaviorClass), "behaviors.yaml: classes")
    return {BehaviorClass(key): words for key, words in found.items()}


@cache
def law_enforcement_words() -> dict[TellLawEnforcement, Text]:
    """What always, rule and no mean beside a behavior."""
    found = labels("behaviors.yaml", "le")
    must_match(found, set(TellLawEnforcement), "behaviors.yaml: le")
    return {TellLawEnforcement(key): words for key, words in found.items()}


@cache
def law_enforcement_actions() -> dict[str, Text]:
    return labels("le_threshold.yaml", "actions")


@cache
def thresholds() -> dict[str, ThresholdRow]:
    """The seven rows, most urgent first. Which row applies is a person's decision."""
    found = keyed(ThresholdRow, "le_threshold.yaml", "threshold")
    for row in found.values():
        where = f"le_threshold.yaml: threshold: {row.key}"
        must_know(row.actions, law_enforcement_actions(), f"{where}: actions", "actions")
        if not row.conditions or not row.actions or row.clock_minutes < 0:
            raise ContentFault(f"{where}: needs a condition, an action and a clock that is not negative")
    return found


@cache
def law_enforcement_rules() -> dict[str, Rule]:
    """a to e."""
    return nested(Rule, "le_threshold.yaml", "rules")


# --- step 1: the team ------------------------------------------------------------------------------------------------


@cache
def expertise() -> dict[str, Expertise]:
    return keyed(Expertise, "team_rules.yaml", "expertise")


@cache
def team_rule_sets() -> dict[str, TeamRuleSet]:
    """ntac, virginia, florida, texas, illinois."""
    found = keyed(TeamRuleSet, "team_rules.yaml", "rule_sets")
    for rule_set in found.values():
        where = f"team_rules.yaml: rule_sets: {rule_set.key}"
        must_know((one.expertise for one in rule_set.required), expertise(), f"{where}: required", "expertise")
        must_know(rule_set.review_tiers, {"principal", "district"}, f"{where}: review_tiers", "principal, district")
    return found


@cache
def team_rules() -> dict[str, Rule]:
    """The rules that every rule set shares."""
    return nested(Rule, "team_rules.yaml", "common")


@cache
def team_cadence() -> dict[str, Cadence]:
    return keyed(Cadence, "team_rules.yaml", "cadence")


# --- step 5: themes, sources, interviews -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _PromptEntry:
    text: Text
    mandatory: bool = False


@dataclass(frozen=True, slots=True)
class _ThemeEntry:
    name: Text
    prompts: dict[str, _PromptEntry]


@dataclass(frozen=True, slots=True)
class _ThemesFile:
    """Source and mark stand once for all: the themes are the guide's, the prompts are in our words."""

    source: str
    mark: Mark
    prompts_source: str
    prompts_mark: Mark
    findings: dict[str, Text]
    themes: dict[str, _ThemeEntry]


@cache
def _themes_file() -> _ThemesFile:
    found = build(_ThemesFile, whole("themes.yaml"), "themes.yaml")
    if len(found.themes) != THEMES:
        raise ContentFault(f"themes.yaml: themes: there are {len(found.themes)}, but the guide has {THEMES}")
    return found


@cache
def finding_labels() -> dict[str, Text]:
    """yes, no, unclear, not_asked."""
    return _themes_file().findings


@cache
def themes() -> dict[str, Theme]:
    """The thirteen themes with their prompts, in the order of the guide."""
    file = _themes_file()
    found = {}
    for theme, entry in file.themes.items():
        asked = tuple(
            Prompt(source=file.prompts_source, mark=file.prompts_mark, key=key, theme=theme, text=one.text, mandatory=one.mandatory)
            for key, one in entry.prompts.items()
        )
        found[theme] = Theme(source=file.source, mark=file.mark, key=theme, name=entry.name, prompts=asked)
    return found


@cache
def prompts() -> dict[str, Prompt]:
    """Every prompt by its name "theme.prompt", in order."""
    return {prompt.name: prompt for theme in themes().values() for prompt in theme.prompts}


@cache
def mandatory_prompts() -> tuple[str, ...]:
    """The names of the prompts that may not stay at not_asked."""
    return tuple(name for name, prompt in prompts().items() if prompt.mandatory)


@cache
def source_groups() -> dict[str, Text]:
    return labels("sources.yaml", "groups")


@cache
def source_gates() -> dict[str, SourceGate]:
    return keyed(SourceGate, "sources.yaml", "gates")


@cache
def sources() -> dict[str, InformationSource]:
    found = keyed(InformationSource, "sources.yaml", "sources")
    for one in found.values():
        must_know((one.group,), source_groups(), f"sources.yaml: sources: {one.key}: group", "groups")
        must_know((one.gate,), source_gates(), f"sources.yaml: sources: {one.key}: gate", "gates")
    return found


@cache
def source_kinds_needed() -> int:
    """From how many groups a complete assessment has sources."""
    return one_number("sources.yaml", "kinds_needed")


@cache
def interview_orders() -> dict[str, InterviewOrder]:
    """ntac and cstag."""
    found = keyed(InterviewOrder, "interview_orders.yaml", "profiles")
    for order in found.values():
        for key, step in order.steps.items():
            must_know(step.sources, sources(), f"interview_orders.yaml: profiles: {order.key}: {key}", "sources.yaml")
    return found


@cache
def interview_fields() -> dict[str, InterviewField]:
    return keyed(InterviewField, "interview_record.yaml", "fields")


@cache
def interview_conduct() -> dict[str, Rule]:
    return nested(Rule, "interview_record.yaml", "conduct")


@cache
def minimum_record() -> dict[str, Item]:
    """What each case record must hold."""
    return nested(Item, "interview_record.yaml", "minimum")
