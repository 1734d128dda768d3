"""What is published of thousands of desks: worked out together, and written only where it changed."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.reporting.acts import START, Valley, every_hour, valley

from security_center.foundation.organizations.models import Organization
from security_center.prevention import actions, tasks
from security_center.prevention.actions import publishing
from security_center.prevention.models import CoverageShift, PublishedForm

__all__ = ["valley"]
pytestmark = pytest.mark.django_db


def more_schools(valley: Valley, count: int) -> list[Organization]:
    made = Organization.objects.bulk_create(
        [
            Organization(
                kind="school",
                parent=valley.cast.district,
                name=f"School {n}",
                slug=f"school-{count}-{n}",
                created_at=START,
            )
            for n in range(count)
        ]
    )
    shifts = [
        CoverageShift(
            organization=school,
            person_id=row.person_id,
            weekday=row.weekday,
            starts_minute=0,
            ends_minute=1440,
        )
        for school in made
        for row in every_hour(valley.cast.nia)
    ]
    CoverageShift.objects.bulk_create(shifts)
    return made


def queries_of_publishing() -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        tasks.publish_forms()
    return [query["sql"] for query in asked.captured_queries]


def test_the_minutes_look_costs_the_same_queries_however_many_desks_there_are_and_writes_nothing_unchanged(
    valley: Valley,
) -> None:
    tasks.publish_forms()
    few = queries_of_publishing()
    more_schools(valley, 60)
    assert tasks.publish_forms() == 60
    many = queries_of_publishing()
    assert len(many) <= len(few) + 2 <= 22  # two more to read people apart from shifts
    assert not [sql for sql in many if sql.startswith(("INSERT", "UPDATE", "DELETE"))]
    valley.pass_time(minutes=30)
    assert tasks.publish_forms() == 0


def test_only_what_changed_is_written(valley: Valley) -> None:
    one, *_others = more_schools(valley, 5)
    tasks.publish_forms()
    CoverageShift.objects.filter(organization=one, weekday=2).delete()
    assert tasks.publish_forms() == 1
    assert len(PublishedForm.objects.get(organization=one).windows) > 1


def test_a_holiday_of_a_whole_state_does_not_renew_each_form_while_all_other_writers_wait(
    valley: Valley, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen before: 49.7 seconds with the ledger's turn, 20 of 300 reports refused."""
    monkeypatch.setattr(publishing, "AT_ONCE", 20)
    more_schools(valley, 50)
    tasks.publish_forms()
    before = dict(PublishedForm.objects.values_list("pk", "renewed_at"))
    with CaptureQueriesContext(connection) as asked:
        actions.add_holiday(
            actor=None,
            organization=valley.cast.state,
            first_day=date(2026, 12, 24),
            last_day=date(2026, 12, 31),
            name="Winter break",
        )
    assert len(asked) <= 12
    assert dict(PublishedForm.objects.values_list("pk", "renewed_at")) == before
    assert tasks.publish_forms() >= 50
    form = PublishedForm.objects.get(organization=valley.school)
    assert ["2026-12-24", "2026-12-31"] in form.ladder_facts["holidays"]
