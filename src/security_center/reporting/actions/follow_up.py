"""What a desk owes a report that somebody has taken: an answer to its reporter, a look at what they add, and
a decision. Each is a duty with its clock.

An open report always has an open duty, or it is decided and in a person's hands;
tests/reporting/test_state_machine.py holds this."""

from __future__ import annotations

from datetime import datetime, timedelta

from django_scopes import scopes_disabled

from security_center.foundation.actors import ledger_name
from security_center.foundation.clock import now
from security_center.foundation.duties.actions import cancel_about, discharge_about, raise_duty
from security_center.foundation.ledger.queries import entries_about
from security_center.foundation.organizations.models import Person
from security_center.prevention import ladders
from security_center.prevention.queries import calendar_of

from ..kept_out import RESERVED
from ..models import Approval, Disposition, Report, ThreadMessage, Urgency

ACKNOWLEDGE = "reporting.acknowledge"
REPLY = "reporting.reply"
DECIDE = "reporting.decide"
CLOCKS = frozenset({ACKNOWLEDGE, DECIDE})
SECOND_READER = "reporting.second_reader"
NEW_FACTS = "reporting.new_facts"
REOPENED = "report.reopened"


def discharge_all(*, report: Report, kind: str, actor: Person | None, outcome: str) -> None:
    """The obligation is met."""
    discharge_about(thing=report.thing, kind=kind, actor=actor, outcome=outcome)


def cancel_all(*, report: Report, kind: str, actor: Person | None, outcome: str) -> None:
    """The obligation has fallen away, or another takes its place."""
    cancel_about(thing=report.thing, kind=kind, actor=actor, outcome=outcome)


def raise_on(
    *, report: Report, kind: str, ladder: ladders.Ladder, actor: Person | str | None, holder: Person | None
) -> None:
    """Raise a duty about the report on its desk; about a reserved one it rings for its one person only."""
    if report.reserved_for_id is not None:
        ladder = ladders.only_for(RESERVED, ladder)
    raise_duty(
        kind=kind,
        thing=report.thing,
        organization=report.desk,
        ladder=ladder.rungs,
        actor=actor if isinstance(actor, str) else ledger_name(actor),
        urgency=report.urgency,
        holder=holder if holder is not None and holder.is_active else None,
        path=report.path,
        due_at=ladder.due_at,
        repeat_minutes=ladder.repeat_minutes,
    )


def final_disposition(report: Report) -> Disposition | None:
    """The decision a report may be closed on: the latest final one since it came in, or since its reporter
    opened it again."""
    if report.decided_at is None:
        return None
    return report.dispositions.filter(interim=False, at__gte=report.decided_at).order_by("-at", "-pk").first()


def clock_start(report: Report) -> datetime:
    """From when the clocks count: the arrival, or the moment in which the reporter opened a finished report
    again."""
    reopened = entries_about(report.thing).filter(verb=REOPENED).order_by("-sequence").first()
    return reopened.at if reopened is not None else report.received_at


def waits_for_answer_since(report: Report) -> datetime | None:
    """Since when the reporter waits for a person's answer; None when nothing is left to answer, or no answer
    is wanted."""
    if not report.may_we_message:
        return None
    last = report.messages.filter(author=ThreadMessage.Author.DESK).order_by("-sent_at").first()
    if last is None:
        return clock_start(report)
    since = (
        report.messages.filter(author=ThreadMessage.Author.REPORTER, sent_at__gt=last.sent_at)
        .order_by("sent_at")
        .first()
    )
    return since.sent_at if since is not None else None


def unread_since(report: Report) -> datetime | None:
    """Since when words of the reporter lie there that nobody of the desk has looked at; None when there are
    none."""
    unread = report.messages.filter(author=ThreadMessage.Author.REPORTER, seen_by_desk_at__isnull=True)
    return unread.order_by("sent_at").values_list("sent_at", flat=True).first()


def has_been_read(*, report: Report, actor: Person) -> None:
    """Somebody of the desk has the report before them as it is now: what came since the last look is unread
    no longer."""
    report.messages.filter(author=ThreadMessage.Author.REPORTER, seen_by_desk_at__isnull=True).update(
        seen_by_desk_at=now()
    )
    discharge_all(report=report, kind=NEW_FACTS, actor=actor, outcome="read")


def raise_follow_up(*, report: Report, actor: Person | None) -> None:
    """Raise the duties to answer the reporter, to read what they added and to decide, in the place of earlier
    ones. An interim decision leaves the final one owed.

    The caller saves the report: `decide_by` moves with the clock.
    """
    for kind in (REPLY, DECIDE, NEW_FACTS):
        cancel_all(report=report, kind=kind, actor=actor, outcome="restarted")
    if report.closed_at is not None:
        return
    calendar = calendar_of(report.desk)
    waits_since = waits_for_answer_since(report)
    if waits_since is not None:
        raise_on(
            report=report,
            kind=REPLY,
            ladder=ladders.reply(report.urgency, waits_since, calendar),
            actor=actor,
            holder=report.holder,
        )
    unread = unread_since(report)
    if unread is not None:
        raise_on(
            report=report,
            kind=NEW_FACTS,
            ladder=ladders.reply(report.urgency, unread, calendar),
            actor=actor,
            holder=report.holder,
        )
    if report.decided_at is None:
        ladder = ladders.disposition(report.urgency, clock_start(report), calendar)
        report.decide_by = ladder.due_at
        raise_on(report=report, kind=DECIDE, ladder=ladder, actor=actor, holder=report.holder)
    elif final_disposition(report) is None:
        raise_on(
            report=report,
            kind=DECIDE,
            ladder=ladders.disposition(Urgency.U2, clock_start(report), calendar),
            actor=actor,
            holder=report.holder,
        )


def move_clock(*, thing: str, kind: str, by: timedelta) -> None:
    """Called when a duty's ladder was moved, since the report came while the clock was off. The dates beside
    it follow: what is owed later counts from its arrival, and to one that came "in 400 days" no decision was
    owed until then."""
    with scopes_disabled():
        report = (
            Report.objects.select_for_update(no_key=True).filter(number=thing.removeprefix("report:")).first()
        )
        if report is None:
            return
        if kind == ACKNOWLEDGE:
            report.acknowledge_by += by
        if kind == DECIDE or (report.decided_at is None and report.received_at > now()):
            report.decide_by += by
        if report.received_at > now():
            report.received_at += by
        report.save(update_fields=["acknowledge_by", "decide_by", "received_at"])


def ask_second_reader(*, report: Report, actor: Person | None) -> None:
    ladder = ladders.second_person(now(), calendar_of(report.desk))
    raise_on(report=report, kind=SECOND_READER, ladder=ladder, actor=actor, holder=None)


def restart_second_reader(*, report: Report, actor: Person | None) -> None:
    """The report lies on another desk now: what waits for a second reader rings there."""
    cancel_all(report=report, kind=SECOND_READER, actor=actor, outcome="moved")
    if Approval.objects.filter(report=report, decision=Approval.Decision.WAITING).exists():
        ask_second_reader(report=report, actor=actor)
