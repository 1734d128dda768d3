"""The first page, by role: what is mine, what is late, what must be zero, and for administrators what is
broken."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django_scopes import scopes_disabled
from tests.cast import Cast

from security_center.center import actions
from security_center.foundation.clock import clock_at, now
from security_center.foundation.duties.actions import advance_due_steps, raise_duty
from security_center.foundation.duties.machine import Rung
from security_center.foundation.duties.models import Duty
from security_center.foundation.duties.queries import open_for
from security_center.foundation.ledger.actions import record
from security_center.foundation.notifications.actions import confirm_test_alert, send_test_alert
from security_center.foundation.notifications.tokens import token_of
from security_center.foundation.organizations import actions as organizations
from security_center.foundation.organizations.models import Person
from security_center.foundation.vault.receipts import Receipt
from security_center.prevention import actions as prevention
from security_center.reporting.actions import desk
from security_center.reporting.actions.intake import receive_report
from security_center.reporting.content_of_report import ReportContent
from security_center.reporting.models import Conflict, Report
from security_center.reporting.queries import Filters, desk_page

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]


def test_a_stranger_is_asked_to_sign_in_first(client: Client, cast: Cast) -> None:
    answer = client.get("/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")


@pytest.mark.parametrize(
    "short",
    ["ada", "rosa", "ben", "dana", "sam", "tess", "nia", "ivy", "omar", "aud", "lena", "paul", "root"],
)
def test_everybody_has_a_first_page(cast: Cast, signed_in: SignIn, short: str) -> None:
    person = cast.everyone[short]
    answer = signed_in(person).get("/")
    assert answer.status_code == 200
    assert person.name in answer.content.decode()


def test_a_test_alert_that_waits_on_the_screen_stands_on_the_first_page_until_it_is_confirmed(
    cast: Cast, signed_in: SignIn
) -> None:
    client = signed_in(cast.rosa)
    assert "A test alert waits for you" not in client.get("/").content.decode()
    alert = send_test_alert(actor=cast.ada, person=cast.rosa)
    assert "A test alert waits for you" in client.get("/").content.decode()
    assert "A test alert waits for you" not in signed_in(cast.ben).get("/").content.decode()
    confirm_test_alert(token=token_of(alert))
    assert "A test alert waits for you" not in client.get("/").content.decode()


# --- by role
# ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def report(cast: Cast) -> Report:
    """One urgent report at school A, rung for once."""
    prevention.adopt_plan(actor=cast.ada, organization=cast.district)
    actions.set_calendar(actor=cast.ada, desk=cast.school_a, preset="around_the_clock", people=[cast.rosa.pk])
    confirm_test_alert(token=token_of(send_test_alert(actor=cast.rosa, person=cast.rosa)))
    actions.open_forms(actor=cast.ada, district=cast.district)
    with scopes_disabled():
        received = receive_report(
            actor=None,
            organization=cast.school_a,
            content=ReportContent("He has a gun in the bag", danger_now="yes"),
            receipt=Receipt.new(),
        )
    with clock_at(now() + timedelta(seconds=5)):
        advance_due_steps()
    return received.report


def page_of(sign_in: SignIn, person: Person) -> str:
    return sign_in(person).get("/").content.decode()


def test_a_duty_stands_on_the_page_of_whom_it_waits_for_and_of_nobody_else(
    cast: Cast, signed_in: SignIn, report: Report
) -> None:
    assert report.number in page_of(signed_in, cast.rosa)
    for person in (cast.ben, cast.lena, cast.ada, cast.aud, cast.rosa_elsewhere, cast.omar_elsewhere):
        assert report.number not in page_of(signed_in, person), person.name


def test_what_is_due_on_another_day_stands_apart_from_what_is_yours_today(
    cast: Cast, signed_in: SignIn, report: Report
) -> None:
    client = signed_in(cast.rosa)
    page = client.get("/").content.decode()
    assert "Due later" not in page
    with scopes_disabled():
        desk.acknowledge(actor=cast.rosa, report=report)
        duty = open_for(cast.rosa).get(kind="reporting.decide")
    line = f'<a href="{duty.path}">'
    with clock_at(duty.due_at - timedelta(days=3)):
        page = client.get("/").content.decode()
        assert (
            page.index("Nothing of yours is due today.")
            < page.index("Due later")
            < page.index(line, page.index("Due later"))
        )
    with clock_at(duty.due_at + timedelta(minutes=5)):
        page = client.get("/").content.decode()
        assert page.index("Yours today") < page.index(line, page.index("Yours today"))
        assert "Nothing of yours is due today." not in page


def test_what_is_due_just_after_midnight_is_this_days_work(
    cast: Cast, signed_in: SignIn, report: Report
) -> None:
    duty = open_for(cast.rosa).get()
    midnight = datetime(2026, 11, 25, tzinfo=cast.school_a.zone)
    Duty.objects.filter(pk=duty.pk).update(due_at=midnight + timedelta(minutes=3))
    client = signed_in(cast.rosa)
    with clock_at(midnight - timedelta(minutes=2)):
        assert "Due later" not in client.get("/").content.decode()
    with clock_at(midnight - timedelta(hours=2)):
        assert "Due later" in client.get("/").content.decode()


def test_a_danger_that_nobody_has_taken_stands_before_everything_that_is_late(
    cast: Cast, signed_in: SignIn, report: Report
) -> None:
    with clock_at(now() - timedelta(days=6)), transaction.atomic():
        days_late = [
            raise_duty(
                kind="reporting.reply",
                thing=f"report:LATE{at}",
                organization=cast.school_a,
                ladder=[Rung(now(), "holder")],
                actor="system",
                holder=cast.rosa,
                due_at=now(),
            )
            for at in range(12)
        ]
    page = signed_in(cast.rosa).get("/").content.decode()
    assert page.index(report.number) < page.index(days_late[0].number())


def test_no_word_of_a_report_stands_on_any_first_page(cast: Cast, signed_in: SignIn, report: Report) -> None:
    for person in cast.everyone.values():
        assert "gun in the bag" not in page_of(signed_in, person)


def test_what_is_late_stands_with_those_who_answer_for_it(
    cast: Cast, signed_in: SignIn, report: Report
) -> None:
    with clock_at(now() + timedelta(minutes=20)):
        for person in (cast.omar, cast.ivy, cast.dana):
            page = page_of(signed_in, person)
            assert report.number in page, person.name
            assert "Late" in page
        assert report.number not in page_of(signed_in, cast.aud)


def test_a_late_report_that_is_kept_from_somebody_does_not_stand_on_their_page(
    cast: Cast, signed_in: SignIn, report: Report
) -> None:
    with scopes_disabled():
        Conflict.objects.create(report=report, person=cast.dana, named=True, set_at=now())
    with clock_at(now() + timedelta(minutes=20)):
        assert report.number not in page_of(signed_in, cast.dana)
        assert report.number in page_of(signed_in, cast.ivy)
        with scopes_disabled():
            Report.objects.filter(pk=report.pk).update(reserved_for=cast.nia)
        for person in (cast.omar, cast.ivy, cast.rosa):
            assert report.number not in page_of(signed_in, person), person.name


@pytest.mark.parametrize("short", ["rosa", "dana", "omar", "ivy"])
def test_the_figures_count_and_each_opens_the_list_it_counts(
    cast: Cast, signed_in: SignIn, report: Report, short: str
) -> None:
    person = cast.everyone[short]
    page = page_of(signed_in, person)
    assert re.search(r'href="/desk/\?waiting=unread">\s*<span class="figure__number">1</span>', page)
    assert re.search(r'href="/desk/\?waiting=undecided">\s*<span class="figure__number">0</span>', page)
    with scopes_disabled():
        assert desk_page(person, Filters.from_query({"waiting": "unread"})).rows == [report]
        assert desk_page(person, Filters.from_query({"waiting": "undecided"})).rows == []


def test_who_may_open_no_list_is_led_to_the_counts(cast: Cast, signed_in: SignIn, report: Report) -> None:
    page = page_of(signed_in, cast.aud)
    assert re.search(r'href="/schools/">\s*<span class="figure__number">1</span>', page)
    assert "/desk/" not in page


def test_the_superintendent_sees_each_school(cast: Cast, signed_in: SignIn, report: Report) -> None:
    page = page_of(signed_in, cast.omar)
    assert "School by school" in page
    assert cast.school_a.name in page
    assert cast.school_b.name in page
    assert cast.school_elsewhere.name not in page


def test_the_auditor_sees_the_ledger_and_who_looked(cast: Cast, signed_in: SignIn) -> None:
    organizations.start_access_session(
        actor=cast.ada, organization=cast.school_a, reason="A reader cannot open a file."
    )
    page = page_of(signed_in, cast.aud)
    assert "Check the ledger" in page
    assert "Ada Stone" in page
    assert "Check the ledger" not in page_of(signed_in, cast.omar)


def test_the_first_administrator_is_led_to_the_set_up(open_vault: None, signed_in: SignIn) -> None:
    first = Person.objects.create_user(
        "admin@localhost", "First administrator", "a long enough phrase", is_first_administrator=True
    )
    assert "Begin the set-up" in page_of(signed_in, first)


def test_what_changed_is_counted_since_the_sign_in_before(
    cast: Cast, signed_in: SignIn, report: Report
) -> None:
    assert "Since you last signed in" not in page_of(signed_in, cast.rosa)
    for moment in (now() - timedelta(days=2), now()):
        with clock_at(moment), transaction.atomic():
            record(actor=f"person:{cast.rosa.pk}", verb="person.signed_in", about=f"person:{cast.rosa.pk}")
    page = page_of(signed_in, cast.rosa)
    assert "Since you last signed in" in page
    assert "1 new report" in page


def test_the_administrators_page_costs_no_more_with_more_schools(
    cast: Cast, signed_in: SignIn, settings: Any, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    settings.SSC_EMAIL_CONFIGURED = True
    client = signed_in(cast.ada)
    for number in range(12):
        organizations.create_organization(
            actor=cast.ada, kind="school", parent=cast.district, name=f"School {number}"
        )
    actions.fill_calendars(actor=cast.ada, district=cast.district, preset="around_the_clock")
    client.get("/")
    with django_assert_max_num_queries(55):
        assert client.get("/").status_code == 200


# --- schools side by side
# --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("short", ["rosa", "ben", "sam", "nia"])
def test_who_sees_no_statistics_sees_no_schools_side_by_side(
    cast: Cast, signed_in: SignIn, short: str
) -> None:
    assert signed_in(cast.everyone[short]).get("/schools/").status_code == 403


def test_a_state_sees_its_districts_and_opens_one(cast: Cast, signed_in: SignIn, report: Report) -> None:
    root = signed_in(cast.root)
    assert "District by district" in root.get("/schools/").content.decode()
    page = root.get(f"/schools/?district={cast.district.slug}").content.decode()
    assert cast.school_a.name in page
    assert cast.school_elsewhere.name not in page
    assert signed_in(cast.omar).get(f"/schools/?district={cast.district_elsewhere.slug}").status_code == 404


def test_the_page_of_a_state_costs_no_more_with_more_schools(
    cast: Cast, signed_in: SignIn, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    client = signed_in(cast.root)
    client.get("/schools/")
    for number in range(12):
        organizations.create_organization(
            actor=cast.ada, kind="school", parent=cast.district, name=f"School {number}"
        )
    with django_assert_max_num_queries(18):
        assert client.get("/schools/").status_code == 200
