"""Surge: the reports of one rumor, grouped, answered with one line, closed together, each thread kept. And what a group must not do."""

from __future__ import annotations

from typing import Any

import pytest
from django_scopes import scope
from tests.reporting.acts import Valley, fresh

from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.vault.records import OpenRecord
from security_center.reporting.actions import decisions, desk, groups, handoffs, thread
from security_center.reporting.actions.decisions import NoWrittenBasis
from security_center.reporting.models import Approval, IncidentGroup, Report
from security_center.reporting.queries import groups as group_reads
from security_center.reporting.queries import report_of, thread_page

LINE = "We know about the picture. Police traced it to an old post. School is open as usual."


def room(valley: Valley, *reports: Report) -> IncidentGroup:
    return groups.open_group(actor=valley.cast.rosa, desk=valley.school, title="Picture about Friday", reports=[fresh(r) for r in reports])


def closed(valley: Valley, group: IncidentGroup, **fields: Any) -> tuple[int, int]:
    given = {"actions": ["LE_investigation"], "validity": "unsubstantiated", "considered": "Police traced the picture.", **fields}
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
    for person in (valley.cast.lena, valley.cast.rosa_elsewhere, valley.cast.ada, valley.cast.aud, valley.cast.omar):
        with pytest.raises(NotAllowed):
            groups.open_group(actor=person, desk=valley.school, title="x", reports=[])
        with pytest.raises(NotAllowed):
            groups.add_to_group(actor=person, group=group, reports=[fresh(report)])
        with pytest.raises(NotAllowed):
            groups.answer_group(actor=person, group=group, line="x")
        with pytest.raises(NotAllowed):
            groups.close_group(actor=person, group=group, actions=["counseling"], validity="plausible", considered="x")
        with pytest.raises(NotAllowed):
            groups.remove_from_group(actor=person, report=fresh(report))


def test_the_reports_of_one_rumor_are_grouped_answered_and_closed_and_no_text_is_opened(valley: Valley, opened: list[str]) -> None:
    received = []
    for number in range(100):
        valley.pass_time(seconds=2)
        received.append(valley.receive(f"There is a picture about Friday, {number}.", who=f"pupil {number}"))
    group = room(valley, *(one.report for one in received))
    assert group.reports.filter(acknowledged_at__isnull=False).count() == 100
    valley.pass_time(minutes=1)
    assert groups.answer_group(actor=valley.cast.rosa, group=group, line=LINE) == 100
    assert closed(valley, group) == (100, 0)
    assert opened == []
    assert Report.objects.filter(state=Report.State.FINISHED).count() == 100
    assert not any(valley.duties(one.report) for one in received[::50])
    for one in received[::75]:
        page = thread_page(one.receipt, report_of(one.receipt))
        assert [line.text for line in page.lines] == [LINE]
        assert page.words["what_happened"].startswith("There is a picture")
    thread.reporter_writes(receipt=received[7].receipt, report=received[7].report, body="I have the name now.")
    assert Report.objects.filter(closed_at__isnull=True).get() == received[7].report


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
    decisions.answer_approval(actor=valley.cast.ben, approval=Approval.objects.get(), agree=True, answer="Same picture.")
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
    desk.set_conflict(actor=valley.cast.ben, report=fresh(two), about=valley.cast.rosa)
    assert groups.answer_group(actor=valley.cast.ben, group=group, line=LINE) == 1
    given = {"actions": ["LE_investigation"], "validity": "unsubstantiated", "considered": "Police traced the picture."}
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
    desk.set_conflict(actor=valley.cast.rosa, report=fresh(two), about=valley.cast.dana)
    assert not group_reads.rooms(valley.cast.dana)
    assert group_reads.group_for(valley.cast.dana, group.uuid) is None
    assert group_reads.group_for(valley.cast.ben, group.uuid) == group
    for act in (
        lambda: groups.answer_group(actor=valley.cast.dana, group=group, line="x"),
        lambda: groups.add_to_group(actor=valley.cast.dana, group=group, reports=[fresh(valley.report())]),
        lambda: groups.close_group(actor=valley.cast.dana, group=group, actions=["counseling"], validity="plausible", considered="x"),
        lambda: groups.answer_group_closing(actor=valley.cast.dana, group=group, agree=True, answer="x"),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_room_is_kept_from_everybody_but_the_one_for_whom_a_report_of_it_is_reserved(valley: Valley) -> None:
    report = valley.report()
    group = room(valley, report)
    Report.objects.filter(pk=report.pk).update(reserved_for=valley.cast.ivy)
    assert group_reads.group_for(valley.cast.rosa, group.uuid) is None
    assert group_reads.group_for(valley.cast.ivy, group.uuid) == group


def test_a_report_that_goes_to_another_district_leaves_its_room(valley: Valley) -> None:
    report = valley.report()
    room(valley, report)
    offer = handoffs.hand_to_desk(actor=valley.cast.rosa, report=fresh(report), to_desk=valley.cast.school_elsewhere, reason="Their pupil.")
    with scope(district=[valley.cast.district_elsewhere.pk]):
        assert handoffs.take_over(actor=valley.cast.rosa_elsewhere, handoff=offer).group is None
