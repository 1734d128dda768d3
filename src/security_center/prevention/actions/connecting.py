"""Verbs of the connectedness check: begun, marked, ended. Which students have nobody becomes a duty of the
counselor."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from security_center.foundation.clock import now
from security_center.foundation.duties.actions import Rung, discharge, raise_duty
from security_center.foundation.duties.queries import open_about
from security_center.foundation.ledger.actions import record, take_turn
from security_center.foundation.organizations.identity import desk_recipients
from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.foundation.organizations.pasted_rows import ColumnTable, RowFault
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import require
from security_center.foundation.organizations.queries import people_with_any_role
from security_center.foundation.students.queries import student_of_identifier, students_by_id, students_there
from security_center.foundation.vault.actions import prepare_record, save_record
from security_center.foundation.vault.columns import seal
from security_center.foundation.vault.queries import open_record

from .. import ladders
from ..models import Check, TrustedAdult

# Whose duty it is that nobody stays alone, nearest first
FOLLOWED_UP_BY = (Role.COUNSELOR, Role.TEAM_LEAD, Role.PRINCIPAL)
FOLLOW_UP = "connectedness.follow_up"
MOST_ROWS = 3000
WITHIN = timedelta(days=14)


class AlreadyBegun(Exception):
    """This half-year's check of the school was begun before."""


class NoRegister(Exception):
    """The school has no students in the register, so there is nobody to think of."""


class AlreadyEnded(Exception):
    """The check was ended before."""


class FaultyPairs(Exception):
    """Some rows cannot be taken; nothing was. `faults`: each with its line and what to do."""

    def __init__(self, faults: list[RowFault]) -> None:
        super().__init__(len(faults))
        self.faults = faults


def half_of(day: date) -> str:
    return f"{day.year}-{1 if day.month < 7 else 2}"


@transaction.atomic
def begin_check(*, actor: Person | None, school: Organization) -> Check:
    """Begin this half-year's check. Raises NotAllowed, AlreadyBegun, NoRegister."""
    if actor is not None:
        require(actor, Permission.CONNECTEDNESS_LEAD, school)
    if not students_there(school):
        raise NoRegister
    take_turn()
    half = half_of(school.today())
    if Check.objects.filter(school=school, half=half).exists():
        raise AlreadyBegun
    opened = save_record(prepare_record(recipients=desk_recipients(school, school.district)))
    row = Check(
        record=opened.record,
        district=school.district,
        school=school,
        half=half,
        begun_at=now(),
        begun_by=actor,
    )
    row.save(force_insert=True)
    record(
        actor=actor, verb="connectedness.begun", about=row, organization_id=school.pk, detail={"half": half}
    )
    return row


@transaction.atomic
def look_at_students(*, actor: Person, check: Check, permission: Permission) -> None:
    """Somebody reads names of students, to think of each. Raises NotAllowed."""
    require(actor, permission, check.school)
    record(actor=actor, verb="connectedness.read", about=check, organization_id=check.school_id)


@transaction.atomic
def mark_mine(*, actor: Person, check: Check, shown: Collection[int], mine: Collection[int]) -> int:
    """Of the students shown, the actor is the adult of those in `mine`, and not of the others. Returns of how
    many.

    Raises NotAllowed.
    """
    require(actor, Permission.CONNECTEDNESS_MARK, check.school)
    take_turn()
    there = {student.pk for student in students_by_id(check.school, shown)}
    before = set(
        TrustedAdult.objects.filter(check_round=check, person=actor, student__in=there).values_list(
            "student_id", flat=True
        )
    )
    wanted = set(mine) & there
    TrustedAdult.objects.filter(check_round=check, person=actor, student__in=before - wanted).delete()
    at = now()
    rows = [
        TrustedAdult(check_round=check, student_id=pk, person=actor, marked_at=at, marked_by=actor)
        for pk in sorted(wanted - before)
    ]
    TrustedAdult.objects.bulk_create(rows)
    detail = {"added": len(rows), "taken_back": len(before - wanted)}
    record(
        actor=actor, verb="connectedness.marked", about=check, organization_id=check.school_id, detail=detail
    )
    _settle_if_nobody_is_left(check, actor)
    return len(wanted)


@transaction.atomic
def import_pairs(*, actor: Person, check: Check, text: str) -> int:
    """Rows of student number and adult (an e-mail address of somebody here, or a name): all, or none. Returns
    how many.

    Raises NotAllowed, FaultyPairs.
    """
    require(actor, Permission.CONNECTEDNESS_LEAD, check.school)
    take_turn()
    opened = open_record(check.record, *desk_recipients(check.school, check.district))
    known = {person.email.lower(): person for person in people_with_any_role(check.school, list(Role))}
    at, rows = now(), []
    wanted = _("Write one line for each student, at most %(most)d: student number, adult.") % {
        "most": MOST_ROWS
    }
    pairs = ColumnTable(("student", "adult"), {}, most=MOST_ROWS, empty=wanted, too_many=wanted)
    table, faults = pairs.read(text)
    if faults:
        raise FaultyPairs(faults)
    for line, cells in table:
        number, adult = cells["student"], cells.get("adult", "")
        student = student_of_identifier(check.district, number)
        if student is None or not student.active or student.school_id != check.school_id:
            faults.append(
                RowFault(
                    line,
                    _("No student with the number “%(cell)s” is at this school.") % {"cell": number},
                )
            )
        elif not adult or len(adult) > 120:
            faults.append(RowFault(line, _("Write the adult’s name or e-mail address, at most 120 letters.")))
        else:
            row = TrustedAdult(
                check_round=check,
                student=student,
                person=known.get(adult.lower()),
                marked_at=at,
                marked_by=actor,
            )
            seal(opened, row, name=adult if row.person is None else "")
            rows.append(row)
    if faults:
        raise FaultyPairs(faults)
    have = set(
        TrustedAdult.objects.filter(check_round=check, person__isnull=False).values_list(
            "student_id", "person_id"
        )
    )
    once: dict[tuple[int, object], TrustedAdult] = {}
    for row in rows:
        if row.person_id is None or (row.student_id, row.person_id) not in have:
            once[row.student_id, row.person_id or row.uuid] = row
    TrustedAdult.objects.bulk_create(once.values())
    record(
        actor=actor,
        verb="connectedness.imported",
        about=check,
        organization_id=check.school_id,
        detail={"rows": len(rows)},
    )
    _settle_if_nobody_is_left(check, actor)
    return len(rows)


@transaction.atomic
def end_check(*, actor: Person, check: Check) -> int:
    """Everybody was thought of. Who has no adult is from now on a duty of the counselor. Returns how many
    those are.

    Raises NotAllowed, AlreadyEnded.
    """
    require(actor, Permission.CONNECTEDNESS_LEAD, check.school)
    take_turn()
    if not Check.objects.filter(pk=check.pk, ended_at__isnull=True).update(ended_at=now(), ended_by=actor):
        raise AlreadyEnded
    check.ended_at, check.ended_by = now(), actor
    alone = len(without_adult(check))
    record(
        actor=actor,
        verb="connectedness.ended",
        about=check,
        organization_id=check.school_id,
        detail={"without": alone},
    )
    if alone:
        at, counselor = now(), next(iter(people_with_any_role(check.school, FOLLOWED_UP_BY)), None)
        raise_duty(
            kind=FOLLOW_UP,
            thing=check.thing,
            organization=check.school,
            ladder=[
                Rung(at=at, audience="holder"),
                Rung(at=at + WITHIN, audience="role:principal"),
                Rung(at=at + 2 * WITHIN, audience=ladders.DISTRICT),
            ],
            actor=actor,
            due_at=at + WITHIN,
            holder=counselor,
            path=f"{check.path}without/",
            repeat_minutes=7 * 24 * 60,
        )
    return alone


def without_adult(check: Check) -> list[int]:
    """Ids of the students who are there now and have nobody."""
    named = set(TrustedAdult.objects.filter(check_round=check).values_list("student_id", flat=True))
    return [pk for pk, _grade in students_there(check.school) if pk not in named]


def _settle_if_nobody_is_left(check: Check, actor: Person) -> None:
    owed = list(open_about(check.thing, FOLLOW_UP))
    if owed and not without_adult(check):
        for duty in owed:
            discharge(duty=duty, actor=actor, outcome="everybody_has_somebody")
