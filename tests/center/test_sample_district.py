"""The sample district of the demo: made by the actions themselves, believable in every state, with a whole
ledger."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django_scopes import scopes_disabled
from tests.programs.start import until

from sample_district import district, patience
from security_center.foundation.clock import clock_at
from security_center.foundation.ledger.queries import verify
from security_center.foundation.organizations.models import Organization, Role, RoleAssignment
from security_center.prevention.queries import adopted_plan
from security_center.reporting.models import Approval, IncidentGroup, Report, SubjectMention

pytestmark = pytest.mark.django_db


def test_the_sample_district_is_not_made_outside_the_demo() -> None:
    with pytest.raises(CommandError, match="only in the demo"):
        call_command("demo_data")


@pytest.mark.long
def test_the_sample_district_has_people_in_every_role_and_reports_in_every_state(
    open_vault: None,
    fast_passwords: None,
    data_folder: Path,
    settings: Any,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings.SSC_DEMO = True
    call_command("demo_data")
    printed = capsys.readouterr().out
    kept = json.loads((Path(settings.SSC_DATA) / "demo-sign-in.json").read_text(encoding="utf-8"))
    assert all(person["email"] in printed for person in kept["people"])
    assert kept["password"] in printed
    assert Organization.objects.filter(kind="school").count() >= 6
    assert set(RoleAssignment.objects.values_list("role", flat=True)) == set(Role.values)
    with scopes_disabled():
        reports = Report.objects.all()
        assert set(reports.values_list("state", flat=True)) == set(Report.State.values)
        assert set(reports.values_list("language", flat=True)) == {"en", "es"}
        assert any(report.is_late() for report in reports)
        assert Approval.objects.filter(decision="waiting").exists()
        assert IncidentGroup.objects.exists()
        assert SubjectMention.objects.filter(state="confirmed").exists()
        span = max(r.received_at for r in reports) - min(r.received_at for r in reports)
        assert span.days > 90
    assert verify().ok


def test_whoever_waits_for_it_is_given_a_sign_every_few_seconds() -> None:
    """Two and a half minutes without a word looked like a program that hangs."""
    said: list[str] = []
    with patience.told(said.append, every=0.01):
        until(lambda: len(said) > 1, "a second sign")
    count = len(said)
    assert said[0].startswith("ssc: … still making it")
    assert len(said) == count


@pytest.mark.long
def test_it_can_be_made_in_the_evening_when_it_is_tomorrow_on_the_servers_clock(
    open_vault: None, fast_passwords: None
) -> None:
    with clock_at(datetime(2026, 11, 28, 2, 30, tzinfo=UTC)):
        sample = district.build()
        adopted = [adopted_plan(place) for place in sample.districts.values()]
    assert {plan.decided_on.isoformat() for plan in adopted if plan is not None and plan.decided_on} == {
        "2026-11-27"
    }
