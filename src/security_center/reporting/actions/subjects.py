"""Whom a report is about. A reader writes it down, a person confirms a match, and what came before about the
same person raises priority."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy

from security_center.foundation.clock import now
from security_center.foundation.duties.actions import raise_duty
from security_center.foundation.duties.queries import open_about
from security_center.foundation.ledger.actions import record
from security_center.foundation.organizations.identity import desk_recipients
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed, has
from security_center.foundation.refusals import Refusal
from security_center.foundation.vault.actions import new_record
from security_center.foundation.vault.columns import seal
from security_center.foundation.vault.tokens import Blinder
from security_center.prevention import ladders

from ..kept_out import RESERVED
from ..models import Report, Subject, SubjectMention, SubjectToken, Urgency
from ..report_ledger import to_ledger
from .decisions import PATTERN
from .desk import locked, locked_for, set_urgency
from .follow_up import cancel_all, discharge_all

PATTERN_WINDOW = timedelta(hours=24)
TOKEN_KINDS = ("name", "handle", "identifier", "birth_date")
# What a person can compare to tell someone from a look-alike (reporting.md 6.5): two at least.
IDENTIFIERS = ("name", "grade", "school", "photo", "schedule", "student_id", "birth_date", "handle")


class TwoIdentifiersNeeded(Refusal):
    """A name alone has led to the wrong student before (reporting.md R6)."""

    fields = ("compared",)
    sentence = _lazy("Compare at least two things. A name alone has led to the wrong student before.")


class SubjectUnnamed(Refusal):
    """A subject needs a name, a handle or a description."""

    fields = ("full_name",)
    sentence = _lazy("Write a name, or what is known.")


def known_identifiers(compared: Iterable[str]) -> list[str]:
    """Those of the codes that are identifiers, each once."""
    return [code for code in dict.fromkeys(compared) if code in IDENTIFIERS]


@transaction.atomic
def name_subject(
    *,
    actor: Person,
    report: Report,
    name: str,
    identifiers: str = "",
    tokens: Mapping[str, str] | None = None,
    unknown: bool = False,
) -> SubjectMention:
    """Write down whom the report is about, sealed, with blinded tokens of name and other identifiers for
    later look-ups.

    `unknown`: only a first name, a photo or a handle is known; the mention stays *likely* and the search goes
    on."""
    report = locked_for(actor=actor, permission=Permission.REPORT_WRITE, report=report)
    if not name.strip() and not identifiers.strip():
        raise SubjectUnnamed
    opened = new_record(recipients=desk_recipients(report.desk, report.district))
    subject = Subject(
        record=opened.record,
        district=report.district,
        desk=report.desk,
        unknown=unknown,
        made_by=actor,
        made_at=now(),
    )
    seal(opened, subject, name=name, identifiers=identifiers)
    subject.save(force_insert=True)
    values = {kind: value for kind, value in {"name": name, **(tokens or {})}.items() if kind in TOKEN_KINDS}
    found = Blinder(report.district_id).all_of(values)
    SubjectToken.objects.bulk_create(
        [SubjectToken(subject=subject, kind=kind, token=token) for kind, token in found]
    )
    mention = SubjectMention.objects.create(
        report=report,
        subject=subject,
        state=SubjectMention.State.LIKELY if unknown else SubjectMention.State.CONFIRMED,
        set_by=actor,
        set_at=now(),
    )
    to_ledger(report, actor, "subject.named", subject=subject.pk)
    return mention


@transaction.atomic
def match_subject(
    *, actor: Person, report: Report, subject: Subject, same: bool, compared: Sequence[str] = ()
) -> SubjectMention:
    """A person says whether a report is about an earlier subject. To say yes, two identifiers were compared,
    never a name alone.

    Yes raises priority: earlier reports about the same person are shown as history, and two within a day go
    to the district at once, which the desk cannot suppress (reporting.md R3, R5)."""
    report = locked_for(actor=actor, permission=Permission.REPORT_WRITE, report=report)
    codes = known_identifiers(compared)
    if same and len(codes) < 2:
        raise TwoIdentifiersNeeded
    mention, _made = SubjectMention.objects.update_or_create(
        report=report,
        subject=subject,
        defaults={
            "state": SubjectMention.State.CONFIRMED if same else SubjectMention.State.REJECTED,
            "set_by": actor,
            "set_at": now(),
            "identifiers_checked": codes,
            # What a second person confirmed was the comparison before this one: it must not stand as
            # confirmed by two.
            "second_by": None,
            "second_at": None,
        },
    )
    to_ledger(
        report,
        actor,
        "subject.matched" if same else "subject.told_apart",
        subject=subject.pk,
        compared=len(codes),
    )
    if same:
        _raise_by_history(report, subject, actor)
        _tell_district(report, subject, actor)
    return mention


@transaction.atomic
def confirm_identity(*, actor: Person, mention: SubjectMention) -> SubjectMention:
    """The second person who confirms who it is before anybody approaches a student in a U1 report
    (reporting.md 6.5)."""
    report = locked_for(actor=actor, permission=Permission.REPORT_WRITE, report=mention.report)
    fresh = (
        SubjectMention.objects.select_for_update(of=("self",), no_key=True)
        .select_related("subject")
        .get(pk=mention.pk)
    )
    if (
        actor.pk == fresh.set_by_id
        or len(fresh.identifiers_checked) < 2
        or fresh.state != SubjectMention.State.CONFIRMED
    ):
        raise TwoIdentifiersNeeded
    fresh.second_by, fresh.second_at = actor, now()
    fresh.save(update_fields=["second_by", "second_at"])
    to_ledger(report, actor, "subject.confirmed_by_second")
    return fresh


@transaction.atomic
def check_identifiers(*, actor: Person, mention: SubjectMention, compared: Sequence[str]) -> SubjectMention:
    """Note which identifiers were compared for a subject that a reader named themselves."""
    report = locked_for(actor=actor, permission=Permission.REPORT_WRITE, report=mention.report)
    codes = known_identifiers(compared)
    if len(codes) < 2:
        raise TwoIdentifiersNeeded
    mention.identifiers_checked, mention.state, mention.set_by, mention.set_at = (
        codes,
        SubjectMention.State.CONFIRMED,
        actor,
        now(),
    )
    mention.second_by = mention.second_at = None
    mention.save()
    to_ledger(report, actor, "subject.identified")
    return mention


def _others(report: Report, subject: Subject) -> list[Report]:
    mentions = (
        SubjectMention.objects.filter(subject=subject)
        .exclude(state=SubjectMention.State.REJECTED)
        .exclude(report=report)
        .select_related("report")
    )
    return [mention.report for mention in mentions.select_related("report")]


def _raise_by_history(report: Report, subject: Subject, actor: Person) -> None:
    """One step up for each report that has a history; never to U1 by history alone, which would cry wolf."""
    if not _others(report, subject):
        return
    fresh = locked(report)
    higher = {"U4": Urgency.U3, "U3": Urgency.U2}.get(fresh.urgency)
    if higher is not None and fresh.closed_at is None:
        set_urgency(report=fresh, urgency=higher, because="history", actor=actor)


def _tell_district(report: Report, subject: Subject, actor: Person) -> None:
    near = [
        other
        for other in _others(report, subject)
        if abs(other.received_at - report.received_at) <= PATTERN_WINDOW
    ]
    if not near or open_about(report.thing, PATTERN).exists():
        return
    _raise_pattern(report, report.district, actor)
    record(
        actor=actor,
        verb="report.copied_to_district",
        about=report,
        organization_id=report.district_id,
        detail={"reports": len(near) + 1, "subject": subject.pk},
    )


def _raise_pattern(report: Report, district: Organization, actor: Person) -> None:
    ladder = ladders.pattern(now())
    if report.reserved_for_id is not None:
        ladder = ladders.only_for(RESERVED, ladder)
    raise_duty(
        kind=PATTERN,
        thing=report.thing,
        organization=district,
        ladder=ladder.rungs,
        actor=actor,
        urgency=min(report.urgency, Urgency.U2),
        path=report.path,
        due_at=ladder.due_at,
        repeat_minutes=ladder.repeat_minutes,
    )


def pattern_moves(*, report: Report, district: Organization, actor: Person) -> None:
    """The report goes to another district: a pattern that nobody of the first one has seen yet rings in the
    second one instead."""
    if report.district_id != district.pk and open_about(report.thing, PATTERN).exists():
        cancel_all(report=report, kind=PATTERN, actor=actor, outcome="moved")
        _raise_pattern(report, district, actor)


@transaction.atomic
def district_has_seen_pattern(*, actor: Person, report: Report) -> None:
    """Somebody of the district has seen that several reports name one person. The school's desk cannot
    discharge this."""
    if not has(actor, Permission.REPORT_WRITE, report.district):
        raise NotAllowed("pattern")
    discharge_all(report=report, kind=PATTERN, actor=actor, outcome="seen")
    record(actor=actor, verb="report.pattern_seen", about=report, organization_id=report.district_id)
