"""Retention: what was written is destroyed when its time is over; the count of it stays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django_scopes import scopes_disabled

from security_center.foundation.clock import now
from security_center.foundation.duties.actions import cancel_about
from security_center.foundation.ledger.actions import record
from security_center.foundation.vault import actions as vault
from security_center.foundation.vault.attached import remove_later
from security_center.foundation.vault.models import RecordHold
from security_center.prevention.queries import adopted_plan

from ..content_loader import validities
from ..models import Approval, Attachment, Disposition, Handoff, Note, Report, ReporterIdentity, Subject, SubjectMention, ThreadMessage
from .desk import locked


def kept_until(report: Report) -> datetime | None:
    """When a closed report is destroyed by its plan: earlier for an unfounded one."""
    plan = adopted_plan(report.desk)
    last = report.dispositions.filter(interim=False).order_by("-at", "-pk").first()
    unfounded = last is not None and validities()[last.validity].retention == "unfounded"
    days = (plan.retention_days_unfounded if unfounded else plan.retention_days) if plan else 365
    return report.closed_at + timedelta(days=days) if report.closed_at else None


@transaction.atomic
def shred(*, report: Report, actor: str = "worker", again: bool = False) -> bool:
    """Destroy body, thread, files and notes of a report: its sealed keys first, so that nothing of it can ever be opened, backups included once they
    follow. Returns False where a hold keeps it.

    The row stays: its number, times, category and outcome are the count. Its receipt's digest stays too, so that a reporter who comes back is told
    that the time is over, and not that the words are wrong.

    again: it was destroyed before, and an older backup brought it back, perhaps from when it was still open or held. It goes all the same.
    """
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
        attachment.state, attachment.file_id, attachment.cleaned_file_id = Attachment.State.SHREDDED, None, None
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
    record(actor=actor, verb="report.shredded", thing=fresh.thing, organization_id=fresh.desk_id, detail={"files": len(gone)})
    remove_later(gone)
    return True


def shred_again(*, numbers: Iterable[str]) -> int:
    """Destroy what an older backup brought back, by number and of all tenants. Returns how many reports were."""
    with scopes_disabled():  # the numbers come from the sealed list beside the archive
        found = Report.objects.filter(number__in=list(numbers), shredded_at__isnull=True).select_related("desk__parent", "district")
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
