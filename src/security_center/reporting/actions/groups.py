"""Surge: many reports of one rumor, grouped by a reader, answered with one line, closed together. Each thread
stays its reporter's own.

What is done to a whole group is done in portions, each a transaction of its own: reporters who send meanwhile
must not wait for hundreds of reports. When it is cut off between two portions the same act is simply done
again: it leaves alone whom it has reached, and reaches the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy

from security_center.foundation.clock import now
from security_center.foundation.ledger.actions import record, take_turn
from security_center.foundation.organizations.identity import desk_recipient, desk_recipients
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed, require
from security_center.foundation.refusals import Refusal
from security_center.foundation.vault.actions import new_record
from security_center.foundation.vault.columns import seal
from security_center.foundation.vault.queries import open_even_damaged
from security_center.foundation.vault.records import OpenRecord

from .. import policies
from ..content_loader import disposition_actions
from ..models import Approval, IncidentGroup, Report
from ..report_ledger import to_ledger
from .decisions import (
    AlreadyAsked,
    MentalHealthNeeded,
    NewFactsUnread,
    NothingDecided,
    NoWrittenBasis,
    SecondReaderNeeded,
    answer_approval,
    close,
    decide,
    may_second,
)
from .desk import acknowledge, has_read_new_facts, locked_for
from .thread import NothingToSend, desk_writes

MOST_AT_ONCE = 500
PORTION = 50


class GroupClosed(Refusal):
    """A closed group takes no more reports."""

    sentence = _lazy("This group is closed. Open a new one.")


class TooManyAtOnce(Refusal):
    """More reports than one press may move."""

    sentence = _lazy("Choose at most 500 reports at once.")


def opened_group(group: IncidentGroup) -> OpenRecord:
    return open_even_damaged(group.record, desk_recipient(group.desk))


def _portions[T](things: Sequence[T]) -> Iterator[Sequence[T]]:
    return (things[start : start + PORTION] for start in range(0, len(things), PORTION))


def _require(actor: Person, permission: Permission, group: IncidentGroup) -> None:
    require(actor, permission, group.desk)
    if policies.group_kept_from(actor, group):
        raise NotAllowed(f"group:{group.uuid}")


def open_group(
    *, actor: Person, desk: Organization, title: str, reports: Sequence[Report] = ()
) -> IncidentGroup:
    """Open an incident room at a desk, with its first reports."""
    require(actor, Permission.REPORT_ASSIGN, desk)
    if not title.strip():
        raise NothingToSend
    if len(reports) > MOST_AT_ONCE:
        raise TooManyAtOnce
    with transaction.atomic():
        opened = new_record(recipients=desk_recipients(desk, desk.district))
        group = IncidentGroup(
            record=opened.record, district=desk.district, desk=desk, opened_by=actor, opened_at=now()
        )
        seal(opened, group, title=title)
        group.save(force_insert=True)
        record(actor=actor, verb="group.opened", about=f"group:{group.uuid}", organization_id=desk.pk)
        add_to_group(actor=actor, group=group, reports=reports[:PORTION])
    add_to_group(actor=actor, group=group, reports=reports[PORTION:])
    return group


def add_to_group(*, actor: Person, group: IncidentGroup, reports: Sequence[Report]) -> int:
    """Put reports into the group and acknowledge them: a person has chosen each, so each has been seen."""
    if group.closed_at is not None:
        raise GroupClosed
    if len(reports) > MOST_AT_ONCE:
        raise TooManyAtOnce
    _require(actor, Permission.REPORT_ASSIGN, group)
    for portion in _portions(reports):
        _add(actor, group, portion)
    return len(reports)


@transaction.atomic
def _add(actor: Person, group: IncidentGroup, reports: Sequence[Report]) -> None:
    take_turn()
    _require(actor, Permission.REPORT_ASSIGN, group)
    for report in reports:
        fresh = locked_for(actor=actor, permission=Permission.REPORT_ASSIGN, report=report)
        if fresh.district_id != group.district_id:
            raise NotAllowed(f"{fresh.thing} into a group of another district")
        Report.objects.filter(pk=fresh.pk).update(group=group)
        if fresh.acknowledged_at is None:
            acknowledge(actor=actor, report=fresh)
        to_ledger(fresh, actor, "group.added", group=group.pk)


@transaction.atomic
def remove_from_group(*, actor: Person, report: Report) -> None:
    fresh = locked_for(actor=actor, permission=Permission.REPORT_ASSIGN, report=report)
    Report.objects.filter(pk=fresh.pk).update(group=None)
    to_ledger(fresh, actor, "group.removed")


def answer_group(*, actor: Person, group: IncidentGroup, line: str) -> int:
    """Give every reporter of the group the same accurate line, each in their own thread. Returns how many
    have it.

    The same line again reaches those who have not had it: after a crash, or for reports that joined since.
    """
    if not line.strip():
        raise NothingToSend
    _require(actor, Permission.REPORT_WRITE, group)
    with transaction.atomic():
        take_turn()
        seal(opened_group(group), group, status_line=line)
        group.save(update_fields=["status_line"])
        record(actor=actor, verb="group.line_set", about=f"group:{group.uuid}", organization_id=group.desk_id)
    reached = 0
    for portion in _portions(
        list(
            group.reports.filter(may_we_message=True, shredded_at__isnull=True)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
    ):
        reached += _write_line(actor, group, portion, line)
    with transaction.atomic():
        detail: dict[str, int | str | bool | None] = {"reports": reached}
        record(
            actor=actor,
            verb="group.answered",
            about=f"group:{group.uuid}",
            organization_id=group.desk_id,
            detail=detail,
        )
    return reached


@transaction.atomic
def _write_line(actor: Person, group: IncidentGroup, portion: Sequence[int], line: str) -> int:
    take_turn()
    reached = 0
    for report in (
        group.reports.filter(pk__in=portion, shredded_at__isnull=True)
        .select_related("desk__parent__parent", "district")
        .order_by("pk")
    ):
        if not policies.can(actor, Permission.REPORT_WRITE, report):
            continue  # a conflict, found later, keeps it from this reader; whoever may read it answers there
        # The group's number as the form's: the same line to the same reporter is the same message, however
        # often it is sent.
        desk_writes(actor=actor, report=report, body=line, message_id=group.uuid)
        reached += 1
    return reached


def close_group(
    *, actor: Person, group: IncidentGroup, actions: Sequence[str], validity: str, considered: str
) -> tuple[int, int]:
    """Decide and close the open reports of the group on one written basis. Those that need a second reader,
    or a look of their own, wait.

    Returns (closed, waiting).
    """
    if not considered.strip():
        raise NoWrittenBasis
    _require(actor, Permission.REPORT_CLOSE, group)
    closed = waiting = 0
    for portion in _portions(
        list(group.reports.filter(closed_at__isnull=True).order_by("pk").values_list("pk", flat=True))
    ):
        some_closed, some_waiting = _close_portion(actor, group, portion, actions, validity, considered)
        closed, waiting = closed + some_closed, waiting + some_waiting
    with transaction.atomic():
        over = _over(group)
        record(
            actor=actor,
            verb="group.closed" if over else "group.closing",
            about=f"group:{group.uuid}",
            organization_id=group.desk_id,
            detail={"closed": closed, "waiting": waiting},
        )
    return closed, waiting


@transaction.atomic
def _close_portion(
    actor: Person,
    group: IncidentGroup,
    portion: Sequence[int],
    actions: Sequence[str],
    validity: str,
    considered: str,
) -> tuple[int, int]:
    take_turn()
    closed = waiting = 0
    for report in (
        group.reports.filter(pk__in=portion, closed_at__isnull=True)
        .select_related("desk__parent__parent", "district")
        .order_by("pk")
    ):
        # One rumor, but not one fate: what this basis cannot close stays open, and the others do not wait for
        # it. One that waits for a second reader was decided already: done again, this act must not decide it
        # twice.
        if report.approvals.filter(decision=Approval.Decision.WAITING).exists() or not _may_close_with_others(
            actor, report, actions
        ):
            waiting += 1
            continue
        decide(actor=actor, report=report, actions=actions, validity=validity, considered=considered)
        asked = report.approvals.filter(decision=Approval.Decision.WAITING).exists()
        if asked or isinstance(close(actor=actor, report=report, reason=considered), Approval):
            waiting += 1
        else:
            closed += 1
    return closed, waiting


def _over(group: IncidentGroup) -> bool:
    """Close the room when its last report is closed. Called inside a transaction."""
    take_turn()
    if group.reports.filter(closed_at__isnull=True).exists():
        return False
    group.closed_at = now()
    group.save(update_fields=["closed_at"])
    return True


def _may_close_with_others(actor: Person, report: Report, actions: Sequence[str]) -> bool:
    """Not a report that is kept from this reader, whose new words nobody here has read, or about suicide
    without a hand-over."""
    if not policies.can(actor, Permission.REPORT_CLOSE, report) or not has_read_new_facts(
        actor=actor, report=report
    ):
        return False
    known = disposition_actions()
    return not report.crisis_lock or any(code in known and known[code].hands_over for code in actions)


def waiting_to_close(group: IncidentGroup) -> list[Approval]:
    """Requests to close reports of the group that wait for a second reader."""
    waiting = Approval.objects.filter(
        report__group=group, kind=Approval.Kind.CLOSE, decision=Approval.Decision.WAITING
    )
    found = list(
        waiting.select_related("report__desk__parent__parent", "report__district", "asked_by").order_by(
            "asked_at", "pk"
        )
    )
    askers: dict[int, Person] = {}
    for approval in found:  # one object a person: their roles are read once, not once a report
        approval.asked_by = askers.setdefault(approval.asked_by_id, approval.asked_by)
    return found


def answer_group_closing(*, actor: Person, group: IncidentGroup, agree: bool, answer: str) -> tuple[int, int]:
    """The second reader answers for all reports of the group that wait for one. Each must let this person be
    its second reader, and one with new words from its reporter is left for a look of its own.

    Returns (answered, left).
    """
    if not answer.strip():
        raise NoWrittenBasis
    _require(actor, Permission.REPORT_CLOSE, group)
    waiting = waiting_to_close(group)
    mine = [approval for approval in waiting if may_second(actor, approval)]
    if not mine:
        raise SecondReaderNeeded
    answered = sum(_answer_portion(actor, portion, agree, answer) for portion in _portions(mine))
    left = len(waiting) - answered
    with transaction.atomic():
        if agree and not left:
            _over(group)
        record(
            actor=actor,
            verb="group.closing_answered",
            about=f"group:{group.uuid}",
            organization_id=group.desk_id,
            detail={"agreed": agree, "reports": answered, "left": left},
        )
    return answered, left


@transaction.atomic
def _answer_portion(actor: Person, portion: Sequence[Approval], agree: bool, answer: str) -> int:
    take_turn()
    answered = 0
    for approval in portion:
        # Its reporter may have written while the earlier portions were answered
        report = Report.objects.get(pk=approval.report_id)
        if agree and report.new_facts_at is not None and report.new_facts_at > approval.asked_at:
            continue
        try:
            with transaction.atomic():
                answer_approval(actor=actor, approval=approval, agree=agree, answer=answer)
        except (AlreadyAsked, MentalHealthNeeded, NewFactsUnread, NothingDecided):
            # Somebody was quicker, or it may not be closed as it stands now: it is left, and the others do
            # not wait for it
            continue
        answered += 1
    return answered
