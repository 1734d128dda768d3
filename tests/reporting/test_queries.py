"""What a person sees of the reports: by role and tenant, never past a conflict, page by page without gaps,
repeats or opened texts."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scope
from django_scopes.exceptions import ScopeError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.reporting.acts import Valley, fresh

from security_center.foundation.organizations import actions as people
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import forget
from security_center.foundation.vault.records import OpenRecord
from security_center.prevention import actions as plan_actions
from security_center.reporting.actions import conflicts, decisions, desk
from security_center.reporting.models import Report
from security_center.reporting.queries import (
    Filters,
    desk_page,
    known_report,
    never_zero,
    next_in_queue,
    visible_to,
    who_may_hold,
)
from security_center.reporting.queries import desk as desk_queries
from security_center.reporting.queries.lookup import ReportUnknown


def numbers(found: object) -> set[str]:
    return {report.number for report in found}  # type: ignore[attr-defined]


def test_each_sees_what_their_role_shows_them_and_strangers_see_nothing(valley: Valley) -> None:
    cast = valley.cast
    at_a, at_b, past_a = valley.report(), valley.report(at=cast.school_b), valley.report(not_this_school=True)
    with scope(district=[cast.district.pk, cast.district_elsewhere.pk]):
        elsewhere = valley.report(at=cast.school_elsewhere)
        shown = (
            (("rosa", "ben", "dana", "sam", "tess"), {at_a.number}),
            (("lena", "paul"), {at_b.number}),
            (("nia", "ivy", "omar"), {at_a.number, at_b.number, past_a.number}),
            (("ada", "aud", "root", "ada_elsewhere", "aud_elsewhere"), set()),
            (("rosa_elsewhere", "nia_elsewhere", "omar_elsewhere"), {elsewhere.number}),
        )
        for names, expected in shown:
            for name in names:
                assert numbers(visible_to(cast.everyone[name])) == expected, name


def test_a_superintendent_sees_that_there_are_reports_and_reads_none(valley: Valley) -> None:
    valley.report()
    assert visible_to(valley.cast.omar).count() == 1
    assert not visible_to(valley.cast.omar, Permission.REPORT_READ).exists()


def test_a_forgotten_scope_is_an_error_and_not_a_leak(valley: Valley) -> None:
    valley.report()
    valley.stack.close()
    with pytest.raises(ScopeError):
        visible_to(valley.cast.rosa).count()
    valley.set_clock(valley.at)


def test_a_conflict_and_a_reservation_hide_a_report_from_every_list(valley: Valley) -> None:
    cast = valley.cast
    plan_actions.set_alternate(actor=None, organization=cast.district, person=cast.ivy)
    conflicted = conflicts.set_conflict(actor=cast.nia, report=valley.report(), about=cast.omar)
    reserved = valley.report("About the superintendent.", at=cast.district, about_staff=True)
    assert numbers(visible_to(cast.omar)) == set()
    assert numbers(visible_to(cast.nia)) == {conflicted.number}
    assert numbers(visible_to(cast.ivy)) == {conflicted.number, reserved.number}
    assert never_zero(cast.omar).open == 0
    with pytest.raises(ReportUnknown):
        known_report(cast.omar, conflicted.number)
    with pytest.raises(ReportUnknown):
        known_report(cast.nia, reserved.number)
    assert cast.omar not in who_may_hold(fresh(conflicted))


def test_an_access_session_at_the_district_opens_the_districts_desk_and_no_schools(valley: Valley) -> None:
    cast = valley.cast
    valley.report()
    own = valley.report(not_this_school=True)
    people.start_access_session(
        actor=cast.ada, organization=cast.district, reason="The desk asked for help with a list"
    )
    forget(cast.ada)
    assert numbers(visible_to(cast.ada)) == {own.number}


def test_another_tenants_number_is_unknown(valley: Valley) -> None:
    with scope(district=[valley.cast.district.pk, valley.cast.district_elsewhere.pk]):
        elsewhere = valley.report(at=valley.cast.school_elsewhere)
        with pytest.raises(ReportUnknown):
            known_report(valley.cast.nia, elsewhere.number)
    with pytest.raises(ReportUnknown):
        known_report(valley.cast.nia, elsewhere.number)


# --- pages
# ------------------------------------------------------------------------------------------------


def pages(valley: Valley, filters: Filters) -> list[str]:
    found: list[str] = []
    after = ""
    for _turn in range(50):
        page = desk_page(valley.cast.nia, Filters(tab=filters.tab, closed=filters.closed, after=after))
        found += [report.number for report in page.rows]
        after = page.next_after
        if not after:
            return found
    raise AssertionError("The pages never end.")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(st.sampled_from(("U1", "U2", "U3", "U4")), st.integers(0, 3), st.booleans()), max_size=14
    ),
    size=st.integers(1, 5),
    closed=st.booleans(),
)
def test_pages_hold_every_report_once_whatever_their_urgencies_and_ages(
    valley: Valley, rows: list[tuple[str, int, bool]], size: int, closed: bool
) -> None:
    template = Report.objects.first() or valley.report()
    values = {
        column.attname: getattr(template, column.attname)
        for column in Report._meta.concrete_fields
        if not column.primary_key
    }
    Report.objects.all().delete()
    made = []
    for number, (urgency, minutes, is_closed) in enumerate(rows):
        own = {
            "number": f"N{number:07d}",
            "locator_digest": number.to_bytes(32, "big"),
            "uuid": UUID(int=number),
            "record": UUID(int=number),
        }
        ended = {"state": "finished", "closed_at": valley.at, "decided_at": valley.at} if is_closed else {}
        made.append(
            Report(
                **{
                    **values,
                    **own,
                    **ended,
                    "urgency": urgency,
                    "received_at": valley.at + timedelta(minutes=minutes),
                }
            )
        )
    Report.objects.bulk_create(made)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(desk_queries, "PAGE", size)
        shown = pages(valley, Filters(closed=closed))
    wanted = [row for row in made if (row.closed_at is not None) == closed]
    wanted.sort(
        key=lambda row: (row.received_at, row.pk) if closed else (row.urgency, row.received_at, row.pk),
        reverse=closed,
    )
    assert shown == [row.number for row in wanted]


@pytest.mark.parametrize("after", ["x", "%%%", "VTF8eHh4fDE", "a" * 120, "VTF8MjAyNi0xMS0yNHxh"])
def test_a_spoilt_address_of_a_page_shows_the_first_page(valley: Valley, after: str) -> None:
    report = valley.report()
    assert desk_page(valley.cast.rosa, Filters(after=after)).rows == [report]


def test_a_count_stops_at_its_cap(valley: Valley, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(4):
        valley.report()
    monkeypatch.setattr(desk_queries, "CAP", 3)
    assert desk_page(valley.cast.rosa, Filters()).counts["all"] == 3


def test_a_page_costs_the_same_queries_for_one_report_as_for_many(valley: Valley) -> None:
    def queries() -> int:
        forget(valley.cast.rosa)
        with CaptureQueriesContext(connection) as captured:
            desk_page(valley.cast.rosa, Filters())
        return len(captured)

    valley.report()
    valley.report()
    few = queries()
    for _ in range(12):
        valley.pass_time(hours=1)
        valley.report()
    assert queries() <= few


def test_a_list_opens_no_text(valley: Valley, monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(*_arguments: object) -> str:
        raise AssertionError("A list has opened a text.")

    for _ in range(3):
        valley.report(danger_now="yes")
    monkeypatch.setattr(OpenRecord, "open", opened)
    for tab in desk_queries.TABS:
        desk_page(valley.cast.rosa, Filters(tab=tab))
    never_zero(valley.cast.rosa)
    next_in_queue(valley.cast.rosa)


# --- tabs, late, the queue
# ------------------------------------------------------------------------------------------------


def test_the_tabs_hold_mine_the_unassigned_and_the_late(valley: Valley) -> None:
    mine, free, late = valley.taken(), valley.report(), valley.report("He has a gun in his bag")
    valley.pass_time(minutes=6)
    rosa = valley.cast.rosa
    assert numbers(desk_page(rosa, Filters(tab="mine")).rows) == {mine.number}
    assert numbers(desk_page(rosa, Filters(tab="unassigned")).rows) == {free.number, late.number}
    assert numbers(desk_page(rosa, Filters(tab="late")).rows) == {late.number}
    assert desk_page(rosa, Filters()).rows[0] == late


def test_late_is_true_while_no_worker_runs(valley: Valley) -> None:
    valley.report("He has a gun in his bag")
    assert never_zero(valley.cast.rosa).late == 0
    valley.pass_time(minutes=6)
    assert never_zero(valley.cast.rosa).late == 1


def test_the_figures_that_must_be_zero_count_open_reports_only(valley: Valley) -> None:
    report, rosa = valley.taken(), valley.cast.rosa
    unread = valley.report()
    assert never_zero(rosa).unread == 1
    assert (fresh(unread).first_read_at, never_zero(rosa).open) == (None, 2)
    decisions.decide(
        actor=rosa, report=report, actions=["counseling"], validity="plausible", considered="Talked."
    )
    decisions.close(actor=rosa, report=fresh(report))
    valley.pass_time(days=60)
    assert (never_zero(rosa).open, never_zero(rosa).without_decision) == (1, 1)


def test_next_is_the_gravest_that_nobody_else_has(valley: Valley) -> None:
    cast = valley.cast
    valley.taken(cast.ben, "He has a gun in his bag")
    plain, grave = valley.report(), valley.report("She wants to kill herself")
    assert next_in_queue(cast.rosa) == grave
    desk.acknowledge(actor=cast.ben, report=grave)
    assert next_in_queue(cast.rosa) == plain
    assert next_in_queue(cast.lena) is None
