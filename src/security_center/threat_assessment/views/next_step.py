"""What a case asks for now: one next step, by its state and by the first gate that is not met yet."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from security_center.foundation.organizations.models import Person

from .. import page_parts
from ..gates import Unmet
from ..models import Case, State
from ..queries.case_page import CasePage
from .sentences import OF_THE_SCHOOL, WHERE, GateLine, gate_lines, is_kept_from_reader

# The usual way on.
ON = {
    State.INTAKE: State.SCREENING,
    State.SCREENING: State.ASSESSING,
    State.ASSESSING: State.CLASSIFIED,
    State.CLASSIFIED: State.MANAGING,
    State.MANAGING: State.MONITORING,
}
ON_LABELS: dict[str, str | Promise] = {
    State.SCREENING: _("Start the screening"),
    State.ASSESSING: _("Start the assessment"),
    State.CLASSIFIED: _("Take the judgement as made"),
    State.MANAGING: _("Put the plan to work"),
    State.MONITORING: _("Go over to monitoring"),
}
# What each gate asks for; where it is met stands in sentences.WHERE.
ASKS: dict[str, str | Promise] = {
    "subject": _("Nobody knows yet for sure who the student is. Finding out is the first step."),
    "screened": _("Two members of different disciplines screen it, each for themselves."),
    "safety_answered": _("A question of immediate safety is still not answered by anybody."),
    "mandatory_prompts": _("Some questions that must be asked are still open."),
    "three_kinds_of_source": _("More kinds of source have to answer before the team can judge."),
    "student_and_parent": _(
        "The student and a parent are still to be spoken to, or their refusal written down."
    ),
    "thresholds_decided": _("Somebody has to decide whether the police are told, and write why."),
    "signed": _("The judgement is made and signed by each required discipline, with its own view."),
    "notices": _("Somebody who has to be told was not told yet."),
    "plan_approved": _("The plan has to be written, and the lead approves it."),
    "special_education": _(
        "The student has an IEP or a 504 plan. Somebody of special education has to be on the team."
    ),
    "convened": _("A grave answer calls the team. Meet today, and write down who was there."),
    "steps_taken": _("The steps of the decision come first: they lead to a level."),
    "evaluated": _("What the level asks for has to be done, and written down."),
    "looked_at": _("Somebody outside the team has to look at the judgement first."),
    "path_steps": _("A step for self-harm or child protection is due."),
    "actions_set": _("The plan needs at least one step, with an owner and a backup."),
}


@dataclass(frozen=True)
class NextStep:
    """One sentence and one primary button: a link, or with `to` a press that moves the case on. `gates`: what
    is missing until it can."""

    sentence: str | Promise
    url: str = ""
    label: str | Promise = ""
    to: str = ""
    gates: list[GateLine] = field(default_factory=list)
    on: str | Promise = ""  # the state that the gates stand before


def next_step(case: Case, page: CasePage, person: Person) -> NextStep:
    if case.state == State.IMMINENT:
        return _lead(
            case,
            "imminent",
            _("Somebody may be in danger now. Contain first, write afterwards."),
            _("Open the page for the first minutes"),
        )
    if page.urgent_path_step is not None:
        return _lead(
            case, "special_paths", _("A step for self-harm or child protection is due."), _("See what is due")
        )
    # Counted in minutes, so before a meeting of today
    if any(not said.row.outcome for said in page.law_enforcement):
        return _lead(
            case, WHERE["thresholds_decided"][0], ASKS["thresholds_decided"], WHERE["thresholds_decided"][1]
        )
    if page.convening is not None:
        return _lead(
            case,
            "called",
            _("A grave answer calls the team. Meet today, and write down who was there."),
            _("The team has met"),
        )
    if any(row.seen_at is None for row in page.reports):
        return _lead(
            case,
            "case_reports",
            _("A new report belongs to this case, and nobody has looked at it yet."),
            _("Look at the new report"),
        )
    if page.told_anew:
        return _lead(
            case,
            "case_reports",
            _("Something new came in about this case, and nobody has looked at it yet."),
            _("Look at what is new"),
        )
    if page.class_return is not None:
        held = _("The student stays with an adult until it is decided whether they go back to class.")
        return _lead(case, "class_return", held, _("Decide about class"))
    waiting = next(
        (said.row for said in page.closures if said.row.agreed_at is None and not said.row.refused), None
    )
    if case.open and waiting is not None and waiting.asked_at >= case.state_since:
        return _lead(
            case,
            "close",
            _("A colleague asks to close. Somebody of another discipline answers."),
            _("Read the reasons"),
        )
    if case.state == State.CLOSED:
        return NextStep(_("The case is closed. Nothing is left to do. A new report about it opens it again."))
    for asks in page_parts.next_steps:
        if (ask := asks(case)) is not None:
            return NextStep(ask.sentence, ask.url, ask.label)
    if case.held_until is not None:
        return _lead(
            case,
            "hold",
            _("The case waits. What is done each day goes on. When the reason is over, end the hold."),
            _("Look at the hold"),
        )
    if case.state == State.MONITORING:
        return _lead(
            case,
            "reviews",
            _("The steps of the plan are under way. The team looks again at each review."),
            _("Write a review"),
        )
    if case.state == State.HANDOFF:
        asks_for = _("It goes to another school. It stays yours until they have taken it on.")
        return NextStep(
            asks_for, reverse("student_transfers:handoff", args=[case.number]), _("Look at the handover")
        )
    return _on(case, page, person)


def _on(case: Case, page: CasePage, person: Person) -> NextStep:
    to = ON[State(case.state)]
    unmet: list[Unmet] = page.next_states.get(to, [])
    if not unmet:
        if case.state == State.SCREENING and not any(
            said.row.view == "assess" for said in page.screenings if said.row.round == case.round
        ):
            return _lead(
                case,
                "close",
                _("Both who screened it see no need of a threat assessment. Close it, with a reason."),
                _("Close the case"),
            )
        return NextStep(_("Everything that this step asks for is there."), label=ON_LABELS[to], to=to)
    first, gates = unmet[0].gate.key, gate_lines(unmet)
    mine = any(said.row.person_id == person.pk and said.row.round == case.round for said in page.screenings)
    if first == "screened" and mine:
        return _second_screening(case, page, gates, on=State(to).label)
    if first == "safety_answered" and mine:
        return NextStep(
            ASKS[first],
            _url(case, "case_screen"),
            _("Write down what is known now"),
            gates=gates,
            on=State(to).label,
        )
    if is_kept_from_reader(first):
        return NextStep(
            OF_THE_SCHOOL, _url(case, "case_team"), _("Go to the team"), gates=gates, on=State(to).label
        )
    place, label = WHERE[first]
    return NextStep(ASKS[first], _url(case, place), label, gates=gates, on=State(to).label)


def _second_screening(case: Case, page: CasePage, gates: list[GateLine], on: str | Promise) -> NextStep:
    """The person has done their part: whoever is asked next is named, and only where there is nobody the team
    is to be widened."""
    rows = [said.row for said in page.screenings if said.row.round == case.round]
    covered, done = {one for row in rows for one in row.disciplines}, {row.person_id for row in rows}
    others = [
        member.person.name
        for member in page.members
        if member.person_id not in done and set(member.disciplines) - covered
    ]
    if others:
        named = _("You have screened it. Now a member of another discipline does: %(names)s.") % {
            "names": ", ".join(others)
        }
        return NextStep(named, gates=gates, on=on)
    asked = _(
        "You have screened it. A member of another discipline has to screen it too; ask one onto "
        "the team if there is none."
    )
    return NextStep(asked, _url(case, "case_team"), _("Go to the team"), gates=gates, on=on)


def _lead(case: Case, place: str, sentence: str | Promise, label: str | Promise) -> NextStep:
    return NextStep(sentence, _url(case, place), label)


def _url(case: Case, place: str) -> str:
    return reverse(f"threat_assessment:{place}", args=[case.number])
