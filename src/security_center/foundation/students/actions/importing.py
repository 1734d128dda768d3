"""A file of the register comes in, is put in force in one go, and is undone in one go. Reading it is
`checking`'s."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from security_center.foundation.clock import now, wall
from security_center.foundation.inserts import count_anew
from security_center.foundation.ledger.actions import record, take_turn
from security_center.foundation.organizations.identity import desk_recipient
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.vault import files
from security_center.foundation.vault.actions import new_record
from security_center.foundation.vault.columns import seal_file
from security_center.foundation.vault.exchange import lock

from .. import policies
from ..models import Facts, Revision, Student, StudentImport
from ..one_row import as_csv
from .clearing import UNDO_WITHIN

State = StudentImport.State
# More than this share of those who are there would leave: somebody has to say that they mean it.
MANY = 0.2
# A file whose caller checks it is the worker's only when that caller has died. A task may be put off for no
# longer.
CALLER_CHECKS_WITHIN = timedelta(minutes=15)


class OpenImport(Exception):
    """Another file of this district is being checked or waits: it is put in force or thrown away first."""


class NotOfThisDistrict(Exception):
    """The school is another district's."""


class NotReady(Exception):
    """The file is not checked, or was put in force or thrown away in the meantime."""


class RowsWouldBeLeftOut(Exception):
    """Some rows cannot be used; somebody has to say that the others are put in force without them."""


class ManyWouldLeave(Exception):
    """The file would say of many students that they left, as a file of one grade would; somebody has to say
    that this is meant."""


class NothingToChange(Exception):
    """The register says all this already."""


class CannotBeUndone(Exception):
    """It is not in force, a later import stands on it, or what was before is forgotten."""


# Rooms above say which students something of theirs names: whoever is named stays when the import that
# brought them is undone.
_keepers: list[Callable[[QuerySet[Student]], Iterable[int]]] = []


def keep_those_named_by(keeper: Callable[[QuerySet[Student]], Iterable[int]]) -> None:
    """Register a function that is given students and returns the ids of those that its room names. Called at
    start."""
    _keepers.append(keeper)


@transaction.atomic
def begin_import(
    *,
    actor: Person | None,
    district: Organization,
    file_id: UUID,
    file_key: bytes,
    whole: bool = True,
    school: Organization | None = None,
    caller_checks: bool = False,
) -> StudentImport:
    """Take in a sealed file; the worker checks it, unless `caller_checks`. `whole`: whoever is not in it has
    left.

    Raises NotAllowed, OpenImport, NotOfThisDistrict.
    """
    from ..tasks import check_import

    policies.require(actor, Permission.STUDENT_IMPORT, district)
    if school is not None and school.parent_id != district.pk:
        raise NotOfThisDistrict
    take_turn()
    if StudentImport.objects.filter(district=district, state__in=[State.CHECKING, State.READY]).exists():
        raise OpenImport
    opened = new_record(recipients=[desk_recipient(district)])
    row = StudentImport(
        record=opened.record,
        district=district,
        school=school,
        whole=whole,
        file_id=file_id,
        uploaded_by=actor,
        uploaded_at=now(),
    )
    seal_file(opened, row, "file_seal", file_key)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise OpenImport from None
    record(
        actor=actor,
        verb="student_import.begun",
        about=row,
        organization_id=district.pk,
        detail={"whole": whole},
    )
    check_import.using(run_after=wall() + CALLER_CHECKS_WITHIN if caller_checks else None).enqueue(
        import_id=row.pk, district_id=district.pk
    )
    return row


def begin_single(*, actor: Person, school: Organization, typed: Mapping[str, str]) -> StudentImport:
    """One student by hand, as a file of one row from which nobody has left. Raises what `begin_import`
    raises."""
    policies.require(actor, Permission.STUDENT_IMPORT, school.district)
    file_id, file_key, _size = files.write([as_csv(typed).encode()])
    try:
        return begin_import(
            actor=actor,
            district=school.district,
            file_id=file_id,
            file_key=file_key,
            whole=False,
            school=school,
        )
    except Exception:
        files.delete(file_id)
        raise


@transaction.atomic
def apply_import(
    *, actor: Person | None, student_import: StudentImport, leave_out: bool = False, many_left: bool = False
) -> StudentImport:
    """Put it in force, as a whole. `leave_out`: without its faulty rows; `many_left`: it is meant that many
    leave.

    Raises NotAllowed, NotReady, RowsWouldBeLeftOut, ManyWouldLeave, NothingToChange.
    """
    row = _locked(actor, student_import)
    if row.state != State.READY:
        raise NotReady
    if row.faulty and not leave_out:
        raise RowsWouldBeLeftOut
    if many_would_leave(row) and not many_left:
        raise ManyWouldLeave
    if not row.changes:
        raise NothingToChange
    Revision.objects.filter(student_import=row, kind=Revision.Kind.LEFT, after=True).update(left_at=now())
    Student.everyone.filter(came_by=row, staged=True).update(staged=False, came_at=now())
    _put_facts(row, after=True)
    row.state, row.applied_by, row.applied_at = State.APPLIED, actor, now()
    row.save(update_fields=["state", "applied_by", "applied_at"])
    counts = {name: getattr(row, name) for name in ("came", "changed", "moved", "back", "left", "faulty")}
    record(
        actor=actor, verb="student_import.applied", about=row, organization_id=row.district_id, detail=counts
    )
    # They are in force now, and every look-up asks for those
    transaction.on_commit(lambda: count_anew(Student))
    return row


@transaction.atomic
def undo_import(*, actor: Person | None, student_import: StudentImport) -> StudentImport:
    """Put back what was before, as a whole. Whoever came with it and is named by a case stays. Raises
    NotAllowed, CannotBeUndone, OpenImport."""
    from ..tasks import clear_import

    row = _locked(actor, student_import)
    if not can_be_undone(row):
        raise CannotBeUndone
    if StudentImport.objects.filter(district=row.district, state__in=[State.CHECKING, State.READY]).exists():
        raise OpenImport
    came = Student.objects.filter(came_by=row)
    kept = {pk for keeper in _keepers for pk in keeper(came)}
    row.kept = Student.objects.filter(pk__in=kept).update(came_by=None)
    Student.objects.filter(came_by=row).update(staged=True)
    _put_facts(row, after=False)
    row.state, row.undone_by, row.undone_at = State.UNDONE, actor, now()
    row.save(update_fields=["state", "undone_by", "undone_at", "kept"])
    record(
        actor=actor,
        verb="student_import.undone",
        about=row,
        organization_id=row.district_id,
        detail={"kept": row.kept},
    )
    clear_import.enqueue(import_id=row.pk, district_id=row.district_id)
    return row


@transaction.atomic
def discard_import(*, actor: Person | None, student_import: StudentImport) -> StudentImport:
    """Throw away what was not put in force. Raises NotAllowed, NotReady."""
    from ..tasks import clear_import

    row = _locked(actor, student_import)
    if row.state not in {State.CHECKING, State.READY}:
        raise NotReady
    file_id = row.file_id
    row.state, row.file_id, row.file_seal, row.attempt = State.DISCARDED, None, None, row.attempt + 1
    row.save(update_fields=["state", "file_id", "file_seal", "attempt"])
    record(actor=actor, verb="student_import.discarded", about=row, organization_id=row.district_id)
    clear_import.enqueue(import_id=row.pk, district_id=row.district_id)
    if file_id is not None:
        transaction.on_commit(lambda: files.delete(file_id))
    return row


def no_check_begins() -> list[str]:
    """In the caller's transaction: until it ends no file begins to be checked. Names the districts where one
    is being checked now."""
    lock(StudentImport)
    return sorted(StudentImport.objects.filter(state=State.CHECKING).values_list("district__name", flat=True))


def many_would_leave(row: StudentImport) -> bool:
    return row.left > max(20, MANY * row.there_before)


def can_be_undone(row: StudentImport) -> bool:
    """In force, the last one that is, and not older than a month."""
    if (
        row.state != State.APPLIED
        or row.settled_at is not None
        or row.applied_at is None
        or row.applied_at < now() - UNDO_WITHIN
    ):
        return False
    return not StudentImport.objects.filter(
        district=row.district_id, state=State.APPLIED, pk__gt=row.pk
    ).exists()


def _locked(actor: Person | None, student_import: StudentImport) -> StudentImport:
    policies.require(actor, Permission.STUDENT_IMPORT, student_import.district)
    take_turn()
    return (
        StudentImport.objects.select_for_update(of=("self",), no_key=True)
        .select_related("district__parent")
        .get(pk=student_import.pk)
    )


def _put_facts(row: StudentImport, *, after: bool) -> None:
    """Copy the facts of one side into the students' rows: one statement, a second for a hundred thousand,
    whole or not at all."""
    quoted = connection.ops.quote_name
    students, revisions = quoted(Student._meta.db_table), quoted(Revision._meta.db_table)
    columns = [quoted(str(column.column)) for column in Facts._meta.local_fields]
    sets = ", ".join(f"{column} = r.{column}" for column in columns)
    where = f"r.student_id = {students}.id AND r.student_import_id = %s AND r.after = %s"
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {students} SET {sets} FROM {revisions} AS r WHERE {where}", [row.pk, after])  # noqa: S608 - names of our own columns
