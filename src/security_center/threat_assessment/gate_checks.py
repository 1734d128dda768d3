"""The tests of the gates (see gates): from intake to the plan, and of the special paths: days out of school,
the called team, the way back to class."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from . import content_loader as doctrine
from . import gate_rules
from .decision_tree import assessed_since, way_of
from .gate_rules import two_disciplines
from .models import (
    Action,
    AgencyAnswer,
    Case,
    ClassReturn,
    ContainmentStep,
    Convening,
    Evaluation,
    Finding,
    Interview,
    Judgement,
    LawEnforcementDecision,
    Member,
    Notice,
    OutsideReview,
    PathStep,
    PlacementQuestion,
    Removal,
    Review,
    Screening,
    Source,
    State,
)

ADMINISTRATION = "administration"


def unless(true: bool, *missing: str) -> list[str]:
    return [] if true else list(missing or ("missing",))


def on_team(case: Case, since: datetime | None = None) -> list[list[str]]:
    """The disciplines of each member; with `since`, also of those who were let go after it."""
    gone_later = Q(removed_at__gte=since) if since is not None else Q()
    members = Member.objects.filter(Q(removed_at__isnull=True) | gone_later, case=case)
    return list(members.values_list("disciplines", flat=True))


# --- from intake to the plan


def subject(case: Case) -> list[str]:
    searched = Source.objects.filter(case=case, kind="student_of_concern").exists()
    return unless(case.known_subject or searched, "student_of_concern")


def screened(case: Case) -> list[str]:
    held = list(Screening.objects.filter(case=case, round=case.round))
    two_people = len({row.person_id for row in held}) >= 2
    return unless(two_people and two_disciplines(*(row.disciplines for row in held)), "another_discipline")


def safety_questions_open(case: Case) -> list[str]:
    """Which questions of immediate safety nobody has answered yet in this round. “Not known yet” is honest,
    and answers nothing."""
    held = list(Screening.objects.filter(case=case, round=case.round))
    names = ("weapon", "target", "whereabouts", "self_harm")
    return [name for name in names if not any(getattr(one, name) != Screening.Answer.UNKNOWN for one in held)]


def contained(case: Case) -> list[str]:
    if case.imminent_since is None:
        return []
    pressed = set(
        ContainmentStep.objects.filter(case=case, at__gte=case.imminent_since).values_list("kind", flat=True)
    )
    needed = [
        ContainmentStep.Kind.LOCATED,
        ContainmentStep.Kind.SECURED,
        ContainmentStep.Kind.SEARCHED,
        ContainmentStep.Kind.STOOD_DOWN,
    ]
    missing = [str(kind) for kind in needed if kind not in pressed]
    if not pressed & {ContainmentStep.Kind.CALLED_911, ContainmentStep.Kind.CALLED_SRO}:
        missing.insert(0, str(ContainmentStep.Kind.CALLED_SRO))
    return missing


def prompts_answered(case: Case) -> list[str]:
    asked = Finding.objects.filter(case=case, current=True).exclude(answer=Finding.Answer.NOT_ASKED)
    return gate_rules.prompts_missing(set(asked.values_list("prompt", flat=True)))


def kinds_of_source(case: Case) -> list[str]:
    answered = Source.objects.filter(case=case, state=Source.State.ANSWERED)
    missing = gate_rules.kinds_of_source_missing(answered.values_list("kind", flat=True))
    return unless(missing == 0, str(missing))


def heard(case: Case) -> list[str]:
    """Student and parent were spoken to, or a refusal is written down."""
    missing = []
    for kind in gate_rules.TO_BE_HEARD:
        spoken = Interview.objects.filter(case=case, source__kind=kind, ended_at__isnull=False).exists()
        refused = Source.objects.filter(case=case, kind=kind, state=Source.State.REFUSED).exists()
        if not spoken and not refused:
            missing.append(kind)
    return missing


def signed(case: Case) -> list[str]:
    last = case.judgements.order_by("-number").first()
    if last is None or last.made_at < assessed_since(case):
        return ["judgement"]  # one from before the case was assessed anew says nothing of today
    signed = {one for some in last.signatures.values_list("disciplines", flat=True) for one in some}
    return [discipline for discipline in required_disciplines(case) if discipline not in signed]


def required_disciplines(case: Case) -> list[str]:
    """The disciplines that have to sign by the case's rule set (prevention.doctrine). One person may bring
    several, and an alternate signs for whoever is away by standing for that discipline on the team. Nobody is
    spared an officer's view by letting the officer go."""
    return gate_rules.required_disciplines(case.rule_set, on_team(case, assessed_since(case)))


def thresholds(case: Case) -> list[str]:
    waiting = LawEnforcementDecision.objects.filter(case=case, outcome="")
    return list(waiting.values_list("threshold", flat=True))


def notices(case: Case) -> list[str]:
    return list(Notice.objects.filter(case=case, settled_at__isnull=True).values_list("party", flat=True))


def plan_approved(case: Case) -> list[str]:
    plan = getattr(case, "plan", None)
    return unless(plan is not None and plan.approved_at is not None, "plan")


def actions_set(case: Case) -> list[str]:
    return unless(Action.objects.filter(plan__case=case).exists(), "action")


# --- days out of school


def special_education(case: Case) -> list[str]:
    key = "special_education"
    return unless(not case.special_education or any(key in disciplines for disciplines in on_team(case)), key)


def placement(case: Case) -> list[str]:
    return list(PlacementQuestion.objects.filter(case=case, answer="").values_list("kind", flat=True))


def looked_again(case: Case) -> list[str]:
    """Sending a student away ends no concern: after it the team has judged or reviewed anew
    (threat-assessment.md 1, P6)."""
    judged = case.judgements.order_by("-number").values_list("made_at", flat=True).first()
    if judged is None:
        return []
    looks = [judged, *Review.objects.filter(case=case).order_by("-at").values_list("at", flat=True)[:1]]
    kinds = [key for key, kind in doctrine.removal_kinds().items() if kind.look_again]
    later = Removal.objects.filter(case=case, kind__in=kinds, added_at__gt=max(looks))
    return list(later.values_list("kind", flat=True).distinct())


# --- threat-assessment.md F1: the called team, and the way back to class


def convened(case: Case) -> list[str]:
    return list(Convening.objects.filter(case=case, held_at__isnull=True).values_list("trigger", flat=True))


def class_decided(case: Case) -> list[str]:
    return list(ClassReturn.objects.filter(case=case, outcome="").values_list("trigger", flat=True))


def open_return(case: Case) -> ClassReturn | None:
    return ClassReturn.objects.filter(case=case, outcome="").first()


def searched(case: Case) -> list[str]:
    row = open_return(case)
    result = row.search if row is not None else ""
    found = doctrine.searches().get(result)
    return unless(found is not None and found.clear, result or "search")


def weapon_answered(case: Case) -> list[str]:
    row = open_return(case)
    return unless(row is not None and row.weapon_known in {"yes", "no"}, "weapon")


def administrator_agrees(case: Case) -> list[str]:
    row = open_return(case)
    return unless(row is not None and row.administrator_id is not None, ADMINISTRATION)


def officer_agrees(case: Case) -> list[str]:
    """The officer; where there is none, whoever stands for law enforcement on the team."""
    row = open_return(case)
    return unless(row is not None and row.officer_id is not None, "law_enforcement")


# --- the steps of a scheme, evaluations, and who looks from outside


def steps_taken(case: Case) -> list[str]:
    """Where the scheme's levels are reached by steps: those that lead to a level."""
    if not doctrine.schemes()[case.scheme].steps:
        return []
    way = way_of(case)
    return [] if way.level else [way.waiting]


def evaluated(case: Case) -> list[str]:
    last = last_judgement(case)
    level = doctrine.schemes()[case.scheme].levels.get(last.level) if last is not None else None
    if level is None or not level.evaluations:
        return []
    rows = Evaluation.objects.filter(case=case, at__gte=assessed_since(case))
    held = set(rows.values_list("kind", flat=True))
    return [f"evaluation.{kind}" for kind in level.evaluations if kind not in held]


def last_judgement(case: Case) -> Judgement | None:
    """Of this round: one from before the case was opened again says nothing of today."""
    before = case.state in {State.INTAKE, State.SCREENING}
    return None if before else case.judgements.order_by("-number").first()


def is_low(case: Case, judgement: Judgement | None) -> bool:
    """Judged low by people, or not judged at all: then closing is what would make it low."""
    if judgement is None:
        return True
    level = doctrine.schemes()[case.scheme].levels.get(judgement.level)
    return level.low if level is not None else doctrine.conclusions()[judgement.conclusion].may_close


def reviews_wanted(case: Case, judgement: Judgement | None) -> list[str]:
    """Which reviews from outside this judgement needs, in order."""
    tiers = doctrine.team_rule_sets()[case.rule_set].review_tiers if judgement is not None else ()
    kinds = doctrine.outside_reviews()
    wanted = [key for tier in tiers for key, one in kinds.items() if one.tier == tier]
    return [*wanted, *(["low_after_threat"] if case.grave_words and is_low(case, judgement) else [])]


def looked_at(case: Case) -> list[str]:
    judgement = last_judgement(case)
    agreed = OutsideReview.objects.filter(
        case=case, judgement=judgement, outcome=OutsideReview.Outcome.AGREES, asked_at__gte=round_began(case)
    )
    kinds = set(agreed.values_list("kind", flat=True))
    return [key for key in reviews_wanted(case, judgement) if key not in kinds]


def round_began(case: Case) -> datetime:
    began = case.moves.filter(from_state=State.CLOSED).order_by("-at", "-pk").first()
    return began.at if began is not None else case.opened_at


# --- self-harm and child protection


def _open_steps(case: Case, before: str) -> list[str]:
    rows = PathStep.objects.filter(case=case, answer="").values_list("path", "step")
    kinds = doctrine.paths()
    waiting = (f"path.{path}.{step}" for path, step in rows if kinds[path].steps[step].before == before)
    return list(dict.fromkeys(waiting))


def path_steps(case: Case) -> list[str]:
    return _open_steps(case, "managing")


def path_ended(case: Case) -> list[str]:
    return _open_steps(case, "closed")


def parent_suspected(case: Case) -> bool:
    """Then no notice goes to the parents before the agency has said so, and two members have written that
    down. A later suspicion holds anew."""
    last = _suspicions(case).exclude(answer="no_suspicion").order_by("-raised_at").first()
    if last is None:
        return False
    return not AgencyAnswer.objects.filter(case=case, agreed=True, noted_at__gte=last.raised_at).exists()


def reported_parent(case: Case) -> bool:
    """Whether somebody has written down that they called the agency about a parent."""
    return _suspicions(case).filter(answer__in=("reported", "together")).exists()


def _suspicions(case: Case) -> QuerySet[PathStep]:
    return PathStep.objects.filter(
        case=case, suspected=PathStep.Suspected.PARENT, raised_at__gte=round_began(case)
    )
