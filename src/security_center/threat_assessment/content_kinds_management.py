"""The kinds of things that management, closure, privacy and the starting plan are made of (see content_kinds)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from security_center.prevention.content_loader import Span
from security_center.prevention.content_reader import Text

from .content_kinds import Line, Mark, Rule, Sourced

# --- step 6: management and closure ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlanOption:
    label: Text
    daily_confirmation: bool = False
    needs_trained_owner: bool = False
    lethal_means: bool = False


@dataclass(frozen=True, slots=True)
class PlanCategory(Sourced):
    key: str
    label: Text
    options: dict[str, PlanOption]
    notify_law_enforcement: bool = False


@dataclass(frozen=True, slots=True)
class PlanRules:
    """What every plan holds (`fields`), the ways of leaving that keep it open (`departures`), and when follow-up is proven."""

    fields: dict[str, Text]
    alternates_for_search: int
    departures: dict[str, Text]
    rules: dict[str, Rule]
    audit_days: int
    audit_source: str
    audit_mark: Mark


@dataclass(frozen=True, slots=True)
class CloseGate(Sourced):
    """`sentence` says what is missing while the gate is not met, `who` can meet it."""

    key: str
    name: Text
    sentence: Text
    who: Text


class Retention(StrEnum):
    STANDARD = "standard"
    SHORT = "short"


@dataclass(frozen=True, slots=True)
class CloseReason(Sourced):
    """`transient_gates` hold in place of `gates` for a transient concern that was resolved at once."""

    key: str
    label: Text
    gates: tuple[str, ...]
    transient_gates: tuple[str, ...] = ()
    retention: Retention = Retention.STANDARD


@dataclass(frozen=True, slots=True)
class NeverCloseReason(Sourced):
    """As text it is its sentence: what a page answers to whoever gives it as the reason."""

    key: str
    label: Text
    sentence: Text

    def __str__(self) -> str:
        return str(self.sentence)


@dataclass(frozen=True, slots=True)
class ReviewBand(Sourced):
    """The first review after `first_days`, then each `then_days` (0: one review is enough)."""

    key: str
    label: Text
    first_days: int
    then_days: int
    levels: tuple[str, ...]
    conclusions: tuple[str, ...]


# --- the life of a case ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Clock(Sourced):
    """Either a span or, with `same_school_day`, the close of the school day on which the state was entered."""

    text: Text
    span: Span | None = None
    same_school_day: bool = False


@dataclass(frozen=True, slots=True)
class CaseState(Sourced):
    """`returns`: it goes back only to the state it came from, one of `next`. `over`: the case is closed here and no duty runs."""

    key: str
    label: Text
    entry: Text
    next: tuple[str, ...]
    clocks: dict[str, Clock] = field(default_factory=dict)
    gates: dict[str, Text] = field(default_factory=dict)
    returns: bool = False
    over: bool = False


# --- privacy, states, equity, failures -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PrivacyRule:
    """A rule of law; its source is the `citation`."""

    key: str
    number: str
    rule: Text
    citation: str
    mark: Mark
    numbers: dict[str, int] = field(default_factory=dict)

    @property
    def source(self) -> str:
        return self.citation

    @property
    def confirmed(self) -> bool:
        return self.mark is Mark.CONFIRMED


@dataclass(frozen=True, slots=True)
class StateLaw:
    """`team_rules` and `scheme` are what a plan in this state starts with ("": nothing set)."""

    key: str
    name: Text
    rules: dict[str, Rule]
    team_rules: str = ""
    scheme: str = ""


class MetricUnit(StrEnum):
    RATIO = "ratio"
    SHARE = "share"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class EquityMetric(Sourced):
    key: str
    label: Text
    meaning: Text
    denominator: str
    by: tuple[str, ...]
    unit: MetricUnit
    numbers: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failure(Sourced):
    """Source and mark are of what happened. The requirement drawn from it is always ours."""

    key: str
    place: Text
    happened: Text
    requirement: Text


# --- the plan a school starts with -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Blank:
    """What a school fills in; {key} in a text stands for it."""

    label: Text
    example: Text


@dataclass(frozen=True, slots=True)
class PlanSettings:
    team_rules: str
    scheme: str
    interview_order: str


@dataclass(frozen=True, slots=True)
class PlanStep:
    """`text` is our default, paragraph by paragraph; `must_contain` is what the guide asks the step for."""

    key: str
    number: int
    name: Text
    minutes: int
    must_contain: dict[str, Line]
    text: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class StartingPlan:
    title: Text
    intro: Text
    blanks: dict[str, Blank]
    settings: PlanSettings
    steps: dict[str, PlanStep]
