"""Everything a reader's page of one report shows. The caller has opened the record by `actions.desk.look`,
which wrote the look down."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from security_center.foundation.clock import now
from security_center.foundation.duties.models import Duty
from security_center.foundation.duties.queries import open_about
from security_center.foundation.ledger.models import Entry
from security_center.foundation.ledger.queries import entries_about
from security_center.foundation.organizations.identity import desk_recipient
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.vault.columns import shown, shown_all
from security_center.foundation.vault.models import RecordHold
from security_center.foundation.vault.queries import holds_on, open_records
from security_center.foundation.vault.records import OpenRecord

from .. import policies
from ..content_loader import disposition_actions, validities
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
    SubjectToken,
    ThreadMessage,
)
from .desk import BURST_LOOKBACK, BURST_SIZE, BURST_WINDOW, visible_to
from .ends import destroyed_on

EARLIER_SHOWN = 20
FIELDS = ("what_happened", "who", "when_where", "weapon", "how_do_you_know")


@dataclass(frozen=True)
class Said:
    """One opened text with its row."""

    row: ThreadMessage | Note | Disposition | Approval
    text: str
    answer: str = ""
    attachments: list[Attachment] = field(default_factory=list)


@dataclass(frozen=True)
class Named:
    mention: SubjectMention
    name: str
    identifiers: str
    earlier: list[Report]


@dataclass(frozen=True)
class ReportPage:
    report: Report
    words: dict[str, str]
    messages: list[Said]
    notes: list[Said]
    dispositions: list[Said]
    approvals: list[Said]
    attachments: list[tuple[Attachment, str]]
    linked: list[Report]
    subjects: list[Named]
    likely: list[tuple[Subject, str, str, list[str]]]
    burst: list[Report]
    duties: list[Duty]
    history: list[Entry]
    holds: list[RecordHold.Kind]
    destroyed_on: datetime | None
    identified_name: str  # only where the reporter chose to be known to the team
    came_by: list[tuple[Handoff, str]]  # from which desk it was taken over, and why it was handed on
    may: dict[str, bool]


def report_page(person: Person, report: Report, opened: OpenRecord) -> ReportPage:
    """Read and open what the page shows. Texts of other reports are not opened: those are linked, never
    copied."""
    files = [(a, shown(opened, a, "name")) for a in report.attachments.order_by("pk")]
    by_message: dict[int, list[Attachment]] = {}
    for attachment, _name in files:
        if attachment.message_id is not None:
            by_message.setdefault(attachment.message_id, []).append(attachment)
    messages = report.messages.select_related("person").order_by("sent_at", "pk")
    subjects = _subjects(person, report)
    allowed = policies.permissions_on(person, report)
    return ReportPage(
        report=report,
        words=shown_all(opened, report, FIELDS),
        messages=[Said(m, shown(opened, m, "body"), attachments=by_message.get(m.pk, [])) for m in messages],
        notes=[
            Said(n, shown(opened, n, "body"))
            for n in report.notes.select_related("person").order_by("written_at", "pk")
        ],
        dispositions=[
            Said(d, shown(opened, d, "considered"))
            for d in report.dispositions.select_related("by").order_by("at", "pk")
        ],
        approvals=[
            Said(a, shown(opened, a, "reason"), shown(opened, a, "answer"))
            for a in report.approvals.select_related("asked_by", "decided_by").order_by("asked_at", "pk")
        ],
        attachments=files,
        linked=_linked(person, report),
        subjects=subjects,
        likely=_likely(person, report),
        burst=_burst(person, report),
        duties=list(open_about(report.thing).select_related("holder", "organization")),
        history=list(entries_about(report.thing).order_by("-sequence")[:100]),
        holds=holds_on(report.record),
        destroyed_on=destroyed_on(report),
        identified_name=_identified_name(report, opened),
        came_by=[(h, shown(opened, h, "reason")) for h in _taken_over(report)],
        may={
            permission.name.lower(): permission in allowed
            for permission in Permission
            if permission.value.startswith("report:")
        },
    )


def _taken_over(report: Report) -> list[Handoff]:
    found = Handoff.objects.filter(report=report, acknowledged_at__isnull=False)
    return list(found.select_related("from_desk", "to_desk", "by").order_by("at", "pk"))


def _identified_name(report: Report, opened: OpenRecord) -> str:
    identity = ReporterIdentity.objects.filter(report=report, record=report.record).first()
    if identity is None:
        return ""
    return ", ".join(
        text for text in (shown(opened, identity, "name"), shown(opened, identity, "contact")) if text
    )


def _with_outcome(reports: list[Report]) -> list[Report]:
    """Each with `outcome`: how far its last decision says that it held, and what was done, in words. One
    query."""
    last = {
        d.report_id: d
        for d in Disposition.objects.filter(report__in=reports).order_by("at", "pk").defer("considered")
    }
    for report in reports:
        found = last.get(report.pk)
        done = [str(disposition_actions()[code].label) for code in found.actions] if found else []
        report.outcome = f"{validities()[found.validity].label}: {', '.join(done)}" if found else ""  # type: ignore[attr-defined]
    return reports


def _linked(person: Person, report: Report) -> list[Report]:
    root = report.linked_to_id or report.pk
    return _with_outcome(
        list(
            visible_to(person)
            .filter(Q(pk=root) | Q(linked_to=root))
            .exclude(pk=report.pk)
            .select_related("organization")[:50]
        )
    )


def _open_subjects(subjects: list[Subject], report: Report) -> dict[int, tuple[str, str]]:
    """Name and identifiers of each subject, as a desk it is sealed to; ("", "") once it was destroyed."""
    desks = {
        subject.record: [desk_recipient(desk) for desk in (subject.desk, subject.district, report.desk)]
        for subject in subjects
    }
    opened = open_records(desks)
    return {
        subject.pk: (
            shown(opened[subject.record], subject, "name"),
            shown(opened[subject.record], subject, "identifiers"),
        )
        if subject.record in opened
        else ("", "")
        for subject in subjects
    }


def _subjects(person: Person, report: Report) -> list[Named]:
    named = report.mentions.exclude(state=SubjectMention.State.REJECTED).select_related(
        "subject__desk", "subject__district", "set_by", "second_by"
    )
    mentions = list(named.order_by("pk"))
    texts = _open_subjects([mention.subject for mention in mentions], report)
    earlier = _earlier(person, report, [mention.subject_id for mention in mentions])
    return [Named(mention, *texts[mention.subject_id], earlier[mention.subject_id]) for mention in mentions]


def _earlier(person: Person, report: Report, subjects: list[int]) -> dict[int, list[Report]]:
    """The last reports beside this one that this person may see and that are known to be about each
    subject."""
    confirmed = SubjectMention.objects.filter(
        subject__in=subjects, state=SubjectMention.State.CONFIRMED
    ).exclude(report=report)
    pairs = (
        confirmed.filter(report__in=visible_to(person).order_by().values("pk"))
        .order_by("-report__received_at")
        .values_list("subject", "report")
    )
    by_subject: dict[int, list[int]] = {subject: [] for subject in subjects}
    for subject, pk in pairs:
        if len(by_subject[subject]) < EARLIER_SHOWN:
            by_subject[subject].append(pk)
    rows = (
        visible_to(person)
        .filter(pk__in={pk for shown in by_subject.values() for pk in shown})
        .select_related("organization")
    )
    found = {row.pk: row for row in _with_outcome(list(rows))}
    return {subject: [found[pk] for pk in shown if pk in found] for subject, shown in by_subject.items()}


def _likely(person: Person, report: Report) -> list[tuple[Subject, str, str, list[str]]]:
    """Subjects of reports this person may see that share a blinded token with one of this report's, and have
    not been judged yet.

    A hint for a person, with the kinds of token that agree; nothing is computed about anybody."""
    own = SubjectToken.objects.filter(subject__mentions__report=report)
    mine = {(row.kind, bytes(row.token)) for row in own}
    if not mine:
        return []
    judged = set(report.mentions.values_list("subject_id", flat=True))
    same = SubjectToken.objects.filter(token__in=[token for _kind, token in mine]).exclude(subject__in=judged)
    kinds: dict[int, list[str]] = {}
    for row in same.order_by("subject_id"):
        if (row.kind, bytes(row.token)) in mine:
            kinds.setdefault(row.subject_id, []).append(row.kind)
    seen = visible_to(person, Permission.REPORT_READ).values("pk")
    subjects = (
        Subject.objects.filter(pk__in=kinds, mentions__report__in=seen)
        .distinct()
        .select_related("desk", "district")
    )
    shown = list(subjects[:10])
    texts = _open_subjects(shown, report)
    return [(subject, *texts[subject.pk], sorted(set(kinds[subject.pk]))) for subject in shown]


def _burst(person: Person, report: Report) -> list[Report]:
    """Other reports that came to the same desk within ten minutes, when there are many: offered for grouping.
    Only arrival times are compared."""
    if report.closed_at is not None or now() - report.received_at > BURST_LOOKBACK:
        return []
    near = (
        visible_to(person)
        .filter(
            desk=report.desk_id,
            received_at__gte=report.received_at - BURST_WINDOW,
            received_at__lte=report.received_at + BURST_WINDOW,
            group__isnull=True,
        )
        .exclude(pk=report.pk)
        .order_by("received_at", "id")
    )
    rows = list(near.select_related("organization")[:500])
    return rows if len(rows) + 1 >= BURST_SIZE and report.group_id is None else []
