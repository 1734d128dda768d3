"""Checking a file of the register: each row is read, compared with what is known, and kept aside, sealed,
where no look-up sees it.

Done by the worker in small transactions, so that reports come in meanwhile. A check that was killed begins
anew: what it kept aside is cleared first."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from security_center.foundation.clock import now
from security_center.foundation.inserts import count_anew, insert_values
from security_center.foundation.ledger.actions import record
from security_center.foundation.organizations.identity import desk_recipient
from security_center.foundation.organizations.queries import schools_of
from security_center.foundation.vault import files
from security_center.foundation.vault.actions import keys_of, save_sealed_keys
from security_center.foundation.vault.columns import seal, unseal_all, unseal_file
from security_center.foundation.vault.errors import SealBroken
from security_center.foundation.vault.queries import open_record
from security_center.foundation.vault.records import OpenRecord

from .. import rosters, sealing
from ..csv_rows import (
    Fault,
    FaultyRow,
    RegisterRow,
    RowReader,
    UnreadableFile,
    encoding_of,
    text_lines,
    words_of_schools,
)
from ..models import Facts, Revision, Student, StudentImport, StudentToken
from ..preparing import Ahead, NewStudent, Work
from ..rosters.tables import in_zip
from .clearing import clear_district

BATCH = 1000
ALONE = BATCH  # rows that are prepared faster than a second process starts
FAULTS_KEPT = 200
FACTS = [column.attname for column in Facts._meta.local_fields]
_REVISION = ("student_import", "student", "after", "kind", "columns", *FACTS)
COUNTED = ("rows", "faulty", "came", "changed", "moved", "back", "left", "unchanged")
State = StudentImport.State


class TakenOver(Exception):
    """Another attempt at this check has begun; this one keeps nothing more aside."""


def check_import(*, import_id: int) -> StudentImport | None:
    """Check the file and keep aside what it says. None when there is nothing to check (it ran already).
    Raises VaultLocked."""
    begun = _begin(import_id)
    if begun is None:
        return None
    clear_district(district=begun.district)
    try:
        return _checked(_Check(begun))
    except TakenOver:  # also by whoever threw the file away while it was read
        return None


def _checked(check: _Check) -> StudentImport:
    try:
        check.run()
    except UnreadableFile as error:
        return _end(check.row, State.REFUSED, [Fault(0, error.code, error.cell)], {"faulty": 1})
    except (files.FileGone, SealBroken):
        return _end(check.row, State.REFUSED, [Fault(0, "file_gone")], {"faulty": 1})
    count_anew(Student, StudentToken, Revision)  # before they are counted and put in force
    return _end(check.row, State.READY, check.faults, check.counts())


@transaction.atomic
def _begin(import_id: int) -> StudentImport | None:
    row = (
        StudentImport.objects.select_for_update(of=("self",), no_key=True)
        .select_related("district", "school")
        .filter(pk=import_id)
        .first()
    )
    if row is None or row.state != State.CHECKING or row.file_id is None:
        return None
    row.attempt += 1
    row.save(update_fields=["attempt"])
    return row


@transaction.atomic
def _end(row: StudentImport, state: str, faults: list[Fault], counts: Mapping[str, int]) -> StudentImport:
    fresh = _mine(row)
    opened = open_record(fresh.record, desk_recipient(fresh.district))
    seal(
        opened,
        fresh,
        faults=json.dumps([[fault.row, fault.code, fault.cell] for fault in faults]) if faults else "",
    )
    file_id, fresh.file_id, fresh.file_seal, fresh.state = fresh.file_id, None, None, state
    for name, number in counts.items():
        setattr(fresh, name, number)
    fresh.save()
    record(
        actor="worker",
        verb="student_import.checked" if state == State.READY else "student_import.refused",
        about=fresh,
        organization_id=fresh.district_id,
        detail={"rows": fresh.rows, "faulty": fresh.faulty, "changes": fresh.changes},
    )
    if file_id is not None:
        transaction.on_commit(lambda: files.delete(file_id))
    return fresh


def _mine(row: StudentImport) -> StudentImport:
    """The row, locked, if this attempt is still the one that counts."""
    found = StudentImport.objects.select_for_update(of=("self",), no_key=True).select_related(
        "district", "school"
    )
    fresh = found.filter(pk=row.pk, attempt=row.attempt, state=State.CHECKING).first()
    if fresh is None:
        raise TakenOver
    return fresh


def _lines(file_id: UUID, key: bytes, schools: Mapping[str, int], today: date) -> Iterable[str]:
    """A zip file is a roster; anything else one CSV file. A packed roster is small, and is opened in memory:
    its names never touch the disk."""
    if not next(iter(files.read(file_id, key)), b"").startswith(b"PK\x03\x04"):
        return text_lines(files.read(file_id, key), encoding_of(files.read(file_id, key)))
    packed = io.BytesIO()
    for chunk in files.read(file_id, key):
        packed.write(chunk)
    return rosters.lines(in_zip(packed), schools, today)


@dataclass
class _Check:
    row: StudentImport
    there_before: int = 0
    faults: list[Fault] = field(default_factory=list)
    numbers: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(
            ("rows", "faulty", "came", "changed", "moved", "back", "left", "unchanged"), 0
        )
    )
    seen: dict[bytes, int] = field(default_factory=dict)  # identifier's token → row

    def run(self) -> None:
        district = self.row.district
        key = unseal_file(open_record(self.row.record, desk_recipient(district)), self.row, "file_seal")
        file_id = self.row.file_id
        assert file_id is not None  # noqa: S101 - _begin asked
        schools, today = words_of_schools(schools_of(district).filter(active=True)), district.today()
        reader = RowReader(
            _lines(file_id, key, schools, today), schools=schools, today=today, only_school=self.row.school_id
        )
        self.there_before = self._there().count()
        keys = keys_of([desk_recipient(district)])
        waiting: _Aside | None = None
        with Ahead() as ahead:
            for batch in itertools.batched(reader.rows(), BATCH):
                aside = self._take(batch)  # while the one before is prepared
                done = ahead.finish()
                if self.numbers["rows"] >= ALONE:
                    ahead.apart()
                ahead.begin(aside.work(keys))
                if waiting is not None:
                    waiting.store(done)
                waiting = aside
            if waiting is not None:
                waiting.store(ahead.finish())
        if not self.numbers["rows"]:
            raise UnreadableFile("only_headings")
        if self.row.whole:
            self._who_left()

    def counts(self) -> dict[str, int]:
        return {**self.numbers, "there_before": self.there_before, "alike": self._alike()}

    def _there(self) -> QuerySet[Student]:
        found = Student.objects.filter(district=self.row.district, active=True)
        return found.filter(school=self.row.school_id) if self.row.school_id else found

    def _fault(self, *faults: Fault) -> None:
        self.numbers["faulty"] += 1
        self.faults += faults[: max(0, FAULTS_KEPT - len(self.faults))]

    def _take(self, batch: Iterable[RegisterRow | FaultyRow]) -> _Aside:
        district, good = self.row.district, dict[bytes, RegisterRow]()
        blind = sealing.blinder(district)
        for row in batch:
            self.numbers["rows"] += 1
            token = blind.token("identifier", row.identifier)
            if isinstance(row, FaultyRow):
                self._fault(*row.faults)
                self.seen.setdefault(token, 0)
            elif self.seen.get(token):
                self._fault(Fault(row.row, "twice", str(self.seen[token])))
            else:
                self.seen[token] = row.row
                good[token] = row
        known = {
            bytes(one.identifier_token): one
            for one in Student.objects.filter(district=district, identifier_token__in=list(good))
        }
        contents = {
            token: sealing.content_of(blind, good[token].identifier, good[token].texts) for token in known
        }
        other = [
            student for token, student in known.items() if not _same(student, good[token], contents[token])
        ]
        self.numbers["unchanged"] += len(known) - len(other)
        for student in other:
            student.district = district
        opened = sealing.opened(other)
        aside = _Aside(self.row, read=self.numbers["rows"])
        aside.new = [(token, row) for token, row in good.items() if token not in known]
        for student in other:
            if student.record in opened:  # one who was shredded is not entered anew under the old record
                token = bytes(student.identifier_token)
                kind = aside.somebody_known(student, opened[student.record], good[token], contents[token])
                self.numbers[kind] += 1
        self.numbers["came"] += len(aside.new)
        return aside

    def _who_left(self) -> None:
        """Those who are there and not in the file. A row that cannot be used still says that its student is
        there."""
        gone = [
            pk
            for pk, token in self._there().values_list("pk", "identifier_token").iterator(BATCH)
            if bytes(token) not in self.seen
        ]
        for batch in itertools.batched(gone, BATCH):
            aside = _Aside(self.row, read=self.numbers["rows"])
            for student in Student.objects.filter(pk__in=batch):
                aside.somebody_gone(student)
            aside.store([])
        self.numbers["left"] = len(gone)

    def _alike(self) -> int:
        """How many of those who are new share their name with somebody else."""
        namesake = StudentToken.objects.filter(token=OuterRef("token"), kind="name").exclude(
            student=OuterRef("student")
        )
        new = StudentToken.objects.filter(student__came_by=self.row, kind="name").filter(Exists(namesake))
        return new.values("student").distinct().count()


def _same(student: Student, row: RegisterRow, content: bytes) -> bool:
    return student.content == content and (student.grade, student.school_id, student.active) == (
        row.grade,
        row.school,
        True,
    )


class _Aside:
    """One batch of what an import says, sealed before its transaction begins. `read`: how many rows were read
    so far, for whoever looks on."""

    def __init__(self, row: StudentImport, *, read: int) -> None:
        self.row, self.read, self.at, self.blind = row, read, now(), sealing.blinder(row.district)
        self.new: list[tuple[bytes, RegisterRow]] = []  # the identifier's token beside each
        self.revisions: list[tuple[object, ...]] = []  # in the order of _REVISION
        self.renamed: dict[int, set[tuple[str, bytes]]] = {}

    def work(self, keys: Mapping[str, tuple[int, bytes]]) -> Work:
        """What is to be prepared for `store`."""
        return Work(
            self.row.district_id, keys, [(row.identifier, dict(row.texts)) for _token, row in self.new]
        )

    def somebody_known(self, student: Student, opened: OpenRecord, row: RegisterRow, content: bytes) -> str:
        before = unseal_all(opened, student, Facts.TEXTS)
        differ = [column for column, text in row.texts.items() if text != before[column]]
        clear = [
            name
            for name, is_now, was in (
                ("grade", row.grade, student.grade),
                ("school", row.school, student.school_id),
            )
            if is_now != was
        ]
        if not differ and not clear and student.active:
            return "unchanged"
        kind = (
            Revision.Kind.BACK
            if not student.active
            else Revision.Kind.MOVED
            if "school" in clear
            else Revision.Kind.CHANGED
        )
        old = {name: getattr(student, name) for name in FACTS}
        seal(opened, student, **{column: row.texts[column] for column in differ})
        new = {name: getattr(student, name) for name in FACTS} | {
            "school_id": row.school,
            "grade": row.grade,
            "active": True,
            "left_at": None,
            "content": content,
        }
        self._revise(student, kind, old, new, [*clear, *differ])
        if {"name", "birth_date"} & set(differ):
            after = {**before, **row.texts}
            self.renamed[student.pk] = set(sealing.found_by(self.blind, after["name"], after["birth_date"]))
        return kind

    def somebody_gone(self, student: Student) -> None:
        old = {name: getattr(student, name) for name in FACTS}
        self._revise(student, Revision.Kind.LEFT, old, old | {"active": False, "left_at": self.at}, [])

    def _revise(
        self,
        student: Student,
        kind: str,
        old: Mapping[str, object],
        new: Mapping[str, object],
        columns: list[str],
    ) -> None:
        for after, facts in ((False, old), (True, new)):
            self.revisions.append(
                (self.row.pk, student.pk, after, kind, columns, *(facts[name] for name in FACTS))
            )

    @transaction.atomic
    def store(self, prepared: Sequence[NewStudent]) -> None:
        """`prepared`: those who are new, in their order."""
        _mine(self.row)
        save_sealed_keys(keys for student in prepared for keys in student.keys)
        self._store_new(prepared)
        insert_values(Revision, _REVISION, self.revisions)
        ids = self._ids_of_new()
        rows: list[tuple[int, str, bytes, int | None]] = [
            (ids[own], kind, token, None)
            for (own, _row), student in zip(self.new, prepared, strict=True)
            for kind, token in student.tokens
        ]
        gone = []
        for token in StudentToken.objects.filter(student__in=self.renamed):
            wanted, there = self.renamed[token.student_id], (token.kind, bytes(token.token))
            if there in wanted:
                wanted.discard(there)
            else:
                gone.append(token.pk)
        StudentToken.objects.filter(pk__in=gone).update(gone_by=self.row)
        rows += [(pk, kind, token, self.row.pk) for pk, new in self.renamed.items() for kind, token in new]
        insert_values(StudentToken, ("student", "kind", "token", "came_by"), rows)
        StudentImport.objects.filter(pk=self.row.pk).update(rows=self.read)

    def _ids_of_new(self) -> dict[bytes, int]:
        """Identifier's token → key of the row just stored: the newest, since to ask for a thousand by name
        takes longer."""
        newest = Student.everyone.filter(district=self.row.district_id, came_by=self.row.pk).order_by("-pk")[
            : len(self.new)
        ]
        return {bytes(token): pk for token, pk in newest.values_list("identifier_token", "pk")}

    def _store_new(self, prepared: Sequence[NewStudent]) -> None:
        """Of each the same columns: without an object of each."""
        shared = {
            "district": self.row.district_id,
            "active": True,
            "came_at": self.at,
            "came_by": self.row.pk,
            "staged": True,
        }
        own = ("record", "uuid", "content", "identifier_token", "school", "grade", "identifier", *Facts.TEXTS)
        rows = [
            (
                *(
                    student.record,
                    student.uuid,
                    student.content,
                    token,
                    row.school,
                    row.grade,
                    student.sealed["identifier"],
                ),
                *(student.sealed.get(column) for column in Facts.TEXTS),
                *shared.values(),
            )
            for (token, row), student in zip(self.new, prepared, strict=True)
        ]
        insert_values(Student, (*own, *shared), rows)
