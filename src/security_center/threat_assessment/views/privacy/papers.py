"""Handing out a paper of a case: once, to the session that asked, kept nowhere."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import gettext as _

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Person
from security_center.foundation.vault.records import OpenRecord

from ... import content_loader as doctrine
from ...models import Case
from ...printing import Paper, moment
from ...queries.parts import Part
from ...queries.statements import statements_of
from ...sealing import unseal

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
    """What one party outside is given: the texts chosen for it, why, and what they may be used for. Drawn before it is logged: a paper that cannot be
    drawn was given to nobody."""
    receiver, ground = doctrine.receivers()[given.receiver], doctrine.grounds()[given.ground]
    paper = Paper(_("For: %(party)s") % {"party": receiver.label})
    paper.rows = [
        (_("Student"), unseal(opened, case, "subject_name") or _("A student not known yet")),
        (_("School"), case.school.name),
        (_("Case"), case.number),
        (_("For"), given.name),
        (_("Ground"), str(ground.label)),
        (_("Given by"), f"{person.name}, {moment(now())}"),
        (_("Who leads the case"), case.lead.name),
    ]
    if given.relied_on:
        paper.add_text(_("Why you are told"), given.relied_on)
    paper.notes.append(_("Use this only for what it is given for. Do not pass it on, unless a law or an emergency asks for it."))
    paper.add_parts(parts, statements_of(case, opened), outward=given.ground == "parent")
    return paper.drawn(person, case)
