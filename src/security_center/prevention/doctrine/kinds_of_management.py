"""The kinds of things that management, the life of a case and the starting plan are made of (see kinds)."""

from __future__ import annotations

from msgspec import field

from security_center.foundation.content_reader import Entry, Text

from ..content_loader import Span
from .kinds import Line, Rule, Sourced

# --- step 6: management and closure
# ----------------------------------------------------------------------------------


class PlanOption(Entry):
    label: Text
    daily_confirmation: bool = False
    needs_trained_owner: bool = False


class PlanCategory(Sourced):
    key: str
    label: Text
    options: dict[str, PlanOption]
    in_every_plan: bool = False


class ReviewBand(Sourced):
    """The first review after `first_days`, then each `then_days` (0: one review is enough)."""

    key: str
    label: Text
    first_days: int
    then_days: int
    levels: tuple[str, ...]
    conclusions: tuple[str, ...]


# --- the life of a case
# ----------------------------------------------------------------------------------------------


class Clock(Sourced):
    """Either a span or, with `same_school_day`, the close of the school day on which the state was
    entered."""

    text: Text
    span: Span | None = None
    same_school_day: bool = False


class CaseState(Sourced):
    """`returns`: it goes back only to the state it came from, one of `next`. `over`: the case is closed here
    and no duty runs."""

    key: str
    label: Text
    entry: Text
    next: tuple[str, ...]
    clocks: dict[str, Clock] = field(default_factory=dict)
    gates: dict[str, Text] = field(default_factory=dict)
    returns: bool = False
    over: bool = False


# --- privacy, states, equity, failures
# -------------------------------------------------------------------------------


class StateLaw(Entry):
    """`team_rules` and `scheme` are what a plan in this state starts with ("": nothing set)."""

    key: str
    name: Text
    rules: dict[str, Rule]
    team_rules: str = ""
    scheme: str = ""


# --- the plan a school starts with
# -----------------------------------------------------------------------------------


class Blank(Entry):
    """What a school fills in; {key} in a text stands for it."""

    label: Text
    example: Text


class PlanSettings(Entry):
    team_rules: str
    scheme: str
    interview_order: str


class PlanStep(Entry):
    """`text` is our default, paragraph by paragraph; `must_contain` is what the guide asks the step for."""

    key: str
    number: int
    name: Text
    minutes: int
    must_contain: dict[str, Line]
    text: tuple[Text, ...]


class StartingPlan(Entry):
    title: Text
    intro: Text
    blanks: dict[str, Blank]
    settings: PlanSettings
    steps: dict[str, PlanStep]
