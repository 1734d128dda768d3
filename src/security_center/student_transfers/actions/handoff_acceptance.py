"""The receiving school takes a case on, with a lead and a team of its own. (docs/decisions/0017)"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django_scopes import scope, scopes_disabled

from security_center.foundation.duties.actions import cancel
from security_center.foundation.duties.queries import open_about
from security_center.foundation.ledger.actions import record
from security_center.foundation.notifications.actions import notify
from security_center.foundation.organizations.identity import desk_recipient
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.refusals import Refusal
from security_center.foundation.vault.actions import share_record
from security_center.foundation.vault.columns import unseal
from security_center.threat_assessment import gate_rules, signals
from security_center.threat_assessment.actions import case_duties
from security_center.threat_assessment.actions.case_opening import MEMBER, add_member, open_case
from security_center.threat_assessment.actions.protective_paths import pass_on
from security_center.threat_assessment.actions.state_transitions import NotATransition, enter
from security_center.threat_assessment.actions.succession import give_plan_to, move_to_school
from security_center.threat_assessment.models import Case, State
from security_center.threat_assessment.sealing import unsealed

from ..models import Handoff
from ..sealing import unsealed_handoff
from .case_handoff import acknowledged, locked_offer, settle

# What is not asked of the new team: it belongs to the old one's people, or to the step that the case is now
# at.
LEFT_BEHIND = frozenset(
    {
        case_duties.STEP,
        case_duties.REVIEW,
        case_duties.SIGN,
        case_duties.CLOSE,
        case_duties.LEAD,
        case_duties.HOLD_ASKED,
        case_duties.HANDOFF,
    }
)


class TwoWanted(Refusal):
    """A lead and a second person of another discipline: one person is no team."""

    fields = ("second_disciplines", "second")
    sentence = _lazy("A lead and a second person, of two disciplines: one alone is no team.")


@transaction.atomic
def take_on(
    *,
    actor: Person,
    handoff: Handoff,
    lead: Person,
    lead_disciplines: Sequence[str],
    second: Person,
    second_disciplines: Sequence[str],
) -> Case:
    """From now on the case is this school's. Within the district it moves as it is; from another district a
    case of its own is opened, and the packet is its history. Raises NotAllowed, OfferGone, TwoWanted,
    CannotJoin, NotATransition (danger now at the giver's)."""
    with scopes_disabled():  # see actions.handoffs.decline
        row, case = locked_offer(actor=actor, handoff=handoff)
        assert row.to_school is not None  # noqa: S101 - locked_offer has asked it
        if case.state != State.HANDOFF:
            raise NotATransition(case, State.HANDOFF)
        if lead.pk == second.pk or not gate_rules.two_disciplines(lead_disciplines, second_disciplines):
            raise TwoWanted
        team = [(lead, lead_disciplines), (second, second_disciplines)]
        if row.to_school.district.pk == case.district_id:
            _move(case, row, row.to_school, team, actor)
            return case
        row.successor = _successor(case, row, row.to_school, team, actor)
        acknowledged(case=case, row=row, actor=actor)
        return row.successor


def _move(
    case: Case, row: Handoff, to_school: Organization, team: list[tuple[Person, Sequence[str]]], actor: Person
) -> None:
    share_record(opened=unsealed(case), recipients=[desk_recipient(to_school)])
    before = case.school
    told = move_to_school(case=case, school=to_school, lead=team[0][0])
    for person, disciplines in team:
        add_member(case=case, person=person, disciplines=disciplines, actor=actor, opens=True)
    for member in told:
        pass_on(case=case, left=member.person, to=case.lead)  # whoever knew of it is not on the team any more
    settle(case=case, row=row, actor=actor)
    owner, backup = team[0][0], team[1][0]
    give_plan_to(case=case, owner=owner, backup=backup)
    signals.work_passes_on.send(Case, case=case, to=owner, left=None, actor=actor, line=[owner, backup])
    _owe_here(case, actor)
    record(
        actor=actor,
        verb="case.handed_over",
        about=case,
        organization_id=to_school.pk,
        detail={"from": before.pk, "lead": owner.pk, "backup": backup.pk},
    )
    enter(case=case, to=row.came_from, actor=actor)
    for member in told:
        notify(
            person=member.person,
            kind=case_duties.HANDED_OVER,
            organization=before,
            path=row.path,
            extra={"number": case.number},
        )
    for person, _disciplines in team:
        if person.pk != actor.pk:
            notify(
                person=person,
                kind=MEMBER,
                organization=to_school,
                path=case.path,
                extra={"number": case.number},
            )


def _owe_here(case: Case, actor: Person) -> None:
    """What the case still owes is asked of the new lead, at the new school."""
    for owed in open_about(case.thing):
        cancel(duty=owed, actor=actor, outcome="handed_over")
        if owed.kind not in LEFT_BEHIND:
            case_duties.raise_case_duty(
                case=case,
                kind=owed.kind,
                due_at=owed.due_at,
                actor=actor,
                urgency=owed.urgency,
                step=timedelta(minutes=owed.repeat_minutes),
                part=owed.path.removeprefix(case.path),
            )


def _successor(
    case: Case, row: Handoff, to_school: Organization, team: list[tuple[Person, Sequence[str]]], actor: Person
) -> Case:
    opened = unsealed_handoff(row)
    name, _newline, facts = unseal(opened, row, "student").partition("\n")
    came = _("Handed over by %(school)s, where it is case %(number)s. The packet is its history.")
    concern = f"{came % {'school': case.school.name, 'number': case.number}}\n\n{unseal(opened, row, 'note')}"
    (lead, disciplines), (second, others) = team
    with scope(district=[to_school.district.pk]):
        made = open_case(
            actor=actor,
            school=to_school,
            concern=concern,
            lead=lead,
            disciplines=disciplines,
            origin=Case.Origin.TRANSFER,
            subject_name=name,
            subject_facts=facts,
            life_safety=case.life_safety,
            practice=case.practice,
        )
        add_member(case=made, person=second, disciplines=others, actor=actor, opens=True)
        for person in (lead, second):
            if person.pk != actor.pk:
                notify(
                    person=person,
                    kind=MEMBER,
                    organization=to_school,
                    path=made.path,
                    extra={"number": made.number},
                )
    return made
