"""What the tests of the register share: a few invented students of Maple Valley."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from tests.reporting.acts import Valley

from security_center.foundation.organizations.models import Organization
from security_center.foundation.students import actions, queries
from security_center.foundation.students.actions import checking
from security_center.foundation.students.models import Student, StudentImport, StudentToken
from security_center.foundation.vault import files
from security_center.foundation.vault.models import SealedKey


@dataclass
class Register:
    valley: Valley
    count: int = 0

    def enter(self, name: str, *, school: Organization | None = None, **fields: Any) -> Student:
        self.count += 1
        given = {
            "identifier": f"{70000 + self.count}",
            "grade": "9",
            "birth_date": f"2011-03-{self.count:02d}",
            **fields,
        }
        return actions.enter_student(actor=None, school=school or self.valley.school, name=name, **given)

    def send(self, text: str | bytes, *, check: bool = True, **fields: Any) -> StudentImport:
        """A file comes in and, unless told otherwise, is checked as the worker does."""
        content = text.encode() if isinstance(text, str) else text
        file_id, file_key, _size = files.write([content])
        row = actions.begin_import(
            actor=self.valley.cast.ada,
            district=self.valley.cast.district,
            file_id=file_id,
            file_key=file_key,
            **fields,
        )
        if check:
            checking.check_import(import_id=row.pk)
        return StudentImport.objects.select_related("district").get(pk=row.pk)

    def apply(self, text: str | bytes, *, whole: bool = False, **agreed: Any) -> StudentImport:
        return actions.apply_import(
            actor=self.valley.cast.ada, student_import=self.send(text, whole=whole), **agreed
        )

    def faults(self, row: StudentImport) -> list[tuple[int, str, str]]:
        return [(fault.row, fault.code, fault.cell) for fault in queries.import_page(row).faults]

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Each row of the register and of the keys, byte for byte."""
        keys = SealedKey.objects.exclude(record__in=StudentImport.objects.values("record"))
        return {
            str(rows.model): sorted(rows.values_list(), key=repr)
            for rows in (Student.everyone.all(), StudentToken.objects.all(), keys)
        }


@pytest.fixture
def register(valley: Valley) -> Register:
    return Register(valley)
