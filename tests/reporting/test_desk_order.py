"""In which order open reports stand: on every list, page by page, and for whoever takes the next one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest
from django.db import connection
from django.test import Client
from tests.reporting.acts import Valley, fresh

from security_center.foundation.organizations.models import Person
from security_center.foundation.vault.receipts import Receipt
from security_center.reporting.actions import decisions, desk, thread
from security_center.reporting.models import Report
from security_center.reporting.queries import Filters, desk_page, next_in_queue, visible_to
from security_center.reporting.queries.desk import CAP, late_at
from security_center.reporting.queries.order import in_order, read_key, write_key

SignIn = Callable[[Person], Client]


def decided(valley: Valley, by: Person | None = None) -> Report:
    report = valley.taken(by)
    decisions.decide(
        actor=by or valley.cast.rosa,
        report=report,
        actions=["counseling"],
        validity="plausible",
        considered="Talked.",
    )
    return fresh(report)


def many(valley: Valley, count: int) -> None:
    """Copies of one report in every urgency and stage, several at one moment: for lists that open none of
    them."""
    first = valley.report()
    names = [
        field.attname
        for field in Report._meta.concrete_fields
        if field.name not in {"id", "uuid", "number", "record", "locator_digest"}
    ]
    stages = list(product(("U4", "U2", "U1", "U3"), (None, valley.at), (None, valley.at), (None, valley.at)))
    rows = []
    for number in range(count):
        urgency, acknowledged, news, decision = stages[number % len(stages)]
        row = Report(**{name: getattr(first, name) for name in names})
        row.record, row.received_at = row.uuid, valley.at - timedelta(minutes=number // 40)
        row.urgency, row.acknowledged_at, row.new_facts_at, row.decided_at = (
            urgency,
            acknowledged,
            news,
            decision,
        )
        row.holder = valley.cast.rosa if acknowledged else None
        rows.append(row)
    Report.objects.bulk_create(rows)


def seen_page_by_page(person: Person, **query: str) -> list[str]:
    seen: list[str] = []
    page = desk_page(person, Filters.from_query(query))
    seen += [row.number for row in page.rows]
    while page.next_after:
        page = desk_page(person, Filters.from_query({**query, "after": page.next_after}))
        assert page.rows, "a page that was promised is empty"
        seen += [row.number for row in page.rows]
    return seen


def test_within_one_urgency_what_nobody_has_comes_first_and_what_is_decided_last(valley: Valley) -> None:
    done = decided(valley)
    valley.pass_time(minutes=1)
    held = valley.taken()
    valley.pass_time(minutes=1)
    first, second = valley.report(), valley.report()
    assert {report.urgency for report in (done, held, first, second)} == {"U2"}
    assert [row.number for row in desk_page(valley.cast.rosa, Filters()).rows] == [
        report.number for report in (first, second, held, done)
    ]


def test_the_urgency_still_comes_before_everything_else(valley: Valley) -> None:
    valley.report()
    done = decided(valley)
    desk.raise_urgency(actor=valley.cast.rosa, report=done, urgency="U1")
    assert desk_page(valley.cast.rosa, Filters()).rows[0] == done


def test_something_new_from_the_reporter_puts_a_decided_report_before_those_that_somebody_works_on(
    valley: Valley,
) -> None:
    receipt = Receipt.new()
    report = valley.report(receipt=receipt)
    desk.look(actor=valley.cast.rosa, report=report)
    report = desk.acknowledge(actor=valley.cast.rosa, report=report)
    decisions.decide(
        actor=valley.cast.rosa,
        report=report,
        actions=["counseling"],
        validity="plausible",
        considered="Talked.",
    )
    held = valley.taken()
    assert desk_page(valley.cast.rosa, Filters()).rows == [held, report]
    valley.pass_time(minutes=5)
    thread.reporter_writes(receipt=receipt, report=report, body="He came again.")
    assert desk_page(valley.cast.rosa, Filters()).rows == [report, held]
    assert next_in_queue(valley.cast.rosa) == report


@pytest.mark.parametrize("tab", ["all", "mine", "unassigned", "late"])
def test_all_pages_together_show_every_report_once_and_in_order(valley: Valley, tab: str) -> None:
    many(valley, 330)
    valley.pass_time(days=30)
    rosa = valley.cast.rosa
    seen = seen_page_by_page(rosa, tab=tab)
    expected = {
        "all": lambda report: True,
        "mine": lambda report: report.holder_id == rosa.pk,
        "unassigned": lambda report: report.holder_id is None,
        "late": lambda report: report.is_late(valley.at),
    }[tab]
    wanted = sorted(
        (report for report in Report.objects.all() if expected(report)),
        key=lambda report: (
            report.urgency,
            report.taken,
            report.decided_at is not None,
            report.received_at,
            report.pk,
        ),
    )
    assert len(wanted) > 100
    assert seen == [report.number for report in wanted]


def test_closed_reports_are_shown_once_each_the_newest_first(valley: Valley) -> None:
    many(valley, 130)
    Report.objects.update(state="finished", decided_at=valley.at, closed_at=valley.at)
    wanted = Report.objects.order_by("-received_at", "-id").values_list("number", flat=True)
    assert seen_page_by_page(valley.cast.rosa, closed="1") == list(wanted)


def test_a_report_that_is_decided_while_somebody_turns_pages_moves_no_other(valley: Valley) -> None:
    many(valley, 120)
    rosa = valley.cast.rosa
    page = desk_page(rosa, Filters())
    rest = set(Report.objects.values_list("number", flat=True)) - {row.number for row in page.rows}
    Report.objects.filter(pk=page.rows[3].pk).update(
        acknowledged_at=valley.at, decided_at=valley.at, new_facts_at=None
    )
    seen: list[str] = []
    after = page.next_after
    while after:
        page = desk_page(rosa, Filters(after=after))
        seen += [row.number for row in page.rows]
        after = page.next_after
    assert len(seen) == len(set(seen))
    assert rest <= set(seen)


@pytest.mark.parametrize("place", ["desk", "district", "holder"])
def test_an_index_carries_the_order_of_a_list_from_any_page(valley: Valley, place: str) -> None:
    many(valley, 60)
    person = valley.cast.rosa if place == "desk" else valley.cast.ivy
    found = visible_to(person).filter(closed_at__isnull=True)
    if place == "holder":
        found = found.filter(holder=valley.cast.rosa)
    key = read_key(write_key(in_order(found)[20]))
    assert key is not None
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
    for listed in (in_order(found), in_order(found, key)):
        plan = listed[:51].explain()
        assert re.search(r"(desk|district|holder)_open", plan), plan
        assert "TEMP B-TREE" not in plan, plan  # as SQLite calls a sort
        assert "Sort" not in plan, plan  # as PostgreSQL does


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL chooses by what its statistics say")
def test_late_reports_are_counted_from_the_indexes_of_their_clocks(valley: Valley) -> None:
    many(valley, 60)
    found = visible_to(valley.cast.ivy).filter(closed_at__isnull=True).filter(late_at(valley.at)).order_by()
    plan = found[:CAP].explain()
    assert "unacknowledged" in plan, plan
    assert "undecided" in plan, plan


def test_whoever_takes_the_next_one_gets_the_first_row_that_waits_to_be_taken(
    valley: Valley, signed_in: SignIn
) -> None:
    rosa = valley.cast.rosa
    done, held = decided(valley), valley.taken()
    valley.taken(valley.cast.ben, danger_now="yes")
    valley.report(category="drugs")
    waiting = valley.report()
    rows = [row for row in desk_page(rosa, Filters()).rows if row.holder_id in {None, rosa.pk}]
    assert rows[0] == waiting == next_in_queue(rosa)
    assert rows[1:3] == [held, done]
    listed = signed_in(rosa).get("/desk/").content.decode()
    assert signed_in(rosa).get("/desk/next/").headers["Location"] == f"/desk/reports/{waiting.number}/"
    first_to_take = re.search(r"/desk/reports/(\w+)/acknowledge/", listed)
    assert first_to_take is not None
    assert first_to_take.group(1) == waiting.number


def test_a_report_in_time_that_somebody_has_leads_nobody_past_one_that_waits(valley: Valley) -> None:
    held, routine = valley.taken(), valley.report(category="thanks_test")
    assert held.urgency < routine.urgency
    assert next_in_queue(valley.cast.rosa) == routine
    valley.pass_time(days=40)
    assert next_in_queue(valley.cast.rosa) == held, "its clock is late"


def test_when_nothing_waits_to_be_taken_the_next_one_is_what_waits_for_a_decision(valley: Valley) -> None:
    done = decided(valley)
    desk.raise_urgency(actor=valley.cast.rosa, report=done, urgency="U1")
    assert next_in_queue(valley.cast.rosa) == done
    held = valley.taken()
    assert next_in_queue(valley.cast.rosa) == held
