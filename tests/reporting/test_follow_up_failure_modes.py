"""Failures of follow-up that happened, replayed: reporting.md R14 to R18. The earlier ones are in
test_failure_modes.py."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection
from tests.reporting.acts import Valley, every_hour, everything_in_the_database, fresh

from security_center.prevention import actions as plan_actions
from security_center.prevention.queries import coverage_gaps_at, form_state, public_state
from security_center.reporting import tasks
from security_center.reporting.actions import decisions, desk, thread
from security_center.reporting.actions.intake import FormClosed
from security_center.reporting.models import Approval, Disposition, Note, Report
from security_center.reporting.queries import never_zero

# --- reporting.md R14: false certainty about anonymity
# ---------------------------------------------------------------


def test_r14_no_column_for_an_address_a_device_or_a_browser_exists_beside_a_report(valley: Valley) -> None:
    from django.apps import apps

    names = {
        field.name
        for model in apps.get_app_config("reporting").get_models()
        for field in model._meta.get_fields()
    }
    parts = {part for name in names for part in name.split("_")}
    assert not parts & {"ip", "address", "agent", "browser", "device", "cookie", "session", "phone", "email"}


def test_r14_an_anonymous_report_names_nobody_even_when_a_signed_in_person_enters_it(valley: Valley) -> None:
    report = valley.report(
        actor=valley.cast.dana, channel="phone", reporter_name="The caller", reporter_contact="555-0199"
    )
    assert not hasattr(report, "identity")
    assert b"555-0199" not in everything_in_the_database()


# --- reporting.md R15: hours without anybody
# -------------------------------------------------------------------------


def test_r15_an_hour_without_a_reader_is_an_error_and_the_public_page_says_when_somebody_reads(
    valley: Valley,
) -> None:
    rows = [plan_actions.ShiftRow(valley.cast.rosa.pk, day, 8 * 60, 16 * 60) for day in range(5)]
    plan_actions.set_coverage(actor=None, organization=valley.school, rows=rows)
    night = datetime(2026, 11, 24, 22, 0, tzinfo=ZoneInfo("America/New_York"))
    valley.set_clock(night)
    assert coverage_gaps_at([valley.school], days=1)[valley.school.pk][0].ends_at == datetime(
        2026, 11, 25, 8, 0, tzinfo=ZoneInfo("America/New_York")
    )
    said = public_state(valley.school)
    assert said.open
    assert said.covered_until is None
    assert said.next_covered_at == datetime(2026, 11, 25, 8, 0, tzinfo=ZoneInfo("America/New_York"))
    report = valley.report("He will bring a gun tomorrow")
    valley.ring()
    # At once: nobody was there to be told before
    assert valley.steps(report)[-1][1:] == ("district_on_call", ["Nia Ward"])


def test_r15_a_school_whose_calendar_names_nobody_takes_no_report_in_secret(valley: Valley) -> None:
    plan_actions.set_coverage(actor=None, organization=valley.school, rows=[])
    assert form_state(valley.school).missing == ["no_reader"]
    with pytest.raises(FormClosed):
        valley.receive()


def test_r15_a_reader_who_does_not_prove_that_alerts_arrive_opens_no_form(
    valley: Valley, settings: Any
) -> None:
    settings.SSC_DEMO = False
    plan_actions.set_coverage(actor=None, organization=valley.school, rows=every_hour(valley.cast.rosa))
    assert form_state(valley.school).missing == ["unproved_reader"]
    assert form_state(valley.school).readers_without_confirmed_alert == [valley.cast.rosa]


# --- reporting.md R16: punished messengers
# ---------------------------------------------------------------------------


def test_r16_one_person_alone_can_call_nobody_a_liar(valley: Valley) -> None:
    report = valley.taken()
    decisions.decide(
        actor=valley.cast.rosa,
        report=report,
        actions=["discipline"],
        validity="knowingly_false",
        considered="He lied.",
    )
    assert Disposition.objects.get().validity == "unsubstantiated"
    asked = Approval.objects.get(kind=Approval.Kind.KNOWINGLY_FALSE)
    for person in (valley.cast.rosa, valley.cast.tess, valley.cast.dana):
        with pytest.raises(decisions.SecondReaderNeeded):
            decisions.answer_approval(actor=person, approval=asked, agree=True, answer="Yes.")


def test_r16_being_wrong_in_good_faith_needs_nobody_elses_leave(valley: Valley) -> None:
    report = valley.taken()
    decisions.decide(
        actor=valley.cast.rosa,
        report=report,
        actions=["counseling"],
        validity="mistaken",
        considered="It was a play rehearsal.",
    )
    assert Disposition.objects.get().validity == "mistaken"
    assert not Approval.objects.exists()


# --- reporting.md R17: duplicates closed as noise
# --------------------------------------------------------------------


def test_r17_a_duplicate_is_counted_its_new_fact_is_marked_and_its_reporter_keeps_a_thread(
    valley: Valley,
) -> None:
    rosa = valley.cast.rosa
    first, second = valley.taken(), valley.receive("The same, but it is planned for Friday.")
    desk.look(actor=rosa, report=second.report)
    valley.pass_time(minutes=1)
    desk.link_duplicate(actor=rosa, report=second.report, first=first, new_facts="Friday.")
    assert Note.objects.get(new_facts=True).report == second.report
    assert fresh(first).new_facts_at == valley.at
    assert "new_facts" in valley.duties(first)  # somebody is asked to read it
    decisions.decide(
        actor=rosa, report=fresh(first), actions=["counseling"], validity="plausible", considered="Talked."
    )
    with pytest.raises(decisions.NewFactsUnread):
        decisions.close(actor=rosa, report=fresh(first))
    assert fresh(second.report).closed_at is None
    assert valley.duties(second.report)
    assert (
        thread.desk_writes(actor=rosa, report=fresh(second.report), body="Thank you, that helps.").report
        == second.report
    )


# --- reporting.md R18: no outcome was ever entered
# -------------------------------------------------------------------


def test_r18_a_report_without_a_decision_stands_on_the_home_page_and_keeps_ringing(
    valley: Valley, caplog: pytest.LogCaptureFixture
) -> None:
    report = valley.taken()
    assert never_zero(valley.cast.omar).without_decision == 0
    valley.set_clock(report.decide_by + timedelta(minutes=1))
    assert never_zero(valley.cast.omar).without_decision == 1
    assert never_zero(valley.cast.rosa).without_decision == 1
    with caplog.at_level(logging.WARNING, logger="security_center.reporting"):
        assert tasks.count_undecided() == 1
    for _ in range(4):
        valley.ring()
        valley.pass_time(days=1)
    audiences = [audience for _minute, audience, _names in valley.steps(report, "reporting.decide")]
    assert audiences[:3] == ["desk", "district", "superintendent"]
    with pytest.raises(decisions.NothingDecided):
        decisions.close(actor=valley.cast.rosa, report=fresh(report), reason="Old.")
    with connection.cursor() as cursor, pytest.raises(IntegrityError):
        cursor.execute(
            f"UPDATE {Report._meta.db_table} SET state = 'finished', closed_at = %s WHERE id = %s",  # noqa: S608
            [valley.at, report.pk],
        )
