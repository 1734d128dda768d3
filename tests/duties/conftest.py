from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from security_center.foundation.clock import clock_at, now
from security_center.foundation.duties import audiences, ringing
from security_center.foundation.duties.actions import Rung, raise_duty
from security_center.foundation.duties.models import Duty
from security_center.foundation.notifications import kinds
from security_center.foundation.organizations.models import Organization, Person

START = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
KIND = "tests.acknowledge"


def minutes(count: float) -> datetime:
    return START + timedelta(minutes=count)


@dataclass
class House:
    """A school, its district, and who is reachable under which audience. Tests change `reachable` to make
    absences and gaps."""

    district: Organization
    school: Organization
    rosa: Person
    ben: Person
    nia: Person
    omar: Person
    reachable: dict[str, list[Person]] = field(default_factory=dict)

    def u1_ladder(self) -> list[Rung]:
        return [
            Rung(minutes(0), "first"),
            Rung(minutes(5), "second"),
            Rung(minutes(15), "district"),
            Rung(minutes(30), "top", kind="tests.dispatch"),
        ]

    def raised_now(self, thing: str) -> Duty:
        """By whatever the clock says now, as the public program raises one."""
        at = now()
        rungs = [Rung(at + (rung.at - START), rung.audience, rung.kind) for rung in self.u1_ladder()]
        return raise_duty(
            kind=KIND,
            thing=thing,
            organization=self.school,
            ladder=rungs,
            actor="reporter",
            urgency="U1",
            due_at=rungs[1].at,
        )

    def raised(
        self, ladder: list[Rung] | None = None, *, holder: Person | None = None, thing: str = "report:7F3K2M"
    ) -> Duty:
        with clock_at(START):
            return raise_duty(
                kind=KIND,
                thing=thing,
                organization=self.school,
                ladder=ladder or self.u1_ladder(),
                actor="reporter",
                urgency="U1",
                holder=holder,
                path="/desk/reports/7F3K2M/",
                due_at=minutes(5),
            )


@pytest.fixture
def house(db: None) -> Iterator[House]:
    ringing._faulty_until.clear()
    district = Organization.objects.create(
        kind="district",
        name="Maple Valley",
        slug="maple-valley",
        dispatch_number="555-0100",
        created_at=START,
    )
    school = Organization.objects.create(
        kind="school", parent=district, name="Maple High", slug="maple-high", created_at=START
    )
    people = {
        name: Person.objects.create_user(
            email=f"{name}@maple.example.org", name=name.title(), created_at=START
        )
        for name in ("rosa", "ben", "nia", "omar")
    }
    found = House(district, school, **people)
    found.reachable = {
        "first": [found.rosa],
        "second": [found.ben],
        "district": [found.nia],
        "top": [found.omar],
    }
    before = dict(audiences._audiences)  # "district" is also the name of a real audience
    for name in ("first", "second", "district", "top"):
        audiences.register(name, lambda _organization, _thing, _at, name=name: found.reachable[name])
    kinds.register(kinds.MessageKind(KIND, "A report waits", "A report waits at %(organization)s."))
    kinds.register(
        kinds.MessageKind(
            "tests.dispatch", "Call dispatch", "Call dispatch: %(dispatch)s (%(minutes)s minutes)."
        )
    )
    yield found
    audiences._audiences.clear()
    audiences._audiences.update(before)
    for name in (KIND, "tests.dispatch"):
        kinds._kinds.pop(name, None)
