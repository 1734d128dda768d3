"""What a reader does at the desk: look, acknowledge, assign, raise, note, hold."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy
from django_scopes import scopes_disabled

from security_center.foundation.actors import ledger_name
from security_center.foundation.clock import now
from security_center.foundation.duties.actions import hand_over
from security_center.foundation.duties.queries import open_about
from security_center.foundation.ledger.actions import take_turn
from security_center.foundation.ledger.queries import entries_about
from security_center.foundation.notifications.actions import notify
from security_center.foundation.organizations.identity import desk_recipients
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.refusals import Refusal
from security_center.foundation.vault import actions as vault
from security_center.foundation.vault.columns import seal
from security_center.foundation.vault.models import RecordHold
from security_center.foundation.vault.queries import open_even_damaged, recipients_of
from security_center.foundation.vault.records import OpenRecord
from security_center.prevention import ladders
from security_center.prevention.queries import calendar_of

from .. import policies
from ..models import Conflict, Handoff, Note, Report, Urgency
from ..report_ledger import to_ledger
from .follow_up import (
    ACKNOWLEDGE,
    DECIDE,
    NEW_FACTS,
    REPLY,
    cancel_all,
    clock_start,
    discharge_all,
    has_been_read,
    raise_follow_up,
    raise_on,
)
from .intake import raise_acknowledge

ASSIGNED = "reporting.assigned"
TAKE_OVER = "reporting.take_over"
# What belongs to whoever holds the report. The district's duty to look at a pattern, and a second reader's,
# never pass to the holder.
THE_HOLDERS = (ACKNOWLEDGE, REPLY, DECIDE, NEW_FACTS)


class NotATransition(Refusal):
    """The report's state does not lead there."""

    sentence = _lazy("The report has moved on meanwhile, so this was not done. Look at the page again.")

    def __init__(self, report: Report, to: str) -> None:
        super().__init__(f"{report.state} → {to}")
        self.report, self.to = report, to


class CannotHold(Refusal):
    """The person named cannot take this report."""

    fields = ("to",)
    sentence = _lazy("This person cannot take the report. Choose another.")


def move(report: Report, to: str) -> None:
    """Change the state along the transition table; the caller saves."""
    if report.state == to:
        return
    if to not in Report.TRANSITIONS[report.state]:
        raise NotATransition(report, to)
    report.state = to


def kept_out(report: Report) -> list[int]:
    """Ids of the people a conflict keeps from this report."""
    return list(Conflict.objects.filter(report=report).values_list("person_id", flat=True))


def locked(report: Report) -> Report:
    """The row, locked for this transaction, fresh. The ledger's turn comes first: actions on several reports
    would else stop each other."""
    take_turn()
    return Report.objects.select_for_update(no_key=True).get(pk=report.pk)


def locked_for(*, actor: Person | None, permission: Permission, report: Report) -> Report:
    """The row, locked, with the permission asked again of the row as it lies now: since the page was loaded
    the report may have gone to another desk, or somebody may have said that it is about this person. Raises
    `NotAllowed`."""
    fresh = _near(report, permission)
    policies.require(actor, permission, fresh)
    return fresh


def _near(report: Report, permission: Permission) -> Report:
    """The row, locked, if it still lies in the districts of this request."""
    take_turn()
    rows = Report.objects.select_for_update(of=("self",), no_key=True).select_related(
        "desk__parent__parent", "district"
    )
    fresh = rows.filter(pk=report.pk).first()
    if fresh is None:
        raise NotAllowed(f"{permission} on {report.thing}")
    return fresh


def own_desks(report: Report) -> list[str]:
    """The vault's names of the desk that has the report and of its district."""
    return desk_recipients(report.desk, report.district)


def unsealed(report: Report) -> OpenRecord:
    """The report's record, opened as one of its desks. Callers have checked the policy; every look is
    recorded by `look`.

    Raises `VaultLocked` when the key file is missing.
    """
    names = own_desks(report)
    held = set(recipients_of(report.record))
    if held and not held & set(names):
        # Another desk has taken it over since this row was read
        raise NotAllowed(f"open {report.thing}")
    return open_even_damaged(report.record, *names)


@transaction.atomic
def look(*, actor: Person, report: Report) -> OpenRecord:
    """Open a report to be read. Every look is recorded; the first one by somebody of the desk tells the
    reporter that it is being read."""
    fresh = _near(report, Permission.REPORT_READ)
    allowed = policies.permissions_on(actor, fresh)
    if Permission.REPORT_READ not in allowed:
        raise NotAllowed(f"{Permission.REPORT_READ} on {report.thing}")
    opened = unsealed(fresh)
    # An access session reads, and changes nothing
    of_the_desk = Permission.REPORT_WRITE in allowed
    if of_the_desk and (
        fresh.first_read_at is None or fresh.new_facts_at is not None or fresh.state == Report.State.RECEIVED
    ):
        fresh.first_read_at = fresh.first_read_at or now()
        if fresh.state == Report.State.RECEIVED:
            move(fresh, Report.State.READING)
        fresh.save(update_fields=["first_read_at", "state"])
        if fresh.new_facts_at is not None:
            has_been_read(report=fresh, actor=actor)
        report.first_read_at, report.state = fresh.first_read_at, fresh.state
    to_ledger(fresh, actor, "report.read" if of_the_desk else "report.read_in_access_session")
    return opened


def has_read_new_facts(*, actor: Person, report: Report) -> bool:
    """Whether this person has looked at the report since the reporter, or a linked report, added
    something."""
    if report.new_facts_at is None:
        return True
    return (
        entries_about(report.thing)
        .filter(actor=ledger_name(actor), verb="report.read", at__gte=report.new_facts_at)
        .exists()
    )


@transaction.atomic
def acknowledge(*, actor: Person, report: Report) -> Report:
    """*I have it.* Stops the alert, names the person to supervisors, and starts the clocks for answer and
    decision."""
    fresh = locked_for(actor=actor, permission=Permission.REPORT_WRITE, report=report)
    take_on(report=fresh, actor=actor)
    return fresh


def take_on(*, report: Report, actor: Person) -> None:
    """What *I have it* does. Called inside a transaction with the row locked and the permission asked."""
    at = now()
    discharge_all(report=report, kind=ACKNOWLEDGE, actor=actor, outcome="acknowledged")
    if report.acknowledged_at is None:
        report.acknowledged_at, report.acknowledged_by = at, actor
        report.holder, report.assigned_at = report.holder or actor, report.assigned_at or at
        report.first_read_at = report.first_read_at or at
        if report.state == Report.State.RECEIVED:
            move(report, Report.State.READING)
        raise_follow_up(report=report, actor=actor)
    if has_read_new_facts(actor=actor, report=report):
        report.new_facts_at = None
    report.save()
    to_ledger(report, actor, "report.acknowledged")


@transaction.atomic
def assign(*, actor: Person, report: Report, to: Person) -> Report:
    """Give the report to one reader of its desk; their open duties about it go with it, and they are told."""
    fresh = locked_for(actor=actor, permission=Permission.REPORT_ASSIGN, report=report)
    if not policies.can(to, Permission.REPORT_WRITE, fresh):
        raise CannotHold
    fresh.holder, fresh.assigned_at = to, now()
    fresh.save(update_fields=["holder", "assigned_at"])
    for duty in open_about(fresh.thing).filter(kind__in=THE_HOLDERS):
        hand_over(duty=duty, to=to, actor=actor, tell=False)
    if to.pk != actor.pk:
        notify(
            person=to,
            kind=ASSIGNED,
            urgency=fresh.urgency,
            organization=fresh.desk,
            path=fresh.path,
            extra={"number": fresh.number},
        )
    to_ledger(fresh, actor, "report.assigned", to=to.pk)
    return fresh


@transaction.atomic
def raise_urgency(
    *, actor: Person | None, report: Report, urgency: str, because: str = "reader", reason: str = ""
) -> Report:
    """Raise the urgency. Anybody at the desk may, at will, and what they write about it is kept as a note;
    the alert starts anew at the new urgency when nobody has acknowledged yet."""
    fresh = locked_for(actor=actor, permission=Permission.REPORT_WRITE, report=report)
    if urgency not in Urgency.values or urgency >= fresh.urgency or fresh.closed_at is not None:
        raise NotATransition(report, urgency)
    set_urgency(report=fresh, urgency=urgency, because=because, actor=actor)
    if actor is not None and reason.strip():
        note_on(report=fresh, actor=actor, body=reason)
    return fresh


def set_urgency(*, report: Report, urgency: str, because: str, actor: Person | None) -> None:
    """Write a new urgency and move the clocks with it. Called inside a transaction with the row locked."""
    before = report.urgency
    report.urgency, report.urgency_because = urgency, because
    if urgency == Urgency.U1:
        report.needs_second_reader = True
    calendar, at = calendar_of(report.desk), now()
    report.decide_by = ladders.disposition_due(urgency, clock_start(report), calendar)
    if report.acknowledged_at is None:
        ladder = ladders.acknowledgement(urgency, at, calendar)
        report.acknowledge_by = (
            min(report.acknowledge_by, ladder.due_at) if urgency < before else ladder.due_at
        )
        cancel_all(report=report, kind=ACKNOWLEDGE, actor=actor, outcome="urgency_changed")
        report.save()
        raise_acknowledge(report=report, ladder=ladder, actor=ledger_name(actor))
    else:
        raise_follow_up(report=report, actor=actor)
        report.save()
    to_ledger(report, actor, "report.urgency_changed", **{"from": before}, to=urgency, because=because)


@transaction.atomic
def write_note(*, actor: Person, report: Report, body: str) -> Note:
    """Keep an internal note. The reporter never sees it."""
    fresh = locked_for(actor=actor, permission=Permission.REPORT_WRITE, report=report)
    return note_on(report=fresh, actor=actor, body=body)


def note_on(*, report: Report, actor: Person, body: str, new_facts: bool = False) -> Note:
    """A note beside another act. Called inside a transaction with the row locked and the permission asked."""
    note = Note(report=report, person=actor, written_at=now(), new_facts=new_facts)
    seal(unsealed(report), note, body=body)
    note.save(force_insert=True)
    to_ledger(report, actor, "report.noted", note=note.pk)
    return note


@transaction.atomic
def link_duplicate(*, actor: Person, report: Report, first: Report, new_facts: str = "") -> Report:
    """Link a report to an earlier one about the same thing. It is corroboration, not noise: its thread stays,
    and what it adds is marked on both."""
    policies.require(actor, Permission.REPORT_WRITE, report)
    policies.require(actor, Permission.REPORT_READ, first)
    root = first.linked_to or first
    if not policies.can(actor, Permission.REPORT_READ, root):
        # What `first` is linked to is kept from this reader: neither its number nor a mark on it may come
        # from here
        root = first
    if root.pk == report.pk:
        raise NotATransition(report, "linked")
    fresh = locked_for(actor=actor, permission=Permission.REPORT_WRITE, report=report)
    fresh.linked_to = root
    fresh.save(update_fields=["linked_to"])
    Report.objects.filter(linked_to=fresh).update(linked_to=root)
    if new_facts.strip():
        note_on(report=fresh, actor=actor, body=new_facts, new_facts=True)
        _new_facts_by_link(root, actor)
    if (
        fresh.urgency < root.urgency
        and root.closed_at is None
        and policies.can(actor, Permission.REPORT_WRITE, root)
    ):
        raise_urgency(actor=actor, report=root, urgency=fresh.urgency, because="linked")
    to_ledger(fresh, actor, "report.linked", first=root.number)
    return fresh


def _new_facts_by_link(root: Report, actor: Person) -> None:
    """What a duplicate adds has to be read by whoever works on the first report. One that nobody has
    acknowledged rings already."""
    first = locked(root)
    first.new_facts_at = now()
    first.save(update_fields=["new_facts_at"])
    if (
        first.closed_at is None
        and first.acknowledged_at is not None
        and not open_about(first.thing, NEW_FACTS).exists()
    ):
        ladder = ladders.reply(first.urgency, first.new_facts_at, calendar_of(first.desk))
        raise_on(report=first, kind=NEW_FACTS, ladder=ladder, actor=actor, holder=first.holder)


# (hold, release) in the ledger. Each kind is held and released by itself: a court order outlasts an
# inspection that is over, and the other way round.
HOLD_VERBS = {
    RecordHold.Kind.LEGAL: ("report.held", "report.hold_released"),
    RecordHold.Kind.INSPECTION: ("report.held_for_inspection", "report.inspection_over"),
}


@transaction.atomic
def set_hold(*, actor: Person, report: Report, on: bool, kind: str = RecordHold.Kind.LEGAL) -> None:
    """A legal hold, or an open request to inspect, keeps a report from being destroyed; when none stands any
    more, retention goes on."""
    fresh = locked_for(actor=actor, permission=Permission.REPORT_HOLD, report=report)
    if on:
        vault.hold_record(record=fresh.record, actor=ledger_name(actor), kind=kind)
    elif not vault.release_record(record=fresh.record, actor=ledger_name(actor), kind=kind):
        return  # somebody else has released it
    verb = HOLD_VERBS[RecordHold.Kind(kind)][0 if on else 1]
    to_ledger(fresh, actor, verb)


def withdraw_offer(*, report: Report, actor: Person | None) -> None:
    """Nobody takes over any more: the offer's row goes, its alert falls silent, and the key that lay ready
    for the receiver goes too. The caller saves the report."""
    # The row lies in the receiver's scope; it is found by a report that the policy has let through
    with scopes_disabled():
        offers = Handoff.objects.filter(report=report, acknowledged_at__isnull=True)
        if offers.exists():
            offers.delete()
            held = set(recipients_of(report.record))
            vault.keep_only(
                record=report.record,
                recipients=[name for name in own_desks(report) if name in held],
                actor=ledger_name(actor),
            )
    report.handoff_to = None
    cancel_all(report=report, kind=TAKE_OVER, actor=actor, outcome="withdrawn")
