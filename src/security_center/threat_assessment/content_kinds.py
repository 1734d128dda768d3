"""The kinds of things that are this room's own doctrine: themes, the record of an interview, closure,
privacy, equity. What the plan chooses from is of kinds that stand below (prevention.doctrine.kinds). Content
is in threat_assessment/content/, read through content_loader."""

from __future__ import annotations

from enum import StrEnum

from msgspec import field

from security_center.foundation.content_reader import Entry, Text
from security_center.prevention.doctrine.kinds import Mark, Rule, Sourced

# --- step 5: themes, sources, interviews
# -----------------------------------------------------------------------------


class Prompt(Sourced):
    """`mandatory`: while its finding is not_asked, the assessment is not complete. `records`: what it asks is
    known from the school's records, which an officer on the team does not see."""

    key: str
    theme: str
    text: Text
    mandatory: bool = False
    records: bool = False

    @property
    def name(self) -> str:
        return f"{self.theme}.{self.key}"


class Theme(Sourced):
    key: str
    name: Text
    prompts: tuple[Prompt, ...]

    @property
    def mandatory(self) -> tuple[Prompt, ...]:
        return tuple(prompt for prompt in self.prompts if prompt.mandatory)


# --- step 6: management and closure
# ----------------------------------------------------------------------------------


class PlanRules(Entry):
    """What every plan holds (`fields`), the ways of leaving that keep it open (`departures`), and when
    follow-up is proven."""

    fields: dict[str, Text]
    departures: dict[str, Text]
    rules: dict[str, Rule]
    audit_days: int
    audit_source: str
    audit_mark: Mark


class Retention(StrEnum):
    STANDARD = "standard"
    SHORT = "short"


class CloseReason(Sourced):
    """`transient_gates` hold in place of `gates` for a transient concern that was resolved at once."""

    key: str
    label: Text
    gates: tuple[str, ...]
    transient_gates: tuple[str, ...] = ()
    retention: Retention = Retention.STANDARD


class NeverCloseReason(Sourced):
    """As text it is its sentence: what a page answers to whoever gives it as the reason."""

    key: str
    label: Text
    sentence: Text

    def __str__(self) -> str:
        return str(self.sentence)


# --- privacy, states, equity, failures
# -------------------------------------------------------------------------------


class PrivacyRule(Entry):
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


class MetricUnit(StrEnum):
    RATIO = "ratio"
    SHARE = "share"
    DAYS = "days"


class EquityMetric(Sourced):
    key: str
    label: Text
    meaning: Text
    denominator: str
    by: tuple[str, ...]
    unit: MetricUnit
    numbers: dict[str, int] = field(default_factory=dict)


class Failure(Sourced):
    """Source and mark are of what happened. The requirement drawn from it is always ours."""

    key: str
    place: Text
    happened: Text
    requirement: Text


class ServiceCheck(Sourced):
    """How often somebody asks a service how many places are free."""

    days: int


# --- a student who comes from another school
# -------------------------------------------------------------------------


class Kept(Sourced):
    """How long a closed case is kept."""

    key: str
    label: Text
    days: int
    rule: Text
