"""Surge: the reports of one rumor, grouped, answered with one line, closed together, each thread kept. And
what a group must not do."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scope
from tests.reporting.acts import Valley, fresh

from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.vault.records import OpenRecord
from security_center.reporting.actions import conflicts, decisions, desk, groups, handoffs, subjects, thread
from security_center.reporting.actions.decisions import NoWrittenBasis
from security_center.reporting.models import Approval, IncidentGroup, Report
from security_center.reporting.queries import groups as group_reads
from security_center.reporting.queries import report_of, thread_page

LINE = "We know about the picture. Police traced it to an old post. School is open as usual."


def room(valley: Valley, *reports: Report) -> IncidentGroup:
    return groups.open_group(
        actor=valley.cast.rosa,
        desk=valley.school,
        title="Picture about Friday",
        reports=[fresh(r) for r in reports],
    )


def closed(valley: Valley, group: IncidentGroup, **fields: Any) -> tuple[int, int]:
    given = {
        "actions": ["LE_investigation"],
        "validity": "unsubstantiated",
        "considered": "Police traced the picture.",
        **fields,
    }
    return groups.close_group(actor=valley.cast.rosa, group=group, **given)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The field of every text that is opened from now on."""
    fields: list[str] = []
    original = OpenRecord.open

    def counted(record: OpenRecord, field: str, row: str, sealed: bytes) -> str:
        fields.append(field)
        return original(record, field, row, sealed)

    monkeypatch.setattr(OpenRecord, "open", counted)
    return fields


def test_strangers_open_fill_answer_and_close_no_group(valley: Valley) -> None:
    report = valley.report()
    group = room(valley, report)
    for person in (
        valley.cast.lena,
        valley.cast.rosa_elsewhere,
        valley.cast.ada,
        valley.cast.aud,
        valley.cast.omar,
    ):
        with pytest.raises(NotAllowed):
            groups.open_group(actor=person, desk=valley.school, title="x", reports=[])
        with pytest.raises(NotAllowed):
            groups.add_to_group(actor=person, group=group, reports=[fresh(report)])
        with pytest.raises(NotAllowed):
            groups.answer_group(actor=person, group=group, line="x")
        with pytest.raises(NotAllowed):
            groups.close_group(
                actor=person, group=group, actions=["counseling"], validity="plausible", considered="x"
            )
        with pytest.raises(NotAllowed):
            groups.remove_from_group(actor=person, report=fresh(report))


def test_a_group_asks_the_row_as_it_lies_now_not_as_the_page_had_it(valley: Valley) -> None:
    """Reserved for somebody else between the page and the press."""
    grouped, waiting = valley.report("One picture."), valley.report("The same picture.")
    group = room(valley, grouped)
    seen = [fresh(grouped), fresh(waiting)]
    Report.objects.filter(pk__in=[grouped.pk, waiting.pk]).update(reserved_for=valley.cast.ivy)
    with pytest.raises(NotAllowed):
        groups.remove_from_group(actor=valley.cast.rosa, report=seen[0])
    Report.objects.filter(pk=grouped.pk).update(reserved_for=None)
    with pytest.raises(NotAllowed):
        groups.add_to_group(actor=valley.cast.rosa, group=group, reports=[seen[1]])
    assert fresh(grouped).group == group
    assert fresh(waiting).group is None


@pytest.mark.long
def test_three_hundred_reports_of_one_rumor_are_grouped_answered_and_closed_and_no_text_is_opened(
    valley: Valley, opened: list[str]
) -> None:
    """In ten minutes; and two that came hours before and after it, which name the same handle."""
    early = valley.receive("Somebody posts pictures.")
    valley.pass_time(hours=2)
    received = []
    for number in range(300):
        valley.pass_time(seconds=2)
        received.append(valley.receive(f"There is a picture about Friday, {number}.", who=f"pupil {number}"))
    valley.pass_time(hours=2)
    late = valley.receive("It is @friday_kid.")
    apart = valley.receive("The heating is broken.")
    everyone = [early, *received, late]
    for one, handle in (
        (early, "@Friday_Kid"),
        (received[150], "friday_kid"),
        (late, "friday_kid"),
        (apart, "boiler"),
    ):
        subjects.name_subject(
            actor=valley.cast.rosa,
            report=one.report,
            name="",
            identifiers=handle,
            tokens={"handle": handle},
            unknown=True,
        )
    around = group_reads.candidates(valley.cast.rosa, fresh(received[150].report))
    assert [report.pk for report in around] == [one.report.pk for one in everyone]
    group = groups.open_group(
        actor=valley.cast.rosa, desk=valley.school, title="Picture about Friday", reports=around
    )
    assert group.reports.filter(acknowledged_at__isnull=False).count() == 302
    valley.pass_time(minutes=1)
    assert groups.answer_group(actor=valley.cast.rosa, group=group, line=LINE) == 302
    assert closed(valley, group) == (302, 0)
    assert opened == []
    assert Report.objects.filter(state=Report.State.FINISHED).count() == 302
    assert not any(valley.duties(one.report) for one in received[::50])
    for one in received[::75]:
        page = thread_page(one.receipt, report_of(one.receipt))
        assert [line.text for line in page.lines] == [LINE]
        assert page.words["what_happened"].startswith("There is a picture")
    thread.reporter_writes(
        receipt=received[7].receipt, report=received[7].report, body="I have the name now."
    )
    assert Report.objects.filter(group=group, closed_at__isnull=True).get() == received[7].report


class PowerCut(Exception):
    pass


def cut_off(monkeypatch: pytest.MonkeyPatch, verb: str, after: int) -> None:
    """The act `verb` of the groups fails the first time that it is called more than `after` times."""
    original, called = getattr(groups, verb), []

    def failing(**given: Any) -> Any:
        called.append(verb)
        if len(called) == after + 1:
            raise PowerCut
        return original(**given)

    monkeypatch.setattr(groups, verb, failing)


@pytest.fixture
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "PORTION", 2)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("small_portions")
def test_an_answer_that_was_cut_off_is_given_again_and_reaches_each_reporter_once(
    valley: Valley, monkeypatch: pytest.MonkeyPatch
) -> None:
    received = [valley.receive(f"A picture, {number}.") for number in range(5)]
    group = room(valley, *(one.report for one in received))
    cut_off(monkeypatch, "desk_writes", after=3)
    with pytest.raises(PowerCut):
        groups.answer_group(actor=valley.cast.rosa, group=group, line=LINE)
    assert [fresh(one.report).messages.count() for one in received] == [1, 1, 0, 0, 0]
    assert groups.answer_group(actor=valley.cast.rosa, group=group, line=LINE) == 5
    assert [fresh(one.report).messages.count() for one in received] == [1, 1, 1, 1, 1]
    assert not any("reply" in valley.duties(one.report) for one in received)
    groups.answer_group(actor=valley.cast.rosa, group=group, line="School is open tomorrow, too.")
    assert [fresh(one.report).messages.count() for one in received] == [2, 2, 2, 2, 2]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("small_portions")
def test_a_closing_that_was_cut_off_is_done_again_and_decides_nothing_twice(
    valley: Valley, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = [
        valley.report(f"A picture, {number}.", danger_now="unsure" if number < 2 else "no")
        for number in range(5)
    ]
    group = room(valley, *reports)
    cut_off(monkeypatch, "decide", after=3)
    with pytest.raises(PowerCut):
        closed(valley, group)
    assert [fresh(report).dispositions.count() for report in reports] == [1, 1, 0, 0, 0]
    assert closed(valley, group) == (3, 2)
    assert [fresh(report).dispositions.count() for report in reports] == [1, 1, 1, 1, 1]
    cut_off(monkeypatch, "answer_approval", after=1)
    monkeypatch.setattr(groups, "PORTION", 1)
    given = {"actor": valley.cast.ben, "group": group, "agree": True, "answer": "Same picture."}
    with pytest.raises(PowerCut):
        groups.answer_group_closing(**given)
    assert groups.answer_group_closing(**given) == (1, 0)
    group.refresh_from_db()
    assert group.closed_at is not None
    assert all(fresh(report).closed_at is not None for report in reports)


@pytest.mark.usefixtures("small_portions")
def test_a_group_is_worked_on_in_portions_so_that_nobody_who_sends_waits_for_all_of_it(
    valley: Valley,
) -> None:
    group = room(valley, *(valley.report(f"A picture, {number}.") for number in range(5)))
    for act in (
        lambda: groups.answer_group(actor=valley.cast.rosa, group=group, line=LINE),
        lambda: closed(valley, group),
    ):
        with CaptureQueriesContext(connection) as seen:
            act()
        outermost = depth = most = written = 0
        for query in seen.captured_queries:
            sql = query["sql"]
            if sql.startswith("SAVEPOINT"):
                outermost, depth = outermost + (depth == 0), depth + 1
                written = 0 if depth == 1 else written
            elif sql.startswith("RELEASE SAVEPOINT"):
                depth -= 1
            elif (
                'INSERT INTO "reporting_threadmessage"' in sql or 'INSERT INTO "reporting_disposition"' in sql
            ):
                written += 1
                most = max(most, written)
        assert (most, outermost >= 4) == (2, True)


def test_a_group_has_a_title_takes_five_hundred_at_once_and_none_after_it_closed(valley: Valley) -> None:
    with pytest.raises(thread.NothingToSend):
        groups.open_group(actor=valley.cast.rosa, desk=valley.school, title=" ", reports=[])
    report = valley.report()
    group = room(valley, report)
    with pytest.raises(groups.TooManyAtOnce):
        groups.add_to_group(actor=valley.cast.rosa, group=group, reports=[report] * 501)
    with pytest.raises(NoWrittenBasis):
        closed(valley, group, considered="")
    with pytest.raises(thread.NothingToSend):
        groups.answer_group(actor=valley.cast.rosa, group=group, line=" ")
    assert closed(valley, group) == (1, 0)
    with pytest.raises(groups.GroupClosed):
        groups.add_to_group(actor=valley.cast.rosa, group=group, reports=[valley.report()])


def test_the_grave_ones_of_a_group_wait_for_their_second_reader(valley: Valley) -> None:
    mild, grave = valley.report(), valley.report(danger_now="yes")
    group = room(valley, mild, grave)
    assert closed(valley, group) == (1, 1)
    group.refresh_from_db()
    assert group.closed_at is None
    decisions.answer_approval(
        actor=valley.cast.ben, approval=Approval.objects.get(), agree=True, answer="Same picture."
    )
    assert fresh(grave).state == Report.State.FINISHED
    assert closed(valley, group) == (0, 0)
    group.refresh_from_db()
    assert group.closed_at is not None


def test_one_about_suicide_stays_open_and_does_not_hold_up_the_others(valley: Valley) -> None:
    mild, crisis = valley.report(), valley.report("The picture makes her want to kill herself")
    group = room(valley, mild, crisis)
    assert closed(valley, group) == (1, 1)
    assert fresh(crisis).decided_at is None
    assert set(valley.duties(crisis)) == {"reply", "decide"}


def test_one_line_to_all_hides_no_new_words_of_one(valley: Valley) -> None:
    received, other = valley.receive(), valley.receive("Same picture.")
    group = room(valley, received.report, other.report)
    valley.pass_time(minutes=1)
    thread.reporter_writes(receipt=received.receipt, report=received.report, body="I know who made it.")
    groups.answer_group(actor=valley.cast.rosa, group=group, line=LINE)
    assert fresh(received.report).new_facts_at == valley.at
    assert closed(valley, group) == (1, 1)
    assert fresh(received.report).closed_at is None
    valley.pass_time(minutes=1)
    desk.look(actor=valley.cast.rosa, report=fresh(received.report))
    assert closed(valley, group) == (1, 0)


def test_one_that_a_conflict_took_away_meanwhile_does_not_stop_the_group(valley: Valley) -> None:
    one, two = valley.report(), valley.report("Rosa made the picture.")
    group = room(valley, one, two)
    conflicts.set_conflict(actor=valley.cast.ben, report=fresh(two), about=valley.cast.rosa)
    assert groups.answer_group(actor=valley.cast.ben, group=group, line=LINE) == 1
    given = {
        "actions": ["LE_investigation"],
        "validity": "unsubstantiated",
        "considered": "Police traced the picture.",
    }
    assert groups.close_group(actor=valley.cast.ben, group=group, **given) == (1, 1)  # type: ignore[arg-type]
    assert fresh(two).messages.count() == 0


def test_a_report_taken_out_of_a_group_goes_its_own_way(valley: Valley) -> None:
    one, two = valley.report(), valley.report()
    group = room(valley, one, two)
    groups.remove_from_group(actor=valley.cast.rosa, report=fresh(two))
    assert closed(valley, group) == (1, 0)
    assert fresh(two).closed_at is None


def test_a_room_is_kept_from_whoever_one_of_its_reports_is_kept_from(valley: Valley) -> None:
    one, two = valley.report(), valley.report()
    group = room(valley, one, two)
    assert [r.title for r in group_reads.rooms(valley.cast.dana)] == ["Picture about Friday"]
    conflicts.set_conflict(actor=valley.cast.rosa, report=fresh(two), about=valley.cast.dana)
    assert not group_reads.rooms(valley.cast.dana)
    assert group_reads.group_for(valley.cast.dana, group.uuid) is None
    assert group_reads.group_for(valley.cast.ben, group.uuid) == group
    for act in (
        lambda: groups.answer_group(actor=valley.cast.dana, group=group, line="x"),
        lambda: groups.add_to_group(actor=valley.cast.dana, group=group, reports=[fresh(valley.report())]),
        lambda: groups.close_group(
            actor=valley.cast.dana, group=group, actions=["counseling"], validity="plausible", considered="x"
        ),
        lambda: groups.answer_group_closing(actor=valley.cast.dana, group=group, agree=True, answer="x"),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_room_is_kept_from_everybody_but_the_one_for_whom_a_report_of_it_is_reserved(
    valley: Valley,
) -> None:
    report = valley.report()
    group = room(valley, report)
    Report.objects.filter(pk=report.pk).update(reserved_for=valley.cast.ivy)
    assert group_reads.group_for(valley.cast.rosa, group.uuid) is None
    assert group_reads.group_for(valley.cast.ivy, group.uuid) == group


def test_a_report_that_goes_to_another_district_leaves_its_room(valley: Valley) -> None:
    report = valley.report()
    room(valley, report)
    offer = handoffs.hand_to_desk(
        actor=valley.cast.rosa,
        report=fresh(report),
        to_desk=valley.cast.school_elsewhere,
        reason="Their pupil.",
    )
    with scope(district=[valley.cast.district_elsewhere.pk]):
        assert handoffs.take_over(actor=valley.cast.rosa_elsewhere, handoff=offer).group is None
