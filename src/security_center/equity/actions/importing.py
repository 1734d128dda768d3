"""The sealed import: a file is looked at, then used as a whole, and undone as a whole."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator

from django.db import transaction
from django.utils.translation import gettext as _

from security_center.foundation.actors import ledger_name
from security_center.foundation.clock import now
from security_center.foundation.ledger.actions import record, take_turn
from security_center.foundation.organizations.identity import desk_recipient
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.pasted_rows import RowFault, folded
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import require
from security_center.foundation.organizations.queries import schools_of
from security_center.foundation.vault.actions import prepare_record, save_record, shred_record
from security_center.foundation.vault.columns import seal, unseal

from ..csv_rows import EnrolmentRow, StudentRow, parse, uneven_sums
from ..models import Enrolment, Figures, Import, ProtectedRow
from ..sealing import blinded, opened

BATCH = 5_000


class FaultyRows(Exception):
    """At least one row cannot be used, so nothing was kept. `faults` names each with its line."""

    def __init__(self, faults: list[RowFault]) -> None:
        super().__init__(f"{len(faults)} faulty rows")
        self.faults = faults


class NotPossible(Exception):
    """The file was used, replaced or undone meanwhile."""


def send(*, actor: Person, district: Organization, kind: str, text: str) -> Import:
    """Check a file row by row and keep it, sealed, until somebody uses it. Raises NotAllowed, FaultyRows,
    VaultLocked."""
    require(actor, Permission.EQUITY_IMPORT, district)
    parsed = parse(kind, text)
    faults = parsed.faults or (
        _unknown_schools(district, parsed.rows) if kind == Import.Kind.ENROLMENT else []
    )
    if faults:
        raise FaultyRows(faults)
    prepared = prepare_record(recipients=[desk_recipient(district)])
    with transaction.atomic():
        take_turn()
        source = Import(
            record=save_record(prepared).record,
            district=district,
            kind=kind,
            rows=len(parsed.rows),
            school_year=parsed.school_year,
            sent_at=now(),
            sent_by=actor,
        )
        seal(prepared.opened, source, content=text)
        source.save(force_insert=True)
        _note(source, actor, "equity.import_sent")
    return source


def _unknown_schools(district: Organization, rows: Iterable[object]) -> list[RowFault]:
    known, asked = _schools(district), [row for row in rows if isinstance(row, EnrolmentRow)]
    names = dict.fromkeys(row.school for row in asked)
    unknown = [
        RowFault(0, _("“%(school)s” is no school of this district.") % {"school": name})
        for name in names
        if folded(name) not in known
    ]
    uneven = [
        RowFault(
            0,
            _(
                "The fields of “%(school)s” add up to different numbers of students. Each student "
                "stands once in each field."
            )
            % {"school": name},
        )
        for name in uneven_sums(asked)
    ]
    return unknown + uneven


def _schools(district: Organization) -> dict[str, Organization]:
    """Schools by everything that a file may call them."""
    return {
        folded(word): school
        for school in schools_of(district)
        for word in (school.name, school.slug, school.external_id)
        if word
    }


@transaction.atomic
def use(*, actor: Person, source: Import) -> Import:
    """Use all its rows in place of the file before it. Raises NotAllowed, NotPossible."""
    fresh = _locked(actor, source)
    if fresh.state != Import.State.WAITING:
        raise NotPossible
    parsed = parse(fresh.kind, unseal(opened(fresh), fresh, "content"))
    before = Import.objects.filter(
        district=fresh.district, kind=fresh.kind, school_year=fresh.school_year, state=Import.State.USED
    )
    before.update(state=Import.State.REPLACED)
    if fresh.kind == Import.Kind.PROTECTED:
        for students in itertools.batched(
            _protected(fresh, [row for row in parsed.rows if isinstance(row, StudentRow)]), BATCH
        ):
            ProtectedRow.objects.bulk_create(students)
    else:
        Enrolment.objects.bulk_create(
            _enrolment(fresh, [row for row in parsed.rows if isinstance(row, EnrolmentRow)])
        )
    fresh.state, fresh.used_at, fresh.content = Import.State.USED, now(), None
    fresh.save(update_fields=["state", "used_at", "content"])
    _note(fresh, actor, "equity.import_used")
    return fresh


def _protected(source: Import, rows: list[StudentRow]) -> Iterator[ProtectedRow]:
    key = opened(source)
    for row in rows:
        made = ProtectedRow(source=source, token=blinded(source.district, row.identifier))
        seal(key, made, values=json.dumps(row.values, separators=(",", ":")))
        yield made


def _enrolment(source: Import, rows: list[EnrolmentRow]) -> Iterator[Enrolment]:
    known = _schools(source.district)
    for row in rows:
        yield Enrolment(
            source=source,
            school=known[folded(row.school)],
            axis=row.axis,
            group=row.group,
            students=row.students,
        )


@transaction.atomic
def undo(*, actor: Person, source: Import) -> Import:
    """Take all its rows back; the file that it replaced counts again. Figures that rest on it stay as they
    were published, and say it from now on: made anew, they would tell by the difference whose rows were
    changed. Raises NotAllowed, NotPossible."""
    fresh = _locked(actor, source)
    if fresh.state not in {Import.State.WAITING, Import.State.USED}:
        raise NotPossible
    was_used = fresh.state == Import.State.USED
    ProtectedRow.objects.filter(source=fresh).delete()
    Enrolment.objects.filter(source=fresh).delete()
    shred_record(record=fresh.record, actor=ledger_name(actor))
    fresh.state, fresh.undone_at, fresh.content = Import.State.UNDONE, now(), None
    fresh.save(update_fields=["state", "undone_at", "content"])
    if was_used:
        same = Import.objects.filter(
            district=fresh.district,
            kind=fresh.kind,
            school_year=fresh.school_year,
            state=Import.State.REPLACED,
        )
        earlier = same.order_by("-used_at").first()
        if earlier is not None:
            earlier.state = Import.State.USED
            earlier.save(update_fields=["state"])
        resting = Figures.objects.filter(
            district=fresh.district,
            kind=Figures.Kind.EQUITY,
            basis_undone_at__isnull=True,
            made_at__gte=fresh.used_at,
        )
        if fresh.school_year:
            resting = resting.filter(period__startswith=fresh.school_year)
        resting.update(basis_undone_at=now())
    _note(fresh, actor, "equity.import_undone")
    return fresh


def _locked(actor: Person, source: Import) -> Import:
    take_turn()
    fresh = (
        Import.objects.select_for_update(of=("self",), no_key=True)
        .select_related("district__parent")
        .get(pk=source.pk)
    )
    require(actor, Permission.EQUITY_IMPORT, fresh.district)
    return fresh


def _note(source: Import, actor: Person, verb: str) -> None:
    record(
        actor=actor,
        verb=verb,
        about=source,
        organization_id=source.district_id,
        detail={"kind": source.kind, "rows": source.rows},
    )
