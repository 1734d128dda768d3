"""What the tests of the register share: a few invented students of Maple Valley."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from tests.reporting.acts import Valley

from security_center.foundation.organizations.models import Organization
from security_center.foundation.students import actions
from security_center.foundation.students.models import Student


@dataclass
class Register:
    valley: Valley
    count: int = 0

    def enter(self, name: str, *, school: Organization | None = None, **fields: Any) -> Student:
        self.count += 1
        given = {"identifier": f"{70000 + self.count}", "grade": "9", "birth_date": f"2011-03-{self.count:02d}", **fields}
        return actions.enter_student(actor=None, school=school or self.valley.school, name=name, **given)


@pytest.fixture
def register(valley: Valley) -> Register:
    return Register(valley)
