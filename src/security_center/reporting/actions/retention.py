"""Retention: what was written is destroyed when its time is over; the count of it stays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django_scopes import scopes_disabled

from security_center.foundation.clock import now
from security_center.foundation.duties.actions import cancel_about
from security_center.foundation.ledger.actions import record, take_turn
from security_center.foundation.notifications.actions import notify
from security_center.foundation.organizations.models import Organization, Role
from security_center.foundation.organizations.queries import people_with_any_role
from security_center.foundation.timekeeping.queries import MARKED_BEFORE
from security_center.foundation.vault import actions as vault
from security_center.foundation.vault.attached import remove_later
from security_center.foundation.vault.models import RecordHold

from ..models import (
    Approval,
    Attachment,
    Disposition,
    Handoff,
    Note,
    Report,
    ReporterIdentity,
    Subject,
    SubjectMention,
    ThreadMessage,
)
from ..queries.ends import desks_with_closed, kept_until, marked_a_week_ago, near_their_end
from ..report_ledger import to_ledger
from .desk import locked

AT_ONCE = 200
END_NEAR = "reporting.end_near"


def mark_ends(*, at: datetime) -> int:
    """The first step: mark the reports whose end is a week away at `at`, and tell their desks, which may
    still put them on hold. Returns how many."""
    return sum(
        _mark(desk, list(near_their_end(desk, at).values_list("pk", flat=True)[:AT_ONCE]), at)
        for desk in desks_with_closed()
    )


def _mark(desk: Organization, reports: list[int], at: datetime) -> int:
    if not reports:
        return 0
    with transaction.atomic():
        take_turn()
        # Each desk is told once a day, however many there are.
        told = Report.objects.filter(desk=desk, end_told_at__gt=at - timedelta(days=1)).exists()
        marked = Report.objects.filter(
            pk__in=reports, closed_at__isnull=False, end_told_at__isnull=True
        ).update(end_told_at=at)
        record(
            actor="worker",
            verb="report.end_near",
            about=f"organization:{desk.pk}",
            organization_id=desk.pk,
            detail={"reports": marked},
        )
        if marked and not told:
            for person in people_with_any_role(
                desk, [Role.TEAM_LEAD, Role.DISTRICT_SAFETY_LEAD], include_above=True
            ):
                notify(person=person, kind=END_NEAR, organization=desk, path="/desk/")
    return marked


def shred_marked(*, at: datetime) -> int:
    """The second step: destroy the reports that were marked a week before `at` and whose day has come. One
    that its plan keeps longer since is marked again when its time comes. Returns how many were destroyed."""
    shredded = 0
    for report in list(marked_a_week_ago(at)[:AT_ONCE]):
        until = kept_until(report)
        if until is not None and until <= at:
            shredded += shred(report=report)
        elif until is None or until > at + MARKED_BEFORE:
            with transaction.atomic():
                Report.objects.filter(pk=report.pk).update(end_told_at=None)
    return shredded


@transaction.atomic
def shred(*, report: Report, actor: str = "worker", again: bool = False) -> bool:
    """Destroy body, thread, files and notes of a report: its sealed keys first, so that nothing of it can
    ever be opened, backups included once they follow. Returns False where a hold keeps it.

    The row stays: its number, times, category and outcome are the count. Its receipt's digest stays too, so
    that a reporter who comes back is told that the time is over, and not that the words are wrong.

    again: it was destroyed before, and an older backup brought it back, perhaps from when it was still open
    or held. It goes all the same."""
    fresh = locked(report)
    if again and fresh.shredded_at is None:
        _as_if_finished(fresh, actor)
    if fresh.shredded_at is not None or fresh.closed_at is None:
        return False
    try:
        vault.shred_record(record=fresh.record, actor=actor)
    except vault.OnHold:
        return False
    gone = []
    for attachment in Attachment.objects.filter(report=fresh):
        gone += attachment.stored
        attachment.state, attachment.file_id, attachment.cleaned_file_id = (
            Attachment.State.SHREDDED,
            None,
            None,
        )
        attachment.file_seal = attachment.cleaned_seal = attachment.name = None
        attachment.save()
    ThreadMessage.objects.filter(report=fresh).delete()
    Note.objects.filter(report=fresh).delete()
    Disposition.objects.filter(report=fresh).update(considered=b"")
    Approval.objects.filter(report=fresh).update(reason=b"", answer=None)
    Handoff._base_manager.filter(report=fresh).update(reason=b"")
    _shred_identity(fresh, actor)
    _shred_subjects(fresh, actor)
    _shred_group(fresh, actor)
    fresh.what_happened = b""
    fresh.who = fresh.when_where = fresh.weapon = fresh.how_do_you_know = None
    fresh.content_digest = None
    fresh.shredded_at = now()
    fresh.save()
    to_ledger(fresh, actor, "report.shredded", files=len(gone))
    remove_later(gone)
    return True


def shred_again(*, numbers: Iterable[str]) -> int:
    """Destroy what an older backup brought back, by number and of all tenants. Returns how many reports
    were."""
    with scopes_disabled():  # the numbers come from the sealed list beside the archive
        found = Report.objects.filter(number__in=list(numbers), shredded_at__isnull=True).select_related(
            "desk__parent", "district"
        )
        return sum(shred(report=report, actor="system", again=True) for report in list(found))


def _as_if_finished(report: Report, actor: str) -> None:
    for kind in RecordHold.Kind:
        vault.release_record(record=report.record, actor=actor, kind=kind)
    cancel_about(thing=report.thing, actor=actor, outcome="destroyed")
    report.state = Report.State.FINISHED
    report.decided_at = report.decided_at or now()
    report.closed_at = report.closed_at or now()


def _shred_identity(report: Report, actor: str) -> None:
    identity = ReporterIdentity.objects.filter(report=report).first()
    if identity is not None:
        if identity.record != report.record:
            vault.shred_record(record=identity.record, actor=actor)
        identity.delete()


def _shred_subjects(report: Report, actor: str) -> None:
    """A subject goes when no other kept report mentions it."""
    for mention in SubjectMention.objects.filter(report=report).select_related("subject"):
        subject = mention.subject
        mention.delete()
        if not SubjectMention.objects.filter(subject=subject, report__shredded_at__isnull=True).exists():
            vault.shred_record(record=subject.record, actor=actor)
            Subject.objects.filter(pk=subject.pk).delete()


def _shred_group(report: Report, actor: str) -> None:
    """A group's title and line go with the last of its reports."""
    group = report.group
    if group is None or group.reports.filter(shredded_at__isnull=True).exclude(pk=report.pk).exists():
        return
    vault.shred_record(record=group.record, actor=actor)
    group.title, group.status_line = b"", None
    group.closed_at = group.closed_at or now()
    group.save(update_fields=["title", "status_line", "closed_at"])
