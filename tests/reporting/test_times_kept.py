"""What is kept of when a report came, and what the desk shows of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils.timezone import localtime
from tests.reporting.acts import Valley

from security_center.foundation.ledger.models import Entry
from security_center.reporting import wording
from security_center.reporting.models import Report

pytestmark = pytest.mark.django_db


def test_database_and_ledger_hold_the_moment_and_the_desk_shows_an_age_and_then_a_rounded_time(
    valley: Valley,
) -> None:
    came = datetime(2026, 11, 24, 15, 52, 41, 123456, tzinfo=UTC)
    valley.set_clock(came)
    report = Report.objects.get(pk=valley.report().pk)
    assert report.received_at == came
    assert Entry.objects.get(verb="report.received").at == came
    valley.pass_time(minutes=5)
    assert wording.told(report, came) == "5 min ago"
    valley.pass_time(days=2)
    assert localtime(came).strftime("%M") == "52"
    assert ":45" in wording.told(report, came)
    assert ":52" not in wording.told(report, came)
