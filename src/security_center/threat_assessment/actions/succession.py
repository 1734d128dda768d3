"""Whoever leaves the team of a case, or may work on cases no longer, leaves nothing behind that nobody does:
their steps of the plan, the contact with the student, what a meeting decided and what they were asked for go
to somebody who can do it, and who is told."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from security_center.foundation.clock import now
from security_center.foundation.duties.actions import cancel, hand_over
from security_center.foundation.duties.queries import open_about
from security_center.foundation.notifications.actions import notify
from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.foundation.organizations.queries import people_with_any_role
from security_center.training.trained import untrained

from .. import policies, signals
from ..case_ledger import to_ledger
from ..models import Action, Case, LeadOffer, Member, Plan
from . import case_duties, protective_paths

# Who takes something over when the team has nobody left who may: the school's own first, then the district.
NEXT_IN_LINE = [Role.TEAM_LEAD, Role.PRINCIPAL, Role.DISTRICT_SAFETY_LEAD]


def pass_all_on(*, case: Case, left: Person, actor: Person | None) -> None:
    """Called inside a transaction, with the case locked and its lead somebody else than `left`."""
    lead = case.lead
    protective_paths.pass_on(case=case, left=left, to=lead)
    following = pass_steps_on(case=case, left=left, actor=actor)
    # Whoever leaves the organization has given their duties back to the ladders before this room hears of it.
    for owed in open_about(case.thing).filter(Q(holder=left) | Q(holder__isnull=True)):
        others = (
            owed.kind in case_duties.OF_EACH_MEMBER
            and open_about(case.thing, owed.kind).exclude(pk=owed.pk).exclude(holder=left).exists()
        )
        # A view is nobody else's; what a judgement lacks stands before the next step
        if others or owed.kind == case_duties.SIGN:
            cancel(duty=owed, actor=actor, outcome="left_the_team")
        else:
            hand_over(
                duty=owed, to=following.get(owed.path.removeprefix(case.path), lead), actor=actor, tell=False
            )


def pass_steps_on(*, case: Case, left: Person, actor: Person | None) -> dict[str, Person]:
    """Open steps of the plan, and contacts with a student who left: to the one who stood in, else to the
    lead; and another stands in. Both are told. Returns who does it now, by the part of the case that it is.
    Called inside a transaction, with the case locked."""
    found: dict[str, Person] = {}
    following = _in_line(case)
    named = Q(owner=left) | Q(backup=left) | Q(second_backup=left)
    actions = Action.objects.select_for_update(of=("self",), no_key=True).filter(
        named, plan__case=case, state=Action.State.OPEN
    )
    for row in actions.select_related("owner", "backup", "second_backup"):
        was = (row.owner_id, row.backup_id, row.second_backup_id)
        able = those_who_may(case, left, (*row.named, *_trained_first(row, case, following)))
        pair = (able[0], able[1]) if len(able) > 1 else None
        if pair is not None:
            row.owner, row.backup = pair
            row.second_backup = able[2] if row.second_backup_id is not None and len(able) > 2 else None
            row.save(update_fields=["owner", "backup", "second_backup"])
            part = case_duties.part_of_step(row.pk)
            found[part] = note_passed_on(
                case=case,
                left=left,
                actor=actor,
                verb="case.action_passed_on",
                before=was,
                pair=pair,
                third=row.second_backup,
                part=part,
            )
    for _room, went in signals.work_passes_on.send(
        Case, case=case, to=case.lead, left=left, actor=actor, line=following
    ):
        found |= went  # type: ignore[arg-type]  # what receivers answer has no type
    return found


def _in_line(case: Case) -> list[Person]:
    """Who takes over what the two who were named for it no longer do: the lead, the team, then by role."""
    team = [
        member.person
        for member in Member.objects.filter(case=case, removed_at__isnull=True)
        .select_related("person")
        .order_by("pk")
    ]
    return [case.lead, *team, *people_with_any_role(case.school, NEXT_IN_LINE, include_above=True)]


def _trained_first(row: Action, case: Case, line: list[Person]) -> list[Person]:
    """A search goes to whoever is trained for it before it goes to anybody else."""
    option = case.rules.plan_options.get(row.option)
    if option is None or not option.needs_trained_owner:
        return line
    without = {person.pk for person in untrained(line, case.school)}
    return sorted(line, key=lambda person: person.pk in without)


def those_who_may(case: Case, left: Person, line: Iterable[Person | None]) -> list[Person]:
    """Each of them once who may do steps of the case, in order."""
    able = (one for one in line if one is not None and one.pk != left.pk and policies.may_do_steps(one, case))
    return list({one.pk: one for one in able}.values())


def two_who_may(case: Case, left: Person, line: Iterable[Person | None]) -> tuple[Person, Person] | None:
    """Who does it and who stands in from now on; None where there are no two people left anywhere who may."""
    able = those_who_may(case, left, line)
    return (able[0], able[1]) if len(able) > 1 else None


def note_passed_on(
    *,
    case: Case,
    left: Person,
    actor: Person | None,
    verb: str,
    before: tuple[int | None, ...],
    pair: tuple[Person, Person],
    part: str,
    third: Person | None = None,
) -> Person:
    """Into the ledger, and to each to whom something came."""
    owner, backup = pair
    detail: dict[str, int | str | bool | None] = {
        "left": left.pk,
        "owner": owner.pk,
        "backup": backup.pk,
        **({"second_backup": third.pk} if third is not None else {}),
        "part": part.strip("/").rpartition("/")[2],
    }
    to_ledger(case, actor, verb, **detail)
    stand_in = [one for one in (backup, third) if one is not None and one.pk not in before]
    told = [*([owner] if owner.pk != before[0] else []), *stand_in]
    for person in told:
        kind = case_duties.PRACTICE if case.practice else case_duties.ACTION
        notify(
            person=person,
            kind=kind,
            organization=case.school,
            path=f"{case.path}{part}",
            extra={"number": case.number},
        )
    return owner


def move_to_school(*, case: Case, school: Organization, lead: Person) -> list[Member]:
    """The case is that school's from now on, and its team leaves it; returns whom it was. Called inside a
    transaction, with the case locked."""
    at = now()
    old = Member.objects.filter(case=case, removed_at__isnull=True)
    left = list(old.select_related("person"))
    old.update(removed_at=at)
    LeadOffer.objects.filter(case=case, ended_at__isnull=True).update(ended_at=at)
    case.school, case.lead = school, lead
    case.save(update_fields=["school", "lead"])
    return left


def give_plan_to(*, case: Case, owner: Person, backup: Person) -> None:
    """Its open steps are theirs, and its new lead approves it anew. Called inside a transaction, with the
    case locked."""
    Action.objects.filter(plan__case=case, state=Action.State.OPEN).update(
        owner=owner, backup=backup, second_backup=None
    )
    Plan.objects.filter(case=case).update(approved_at=None, approved_by=None)
