"""Handing out a paper of a case: once, to the session that asked, kept nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import gettext as _

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Person
from security_center.foundation.vault.columns import shown
from security_center.foundation.vault.opened_rows import OpenedRow
from security_center.foundation.vault.records import OpenRecord
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment.actions import files
from security_center.threat_assessment.actions.case_opening import team_of
from security_center.threat_assessment.models import Case
from security_center.threat_assessment.queries.case_page import board
from security_center.threat_assessment.review_clock import next_review
from security_center.threat_assessment.views.themes import TILE_WORDS

from .. import content_loader as content
from ..models import Certificate, Inspection
from ..printing import Paper, day, moment
from ..queries.statements import statements_of
from ..queries.texts import Part, parts_of

MOST_PICTURES = 20
REFUSED_BY_CACHES = "no-store, private"


def pdf(content: bytes, name: str) -> HttpResponse:
    """No cache of a browser or of a proxy keeps it."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    answer["Cache-Control"] = REFUSED_BY_CACHES
    return answer


@dataclass(frozen=True)
class Given:
    """What a packet says of itself."""

    receiver: str
    ground: str
    name: str
    relied_on: str


def packet(person: Person, case: Case, opened: OpenRecord, given: Given, parts: list[Part]) -> bytes:
    """What one party outside is given: the texts chosen for it, why, and what they may be used for. Drawn
    before it is logged: a paper that cannot be drawn was given to nobody."""
    receiver, ground = content.receivers()[given.receiver], content.grounds()[given.ground]
    paper = Paper(_("For: %(party)s") % {"party": receiver.label})
    paper.rows = [
        (_("Student"), shown(opened, case, "subject_name") or _("A student not known yet")),
        (_("School"), case.school.name),
        (_("Case"), case.number),
        (_("For"), given.name),
        (_("Ground"), str(ground.label)),
        (_("Given by"), f"{person.name}, {moment(now())}"),
        (_("Who leads the case"), case.lead.name),
    ]
    if given.relied_on:
        paper.add_text(_("Why you are told"), given.relied_on)
    paper.notes.append(
        _(
            "Use this only for what it is given for. Do not pass it on, unless a law or an "
            "emergency asks for it."
        )
    )
    outward = "parent" in {given.receiver, given.ground}
    _add(paper, person, case, opened, parts, outward=outward)
    return paper.drawn(person, case)


def _add(
    paper: Paper, person: Person, case: Case, opened: OpenRecord, parts: list[Part], *, outward: bool
) -> None:
    """The texts, and with a file that goes along its picture. What is shown in another wording goes without,
    and so does what has no clean copy; what is no picture, or too large for a page, is named, so that its
    clean copy is handed over beside the paper."""
    pictures: dict[str, bytes] = {}
    for part in parts:
        if part.file is None or part.file.state != part.file.State.CLEANED or (outward and part.wording):
            continue
        if part.file.on_paper and len(pictures) < MOST_PICTURES:
            pictures[part.name] = b"".join(
                files.hand_out(actor=person, case=case, file=part.file, original=False)
            )
        else:
            paper.notes.append(
                _("Handed over beside this paper, as a file: %(number)s-%(file)d")
                % {"number": case.number, "file": part.file.pk}
            )
    paper.add_parts(parts, statements_of(case, opened), outward=outward, pictures=pictures)


# To these the log names the person too; of the others only who they are, since a name could show another
# student or who reported.
NAMED_TO_FAMILY = frozenset({"police", "clinician", "receiving_school"})


def copy_for_family(
    person: Person,
    case: Case,
    opened: OpenRecord,
    row: Inspection,
    asker: str,
    parts: list[Part],
    log: Sequence[OpenedRow],
) -> bytes:
    """What a parent is shown: the texts that somebody has tagged as about their child alone, with what others
    were told of them (threat-assessment.md 10.2, 10.7)."""
    student = shown(opened, case, "subject_name") or _("A student not known yet")
    paper = Paper(_("Copy of the record about %(student)s") % {"student": student})
    paper.rows = [
        (_("School"), case.school.name),
        (_("Case"), case.number),
        (_("Asked for by"), f"{asker}, {content.relations()[row.relation]}"),
        (_("The request came in on"), day(row.received_on)),
        (_("Copy made by"), f"{person.name}, {moment(now())}"),
    ]
    paper.notes.append(
        _(
            "This copy holds what is about this student. What is about other people is left out, as "
            "the law asks."
        )
    )
    if not parts:
        paper.notes.append(_("No text of the record is about this student alone yet."))
    _add(paper, person, case, opened, parts, outward=True)
    told = [
        [day(one.row.at), _party(one), str(content.grounds()[one.row.ground].label)]
        for one in log
        if content.grounds()[one.row.ground].logged
    ]
    paper.add_table(_("Who else was told"), [_("When"), _("Who"), _("Ground")], told)
    paper.notes.append(
        _(
            "If something here is wrong or misleading, you may ask the school to correct it, and "
            "may have a hearing."
        )
    )
    return paper.drawn(person, case)


def _party(one: OpenedRow) -> str:
    label = str(content.receivers()[one.row.receiver].label)
    return f"{label}: {one.text['name']}" if one.row.receiver in NAMED_TO_FAMILY else label


def certificate(person: Person, found: Certificate) -> bytes:
    """No content: numbers, days and the rule."""
    case, rule = found.case, doctrine.kept_for()[found.rule]
    paper = Paper(_("Certificate of destruction"))
    paper.rows = [
        (_("Case"), case.number),
        (_("School"), case.school.name),
        (_("Opened"), day(case.opened_at)),
        (_("Closed"), day(case.closed_at)),
        (_("Closed as"), str(doctrine.close_reasons()[case.close_reason].label)),
        (_("Destroyed"), moment(found.at)),
        (_("By the rule"), f"{rule.label}: {rule.rule}"),
        (_("Days kept after closing"), str(found.days)),
        (_("Before its day"), _("Yes, two people agreed") if found.early else _("No")),
        (_("Keys destroyed"), str(found.keys)),
        (_("Texts destroyed"), str(found.texts)),
        (_("Files destroyed"), str(found.files)),
        (_("Rows destroyed"), str(sum(found.rows.values()))),
    ]
    paper.notes.append(
        _(
            "Without its keys nothing of the case can be read any more, not from a backup either "
            "once older ones are gone."
        )
    )
    return paper.drawn(person, case)


def summary(person: Person, case: Case, opened: OpenRecord) -> bytes:
    """The case as whoever prints it may read it: the paper for a meeting."""
    student = shown(opened, case, "subject_name") or _("A student not known yet")
    team = ", ".join(member.person.name for member in team_of(case))
    paper = Paper(_("Case summary: %(student)s") % {"student": student})
    paper.rows = [
        (_("Case"), case.number),
        (_("School"), case.school.name),
        (_("State"), str(case.get_state_display())),
        (_("Who leads the case"), case.lead.name),
        (_("Team"), team),
        (_("Opened"), day(case.opened_at)),
    ]
    due = next_review(case)
    if due is not None:
        paper.rows.append((_("Next review"), day(due)))
    if case.keep_until is not None:
        paper.rows.append((_("Will be destroyed on"), day(case.keep_until)))
    paper.notes.append(_("Confidential. For the members of this team only. Destroy it after the meeting."))
    tiles = board(case, opened, person).tiles
    paper.add_table(
        _("The thirteen themes"),
        [_("Theme"), _("Asked")],
        [[str(tile.theme.name), str(TILE_WORDS[tile.state])] for tile in tiles],
    )
    paper.add_parts(parts_of(person, case, opened), statements_of(case, opened), outward=False)
    return paper.drawn(person, case)
