"""What has to be true before a case moves on. One table: the sentence a person reads, who can meet it, and
the test come from here; the page of the documentation is written from it (docs/cases.md).
(threat-assessment.md 9.3, 14.)"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from security_center.foundation.content_folder import must_know
from security_center.foundation.refusals import Refusal
from security_center.prevention.case_rules import CaseRules

from . import closing_checks
from . import content_loader as doctrine
from . import gate_checks as checks
from .content_kinds import CloseReason
from .models import Case, State


@dataclass(frozen=True)
class Gate:
    """`missing` names what is not there yet, as keys or counts that the page turns into words; empty when the
    gate is met."""

    key: str
    sentence: Any
    who: Any
    missing: Callable[[Case], list[str]]
    # Of a gate that a room above registers: the page where it is met, what the way there is called, and words
    # for what is missing.
    place: str = ""
    way: Any = ""
    words: Mapping[str, Any] = field(default_factory=dict)


DOCTRINE_ALONE = CaseRules(None)


@dataclass(frozen=True)
class Unmet:
    """`due`: by when it has to be met, from the clock of the case's state or of the decision that waits."""

    gate: Gate
    missing: list[str]
    due: datetime | None = None
    rules: CaseRules = DOCTRINE_ALONE  # of the case: its plan has the words for what is missing


class GatesUnmet(Refusal):
    """The case cannot go there yet. `unmet` says which gates, in the order of the table."""

    sentence = _("This cannot be done yet. What is still missing is listed on this page.")

    def __init__(self, case: Case, to: str, unmet: list[Unmet]) -> None:
        super().__init__(f"{case.thing} {case.state} → {to}: {', '.join(one.gate.key for one in unmet)}")
        self.case, self.to, self.unmet = case, to, unmet


GATES: dict[str, Gate] = {
    gate.key: gate
    for gate in (
        Gate(
            "subject",
            _("The student is known by two identifiers, or the search for them is a source of this case."),
            _("Any member"),
            checks.subject,
        ),
        Gate(
            "screened",
            _("Two members of different disciplines have screened the case."),
            _("Any two members"),
            checks.screened,
        ),
        Gate(
            "safety_answered",
            _("Weapon, target, whereabouts and self-harm have each been answered by somebody."),
            _("Any member"),
            checks.safety_questions_open,
        ),
        Gate(
            "contained",
            _(
                "Police were called, the student was found, is with an adult, was searched, and "
                "somebody stood the danger down."
            ),
            _("Whoever is there"),
            checks.contained,
        ),
        Gate(
            "mandatory_prompts",
            _("Every question that must be asked has been asked."),
            _("Any member"),
            checks.prompts_answered,
        ),
        Gate(
            "three_kinds_of_source",
            _("At least three kinds of source have answered."),
            _("Any member"),
            checks.kinds_of_source,
        ),
        Gate(
            "student_and_parent",
            _("The student and a parent were spoken to, or their refusal is written down."),
            _("An interviewer"),
            checks.heard,
        ),
        Gate(
            "signed",
            _("Every required discipline has signed the judgement with its own view."),
            _("The members named"),
            checks.signed,
        ),
        Gate(
            "thresholds_decided",
            _("Each question of telling the police has been decided by somebody, with a reason."),
            _("The lead"),
            checks.thresholds,
        ),
        Gate(
            "notices",
            _("Everybody who has to be told was told, or it is written down why not."),
            _("The lead"),
            checks.notices,
        ),
        Gate("plan_approved", _("The plan is approved."), _("The lead"), checks.plan_approved),
        Gate(
            "actions_set",
            _("The plan has at least one step, with an owner and a backup."),
            _("The lead"),
            checks.actions_set,
        ),
        Gate(
            "actions_settled",
            _("Every step of the plan is done or given up with a reason."),
            _("The owners"),
            closing_checks.actions_settled,
        ),
        Gate(
            "reviewed",
            _("The case was reviewed at least once after the plan was approved."),
            _("The lead"),
            closing_checks.reviewed,
        ),
        Gate(
            "no_unseen_reports",
            _("Everything new that came in about this case was looked at."),
            _("Any member"),
            closing_checks.no_unseen_reports,
        ),
        Gate(
            "two_to_close",
            _("A member of another discipline agreed to close."),
            _("A member of another discipline"),
            closing_checks.two_to_close,
        ),
        Gate(
            "closure_quorum",
            _("The lead and a member of another discipline both agree to close."),
            _("The lead and another discipline"),
            closing_checks.quorum,
        ),
        Gate(
            "judged_so",
            _("Where the team has judged, its last judgement is that there is no concern."),
            _("The team, judging anew"),
            closing_checks.judged_so,
        ),
        Gate(
            "written_reasons",
            _("The reasons for closing are written down."),
            _("Whoever asks to close"),
            closing_checks.written,
        ),
        Gate(
            "special_education",
            _("The student has an IEP or a 504 plan: somebody of special education is on the team."),
            _("Any member, by asking somebody onto the team"),
            checks.special_education,
        ),
        Gate(
            "placement_answered",
            _("Each question about days out of school is answered."),
            _("Any member"),
            checks.placement,
        ),
        Gate(
            "convened",
            _("The team that a grave answer called has met."),
            _("Two members of different disciplines"),
            checks.convened,
        ),
        Gate(
            "class_decided",
            _("It is decided whether the student goes back to class."),
            _("The lead"),
            checks.class_decided,
        ),
        Gate(
            "steps_taken",
            _("The steps of the decision are answered until they lead to a level."),
            _("Any member"),
            checks.steps_taken,
        ),
        Gate(
            "evaluated",
            _("What the level asks for was done and is written down."),
            _("Any member"),
            checks.evaluated,
        ),
        Gate(
            "looked_at",
            _("Whoever has to look from outside the team has agreed."),
            _("The principal or the district, as named"),
            checks.looked_at,
        ),
        Gate(
            "path_steps",
            _("What is due for self-harm or child protection is done."),
            _("Whoever each step names"),
            checks.path_steps,
        ),
        Gate("path_ended", _("Harm to others is ruled out, in words."), _("Any member"), checks.path_ended),
        Gate(
            "searched",
            _("Bag, locker and clothes were searched, and no weapon was found."),
            _("Whoever searched"),
            checks.searched,
        ),
        Gate(
            "weapon_answered",
            _("Whether the student can get a weapon is answered."),
            _("Any member"),
            checks.weapon_answered,
        ),
        Gate(
            "administrator_agrees",
            _("An administrator agrees."),
            _("A member for administration"),
            checks.administrator_agrees,
        ),
        Gate(
            "officer_agrees",
            _("The officer agrees; where there is none, whoever stands for law enforcement."),
            _("The officer, or a member for law enforcement"),
            checks.officer_agrees,
        ),
        Gate(
            "looked_again",
            _("The team has looked again since the student was sent away."),
            _("Any member"),
            checks.looked_again,
        ),
    )
}

# What these say is known from the school's records alone: no page says it to an officer
# (threat-assessment.md 10).
OF_THE_RECORDS = frozenset({"special_education", "placement_answered", "looked_again"})
# What has to be found out before the team judges; the gates to its signing and to the police come with the
# judgement itself.
BEFORE_JUDGING = (
    "convened",
    "special_education",
    "mandatory_prompts",
    "three_kinds_of_source",
    "student_and_parent",
    "steps_taken",
)
# What must be met to leave one state for another. Nothing stands before imminent response: contain first.
EXITS: dict[tuple[str, str], tuple[str, ...]] = {
    (State.INTAKE, State.SCREENING): ("subject",),
    (State.SCREENING, State.ASSESSING): ("screened", "safety_answered"),
    (State.IMMINENT, State.SCREENING): ("contained",),
    (State.IMMINENT, State.ASSESSING): ("contained",),
    (State.IMMINENT, State.CLASSIFIED): ("contained",),
    (State.IMMINENT, State.MANAGING): ("contained",),
    (State.IMMINENT, State.MONITORING): ("contained",),
    (State.IMMINENT, State.HANDOFF): ("contained",),
    (State.ASSESSING, State.CLASSIFIED): (*BEFORE_JUDGING, "thresholds_decided", "signed"),
    (State.CLASSIFIED, State.MANAGING): ("path_steps", "notices", "evaluated", "looked_at", "plan_approved"),
    (State.MANAGING, State.MONITORING): ("actions_set",),
}


def close_reasons() -> dict[str, CloseReason]:
    """The reasons to close a case. Raises ContentFault for one that names a gate which is not in the
    table."""
    found = doctrine.close_reasons()
    for reason in found.values():
        where = f"close_reasons.yaml: reasons: {reason.key}: gates"
        must_know((*reason.gates, *reason.transient_gates), GATES, where, "gates")
    return found


def exit_gates(case: Case, to: str, close_reason: str = "") -> list[Gate]:
    """The gates between the case's state and `to`; to close, those of the reason
    (content/close_reasons.yaml)."""
    if to == State.IMMINENT:
        return []
    if to == State.CLOSED:
        reason = close_reasons()[close_reason]
        short = reason.transient_gates and (case.state == State.SCREENING or _resolved_at_once(case))
        wanted = reason.transient_gates if short else reason.gates
        if case.state == State.SCREENING:
            wanted = (*wanted, *BEFORE_CLOSING_SCREENED)
        if close_reason in SAYS_NOTHING_WAS:
            wanted = (*wanted, JUDGED_SO)
        wanted = (*wanted, *TO_CLOSE_FROM.get(case.state, ()))
        return [GATES[key] for key in dict.fromkeys((*wanted, *ALWAYS_TO_CLOSE))]
    return [GATES[key] for key in EXITS.get((case.state, to), ())]


# Back to class is a place to go to as well, with gates before it: what was found out first, then who agrees
# to it (threat-assessment.md F1).
CLASS = "class"
FACTS_OF_RETURN = ("searched", "weapon_answered")
RETURN = (*FACTS_OF_RETURN, "administrator_agrees", "officer_agrees")
# Whatever the reason to close: nothing that somebody still owes is dropped by it.
ALWAYS_TO_CLOSE = [
    "thresholds_decided",
    "actions_settled",
    "no_unseen_reports",
    "placement_answered",
    "looked_again",
    "convened",
    "class_decided",
    "looked_at",
    "path_ended",
    "path_steps",
]
# Whatever the reason, from this state.
TO_CLOSE_FROM: dict[str, list[str]] = {}
# Nobody closes from screening what nobody has screened, however small it looks (threat-assessment.md F3: a
# warning was closed by what was known of an earlier one).
BEFORE_CLOSING_SCREENED = ("safety_answered",)
# What was judged to be something is not put away as nothing, with its short keeping, before the team has
# judged anew.
SAYS_NOTHING_WAS, JUDGED_SO = ("unfounded", "false_report"), "judged_so"
# Gates that only the answer to a wish to close can meet.
BY_ANSWER = frozenset({"two_to_close", "closure_quorum", "written_reasons"})


def _resolved_at_once(case: Case) -> bool:
    last = case.judgements.order_by("-number").first()
    level = doctrine.schemes()[case.scheme].levels.get(last.level) if last is not None else None
    return level is not None and level.closes_fast


def unmet_before_judging(case: Case) -> list[Unmet]:
    """In a later state the case was judged before, and its team judges by what it knows today."""
    return _unmet(case, (GATES[key] for key in BEFORE_JUDGING)) if case.state == State.ASSESSING else []


def unmet(case: Case, to: str, close_reason: str = "") -> list[Unmet]:
    return _unmet(case, exit_gates(case, to, close_reason))


def unmet_to_return(case: Case) -> list[Unmet]:
    """What stands before the student's way back to class, with its own clock."""
    row = checks.open_return(case)
    return _unmet(case, (GATES[key] for key in RETURN), row.due_at if row is not None else None)


def unmet_to_close(case: Case) -> dict[str, list[Unmet]]:
    """For each reason to close what is not met yet. The reasons share most of their gates; each is asked
    once."""
    wanted = {key: exit_gates(case, State.CLOSED, key) for key in close_reasons()}
    asked = {gate.key: gate for some in wanted.values() for gate in some}
    lacking = {one.gate.key: one for one in _unmet(case, asked.values())}
    return {
        reason: [lacking[gate.key] for gate in some if gate.key in lacking] for reason, some in wanted.items()
    }


def _unmet(case: Case, wanted: Iterable[Gate], due: datetime | None = None) -> list[Unmet]:
    return [
        Unmet(gate, missing, due or case.state_due, case.rules)
        for gate in wanted
        if (missing := gate.missing(case))
    ]


def register(gate: Gate, *, closes: bool = False, closes_from: str = "") -> None:
    """A gate of a room above. `closes`: it stands before every closing; `closes_from`: before each from that
    state."""
    GATES[gate.key] = gate
    if closes and gate.key not in ALWAYS_TO_CLOSE:
        ALWAYS_TO_CLOSE.append(gate.key)
    if closes_from and gate.key not in TO_CLOSE_FROM.setdefault(closes_from, []):
        TO_CLOSE_FROM[closes_from].append(gate.key)
