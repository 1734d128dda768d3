"""The kinds of things that the doctrine is made of. Their content is in prevention/doctrine/content/, read
through `assessment` and `management`.

Whatever is a rule, a list or a number of somebody's names its source and how sure we are of it (`Sourced`): a
page that shows one as somebody's rule asks `confirmed` first."""

from __future__ import annotations

from enum import StrEnum

from msgspec import field

from security_center.foundation.content_reader import Entry, Text
from security_center.foundation.organizations.models import Role


class Mark(StrEnum):
    """How sure we are. Only what is CONFIRMED may be shown as the rule of the source it names."""

    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    OURS = "ours"


class Sourced(Entry):
    source: str
    mark: Mark

    @property
    def confirmed(self) -> bool:
        return self.mark is Mark.CONFIRMED


class MarkWords(Entry):
    label: Text
    meaning: Text


class Work(Entry):
    """A publication that sources name. Titles are not translated."""

    title: str
    by: str = ""
    date: str = ""
    where: str = ""


class Rule(Sourced):
    """One sentence that binds or guides. `numbers` are the figures in it that code may use."""

    rule: Text
    numbers: dict[str, int] = field(default_factory=dict)


class Line(Sourced):
    """One line of a list: a step, an action, what a plan must contain."""

    text: Text


class Item(Sourced):
    label: Text


# --- step 2: behaviors
# -----------------------------------------------------------------------------------------------


class BehaviorClass(StrEnum):
    PROHIBITED = "prohibited"
    CONCERNING = "concerning"
    PROTECTIVE = "protective"


class TellLawEnforcement(StrEnum):
    ALWAYS = "always"
    RULE = "rule"
    NO = "no"


class BehaviorClassWords(Sourced):
    label: Text
    meaning: Text


class Behavior(Sourced):
    key: str
    label: Text
    sentence: Text
    behavior_class: BehaviorClass
    le: TellLawEnforcement
    urgent: bool = False
    child_protection_first: bool = False


# --- step 4: when law enforcement is told
# ----------------------------------------------------------------------------


class ThresholdRow(Sourced):
    """Any one of `conditions` is enough. The clock has a mark of its own: it is our design even where the
    condition is not. With `screen_first` there is no danger right now, and somebody screens the case before
    the police are told (rule d)."""

    key: str
    label: Text
    conditions: tuple[Text, ...]
    actions: tuple[str, ...]
    clock_minutes: int
    clock_source: str
    clock_mark: Mark
    screen_first: bool = False


# --- step 1: the team
# ------------------------------------------------------------------------------------------------


class Expertise(Entry):
    """`roles` may bring it; with `named` no role proves it, and the plan names the person who does."""

    key: str
    label: Text
    roles: tuple[Role, ...]
    named: bool = False


class When(StrEnum):
    ALWAYS = "always"
    IF_EMPLOYED = "if_employed"
    EACH_CASE = "each_case"


class RequiredExpertise(Entry):
    expertise: str
    when: When = When.ALWAYS


class TeamRuleSet(Sourced):
    key: str
    label: Text
    required: tuple[RequiredExpertise, ...]
    chair_not_principal: bool = False
    review_tiers: tuple[str, ...] = ()
    rules: dict[str, Rule] = field(default_factory=dict)


class Every(StrEnum):
    CONCERN = "concern"
    MONTH = "month"
    TERM = "term"


class Cadence(Sourced):
    key: str
    text: Text
    every: Every


# --- step 5: themes, sources, interviews
# -----------------------------------------------------------------------------


class SourceGate(Sourced):
    """What must be settled before a source is used."""

    key: str
    label: Text
    rule: Text


class InformationSource(Sourced):
    """A person to hear or a record to read. `always`: asked in every case."""

    key: str
    label: Text
    group: str
    gate: str
    always: bool = False


class InterviewStep(Sourced):
    text: Text
    sources: tuple[str, ...]
    records: bool = False


class InterviewOrder(Sourced):
    key: str
    label: Text
    steps: dict[str, InterviewStep]


# --- judgement
# -------------------------------------------------------------------------------------------------------


class JudgementQuestion(Sourced):
    question: Text
    not_questions: tuple[Text, ...]


class Conclusion(Sourced):
    """`reconvene_school_days` is 0 where no date is set; `plan_categories` are those that the plan must use,
    `notices` who is told."""

    key: str
    label: Text
    meaning: Text
    next_steps: dict[str, Line]
    plan_categories: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    law_enforcement: bool = False
    reconvene_school_days: int = 0
    may_close: bool = False


class Level(Sourced):
    """`low`: after a threat to kill the district looks. `closes_fast`: resolved at once. `evaluations`:
    recorded before the plan works."""

    label: Text
    meaning: Text
    low: bool = False
    closes_fast: bool = False
    evaluations: tuple[str, ...] = ()


class Scheme(Sourced):
    key: str
    label: Text
    narrative: bool = False
    in_doubt: str = ""
    steps: bool = False  # its levels are reached by the steps of a decision
    summary_close: str = ""  # the reason to close that the chair may use alone
    levels: dict[str, Level] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)


class Evaluation(Sourced):
    key: str
    label: Text
    meaning: Text


class DecisionAnswer(Entry):
    """`next` is the key of the following step, or "end"; `level` is set by this answer ("": none)."""

    label: Text
    next: str
    level: str = ""


class DecisionStep(Entry):
    key: str
    number: int
    title: Text
    actions: dict[str, Line]
    answers: dict[str, DecisionAnswer]
    question: Text | None = None


class Audience(StrEnum):
    """Who is trained."""

    TEAM = "team"
    STAFF = "staff"
    SUPPORT_STAFF = "support_staff"
    OFFICER = "officer"
    STUDENTS = "students"
    FAMILIES = "families"


class TrainingKept(Sourced):
    """After how many days a training that counts no more is destroyed."""

    days: int
    rule: Text


class TrainingKind(Sourced):
    """`team`: whoever works on cases needs it. `groups`: it is noted for groups too, as how many of how
    many."""

    key: str
    label: Text
    about: Text
    audience: Audience
    months: int
    validity_source: str
    validity_mark: Mark
    team: bool = False
    groups: bool = False

    @property
    def people(self) -> bool:
        """Whether single people are looked at: of students and families only groups are."""
        return self.audience in {Audience.TEAM, Audience.STAFF, Audience.SUPPORT_STAFF, Audience.OFFICER}
