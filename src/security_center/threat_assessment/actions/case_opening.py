"""A concern becomes a case, and a team comes to work on it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4, uuid5

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy
from django_scopes import scope

from security_center.foundation.actors import ledger_name
from security_center.foundation.clock import now
from security_center.foundation.ledger.actions import record, take_turn
from security_center.foundation.notifications.actions import notify
from security_center.foundation.organizations.identity import desk_recipients
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import has
from security_center.foundation.refusals import Refusal
from security_center.foundation.vault.actions import prepare_record, save_record
from security_center.prevention.queries import rules_at
from security_center.reporting.models import Report
from security_center.training.trained import refuses

from .. import content_loader as doctrine
from .. import policies
from ..case_ledger import to_ledger
from ..models import Case, CaseReport, LeadOffer, Member, Move, State
from ..sealing import seal
from . import case_duties
from .outside_reviews import note_grave_words
from .protective_paths import start_by_words
from .state_transitions import clock_of, locked_for
from .student_tokens import remember_student
from .succession import pass_all_on

MEMBER = "case.member"


class NothingWritten(Refusal):
    """A case needs one sentence of what the concern is."""

    fields = ("concern",)
    sentence = _lazy("Write in a sentence what the concern is.")


class CannotJoin(Refusal):
    """This person's role does not let them work on cases here, or they are on the team already."""

    fields = ("person", "lead", "owner")
    sentence = _lazy(
        "This person cannot be asked: they are on the team already, or their role has no place on "
        "one. Choose another."
    )


class NotTrained(Refusal):
    """This person's training for the team does not count any more, and the district asks for it
    (threat-assessment.md F1)."""

    fields = ("person", "lead")
    sentence = _lazy(
        "Their training for the team has run out, or was never entered. Enter it under Training, or "
        "choose somebody else."
    )


class PracticeIsMadeUp(Refusal):
    """A report is real: it belongs to no practice case, where no clock would ring for it beyond the team."""

    fields = ("number",)
    sentence = _lazy(
        "This is a practice case: a real report belongs to a real case. Open one from the report."
    )


class StillOnTheTeam(Refusal):
    """The lead cannot leave before another leads."""

    fields = ("person",)
    sentence = _lazy("The lead stays on the team as long as they lead.")


@transaction.atomic
def open_case(
    *,
    actor: Person | None,
    school: Organization,
    concern: str,
    lead: Person,
    disciplines: Sequence[str] = ("administration",),
    origin: str = Case.Origin.STAFF,
    report: Report | None = None,
    subject_name: str = "",
    subject_facts: str = "",
    known_subject: bool = False,
    life_safety: bool = False,
    rule_set: str = "",
    scheme: str = "",
    practice: bool = False,
    once: UUID | None = None,
) -> Case:
    """Open a case under the plan that the school works by today: it keeps that version, with its rule set and
    scheme (unless others are named).

    A report is cited by its number; its text stays where it is. `once` names the form that was sent: sent
    again, it opens no second case.

    Raises NotAllowed, NothingWritten, CannotJoin."""
    policies.require_open(actor, school)
    if not concern.strip():
        raise NothingWritten
    if practice and report is not None:
        raise PracticeIsMadeUp
    if not has(lead, Permission.CASE_JOIN, school):
        raise CannotJoin
    at, district, rules = now(), school.district, rules_at(school)
    with scope(district=[district.pk]):
        names = desk_recipients(school, district)
        take_turn()
        # Nobody is led to somebody else's case by a form of theirs
        own = uuid5(once, ledger_name(actor)) if once is not None else uuid4()
        sent_before = Case.objects.filter(uuid=own).first() if once is not None else None
        if sent_before is not None:
            return sent_before
        opened = save_record(prepare_record(recipients=names))
        case = Case(
            uuid=own,
            record=opened.record,
            district=district,
            school=school,
            origin=Case.Origin.REPORT if report is not None else origin,
            lead=lead,
            life_safety=life_safety,
            rule_set=rule_set or rules.rule_set.key,
            scheme=scheme or rules.scheme.key,
            plan_version=rules.plan,
            known_subject=known_subject,
            practice=practice,
            opened_at=at,
            opened_by=actor,
            state_since=at,
        )
        case.state_due = clock_of(case, State.INTAKE, at)
        note_grave_words(case=case, texts=[concern])
        seal(opened, case, concern=concern, subject_name=subject_name, subject_facts=subject_facts)
        case.save(force_insert=True)
        if subject_name.strip():
            remember_student(name=subject_name, district=district, case=case)
        Move(case=case, at=at, by=actor, to_state=State.INTAKE).save(force_insert=True)
        add_member(
            case=case,
            person=lead,
            disciplines=disciplines,
            actor=actor,
            opens=actor is None or actor.pk == lead.pk,
        )
        record(
            actor=actor,
            verb="case.opened",
            about=case,
            organization_id=school.pk,
            detail={
                "origin": case.origin,
                "lead": lead.pk,
                "report": report.number if report is not None else None,
                "practice": practice,
            },
        )
        if report is not None:
            cite(actor=actor, case=case, report=report)
        start_by_words(case=case, texts=[concern], actor=actor)
        case_duties.raise_case_duty(
            case=case,
            kind=case_duties.STEP,
            due_at=case.state_due or at,
            actor=actor,
            urgency="U1" if life_safety else "",
        )
    return case


def cite(*, actor: Person | None, case: Case, report: Report) -> CaseReport:
    """Note that the case rests on this report too. Twice is once. Raises PracticeIsMadeUp."""
    if case.practice:
        raise PracticeIsMadeUp
    row, made = CaseReport.objects.get_or_create(
        case=case,
        report_number=report.number,
        defaults={
            "added_at": now(),
            "added_by": actor,
            "after_closure": not case.open,
            "seen_at": now() if case.state == State.INTAKE else None,
        },
    )
    if made:
        to_ledger(case, actor, "case.report_cited", report=report.number)
    return row


@transaction.atomic
def join(*, actor: Person, case: Case, person: Person, disciplines: Sequence[str]) -> Member:
    """Ask somebody onto the team of this case; from now on they can read it. Raises NotAllowed, CannotJoin,
    NotTrained."""
    policies.require(actor, Permission.CASE_WRITE, case)
    take_turn()
    member = add_member(case=case, person=person, disciplines=disciplines, actor=actor)
    if person.pk != actor.pk:
        notify(
            person=person,
            kind=case_duties.PRACTICE if case.practice else MEMBER,
            organization=case.school,
            path=case.path,
            extra={"number": case.number},
        )
    return member


def add_member(
    *, case: Case, person: Person, disciplines: Sequence[str], actor: Person | None, opens: bool = False
) -> Member:
    """A place on the team, in the caller's transaction. `opens`: the case would be nobody's without them.
    Raises CannotJoin, NotTrained."""
    chosen = [one for one in dict.fromkeys(disciplines) if one in doctrine.expertise()]
    if not chosen or not person.is_active or not has(person, Permission.CASE_JOIN, case.school):
        raise CannotJoin
    if Member.objects.filter(case=case, person=person, removed_at__isnull=True).exists():
        raise CannotJoin
    # Whoever opens a case, or keeps it from being nobody's, is never refused: it must not wait for a course.
    # Practicing is how one learns.
    if not (opens or case.practice) and refuses(person, case.school):
        raise NotTrained
    member = Member(case=case, person=person, disciplines=chosen, added_at=now(), added_by=actor)
    member.save(force_insert=True)
    to_ledger(case, actor, "case.member_added", person=person.pk, disciplines=",".join(chosen))
    return member


@transaction.atomic
def leave_team(*, actor: Person, case: Case, person: Person) -> None:
    """From now on the person cannot read the case, and what they had to do goes to somebody who can. The lead
    has to give the lead to somebody else first. Raises NotAllowed, StillOnTheTeam."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    if fresh.lead_id == person.pk:
        raise StillOnTheTeam
    if Member.objects.filter(case=fresh, person=person, removed_at__isnull=True).update(removed_at=now()):
        if LeadOffer.objects.filter(case=fresh, to=person, ended_at__isnull=True).update(ended_at=now()):
            case_duties.drop(case=fresh, actor=actor, outcome="left_the_team", kind=case_duties.LEAD)
        to_ledger(fresh, actor, "case.member_removed", person=person.pk)
        pass_all_on(case=fresh, left=person, actor=actor)


def team_of(case: Case) -> list[Member]:
    return list(
        Member.objects.filter(case=case, removed_at__isnull=True).select_related("person").order_by("pk")
    )
