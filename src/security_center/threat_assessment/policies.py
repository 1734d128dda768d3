"""Who may do what with a case. Need to know: only its members read it, whatever role somebody has; a
district's safety lead and the school's own leaders know that it is there (its number, state and clocks),
since somebody has to see that it moves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Q

from security_center.foundation.organizations.looking import Looking, looking_of, who_looks
from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed, has, organizations_with, roles_at
from security_center.foundation.organizations.queries import people_with_any_role

from .content_paths import outside_reviews
from .gate_rules import OFFICERS
from .models import Action, Case, Incoming, Member


@dataclass(frozen=True)
class CaseLooking(Looking):
    """Whoever looks at a case, with their place on its team, if they have one."""

    member: Member | None
    officer: bool


def looking_at(person: Person, case: Case) -> CaseLooking:
    """Made once for a page about the case."""
    member = member_of(person, case)
    return CaseLooking(
        person,
        case,
        ask(person, case, Permission, lambda: member is not None),
        member,
        _is_officer(person, member, case),
    )


def officer_reads() -> bool:
    """Whether the page that is being made may tell no more than an officer of the team is told
    (threat-assessment.md 10). Where nobody is known to look, it is."""
    looking = who_looks()
    return not isinstance(looking, CaseLooking) or looking.officer


def member_of(person: Person, case: Case) -> Member | None:
    """The membership: as the page's door found it, or as it is now."""
    looking = looking_of(person, case)
    if isinstance(looking, CaseLooking):
        return looking.member
    return Member.objects.filter(case=case, person=person, removed_at__isnull=True).first()


def can(person: Person, permission: Permission, case: Case) -> bool:
    """As the page's door was told, or as it is now."""
    looking = looking_of(person, case)
    if looking is not None:
        return permission in looking.permissions
    return bool(ask(person, case, [permission], lambda: member_of(person, case) is not None))


def ask(
    person: Person, case: Case, permissions: Iterable[Permission], on_team: Callable[[], bool]
) -> frozenset[Permission]:
    """Which of them the person has. By role at the case's school; to read and to write it, only on its team
    as well. Its members know of it too."""
    return frozenset(one for one in permissions if _has(person, one, case, on_team))


def _has(person: Person, permission: Permission, case: Case, on_team: Callable[[], bool]) -> bool:
    if permission in {Permission.CASE_READ, Permission.CASE_WRITE}:
        return on_team() and has(person, permission, case.school)
    if permission is Permission.CASE_LIST and on_team():
        return has(person, Permission.CASE_JOIN, case.school)
    return has(person, permission, case.school)


def may_know(person: Person, case: Case) -> bool:
    """Whoever may break the glass of a case, or is rung when it is late, has to be able to find it; no list
    shows it to them."""
    rung_last = Role.SUPERINTENDENT in roles_at(person, case.school) and not case.practice
    return (
        rung_last or can(person, Permission.CASE_LIST, case) or can(person, Permission.CASE_BREAK_GLASS, case)
    )


def is_officer(person: Person, case: Case) -> bool:
    """Somebody of law enforcement on the team: they see the facts of the case, not the students' records
    (threat-assessment.md 10). An officer is one whatever
    they were asked onto the team as."""
    looking = looking_of(person, case)
    return (
        looking.officer
        if isinstance(looking, CaseLooking)
        else _is_officer(person, member_of(person, case), case)
    )


def _is_officer(person: Person, member: Member | None, case: Case) -> bool:
    return member is not None and (
        bool(OFFICERS & set(member.disciplines)) or Role.SRO in roles_at(person, case.school)
    )


def speaks_for_law_enforcement(member: Member, case: Case) -> bool:
    """The officer of the school; where it has none, whoever the team has named for law enforcement
    (threat-assessment.md F1: Oxford's officer was not asked)."""
    if not OFFICERS & set(member.disciplines):
        return False
    return Role.SRO in roles_at(member.person, case.school) or not people_with_any_role(
        case.school, [Role.SRO], include_above=True
    )


def sees_police_records(person: Person, case: Case) -> bool:
    """What law enforcement made and keeps is its own (threat-assessment.md 10.5): that somebody stands for it
    on the team, as anybody may, opens none of it."""
    return member_of(person, case) is not None and Role.SRO in roles_at(person, case.school)


def may_break_glass(person: Person, case: Case) -> bool:
    """A role that answers for the school or the district, and no place on the team: a member needs none of
    it."""
    return (
        member_of(person, case) is None
        and case.expunged_at is None
        and has(person, Permission.CASE_BREAK_GLASS, case.school)
    )


def keeps_record(person: Person, case: Case) -> bool:
    """Whoever tags, shows and corrects the record: a member of the team, and nobody of law enforcement, who
    does not see all of it."""
    return can(person, Permission.CASE_WRITE, case) and not is_officer(person, case)


def require_keeper(person: Person, case: Case) -> None:
    """Raises `NotAllowed`."""
    if not keeps_record(person, case):
        raise NotAllowed(f"the record of {case.thing}")


def may_do_steps(person: Person, case: Case) -> bool:
    """Whether steps of the plan can be theirs: active, and of a role that may be asked to work on cases of
    this school."""
    return person.is_active and has(person, Permission.CASE_JOIN, case.school)


def does_step(person: Person, action: Action, case: Case) -> bool:
    """Somebody who is not on the team and does this open step of an open case, or stands in: they get
    instructions, not the file (threat-assessment.md 10)."""
    return action.state == Action.State.OPEN and is_given(
        person, case, {action.owner_id, action.backup_id, action.second_backup_id}
    )


def is_given(person: Person, case: Case, named: set[int | None]) -> bool:
    """Whether something of an open case was given to this person, who is not on its team."""
    return person.pk in named and case.open and member_of(person, case) is None and may_do_steps(person, case)


def may_see_looks(person: Person, case: Case) -> bool:
    """Who has looked at the case: its members, and whoever audits the ledger, who reads nothing else of
    it."""
    return can(person, Permission.CASE_READ, case) or has(person, Permission.LEDGER_VERIFY, case.school)


def may_review(person: Person, case: Case, kind: str) -> bool:
    """Whether the person is the one outside the team who looks: the school's principal, or the district's own
    lead (content/outside_reviews.yaml)."""
    found = outside_reviews()[kind]
    if found.not_on_team and member_of(person, case) is not None:
        return False
    if found.by == "principal":
        return Role.PRINCIPAL in roles_at(person, case.school)
    return has(person, Permission.CASE_LIST, case.district)


def require(person: Person | None, permission: Permission, case: Case) -> None:
    """`None` is the system (worker, sample district). Raises `NotAllowed`."""
    if person is not None and not can(person, permission, case):
        raise NotAllowed(f"{permission} on {case.thing}")


def require_open(person: Person | None, school: Organization) -> None:
    if person is not None and not has(person, Permission.CASE_OPEN, school):
        raise NotAllowed(f"{Permission.CASE_OPEN} at organization {school.pk}")


def may_edit_services(person: Person, district: Organization) -> bool:
    """Whoever helps students at any school of the district keeps its list of services."""
    return (
        organizations_with(person, Permission.SERVICE_EDIT)
        .filter(Q(pk=district.pk) | Q(parent=district))
        .exists()
    )


def require_services(person: Person | None, district: Organization) -> None:
    if person is not None and not may_edit_services(person, district):
        raise NotAllowed(f"{Permission.SERVICE_EDIT} at organization {district.pk}")


def require_at(person: Person | None, permission: Permission, school: Organization) -> None:
    if person is not None and not has(person, permission, school):
        raise NotAllowed(f"{permission} at organization {school.pk}")


def may_know_incoming(person: Person, row: Incoming) -> bool:
    """That it is there and where it stands: whoever wrote it down, whoever sees to the teams of the school,
    and the team of its case."""
    if has(person, Permission.CASE_TEAM, row.school):
        return True
    if row.entered_by_id == person.pk:
        return has(person, Permission.CASE_NOTICE, row.school)
    return row.case is not None and can(person, Permission.CASE_READ, row.case)


def may_read_incoming(person: Person, row: Incoming) -> bool:
    """Until it is in a case, whoever wrote it down and whoever sees to teams; from then on the case's team
    only."""
    if row.case is not None:
        return can(person, Permission.CASE_READ, row.case)
    return may_know_incoming(person, row)
