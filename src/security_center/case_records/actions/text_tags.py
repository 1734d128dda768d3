"""Saying about whom each text of a case is, and keeping texts back. The texts themselves are not touched."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal
from security_center.threat_assessment import policies as case_policies
from security_center.threat_assessment.actions.state_transitions import locked_for
from security_center.threat_assessment.case_ledger import to_ledger
from security_center.threat_assessment.models import Case
from security_center.threat_assessment.sealing import seal, unsealed

from .. import content_loader as content
from ..models import Segment
from ..queries.texts import Part


class UnknownTag(Refusal):
    """No such person to be about, no such reason to keep back, or a text that this person does not see."""

    sentence = _lazy("One of the choices is not known any more. Choose again.")


@dataclass(frozen=True)
class Tag:
    """What a page says of one part. `wording` is shown outside in place of the text: the same without what
    names others."""

    part: Part
    about: str
    withheld: str = ""
    wording: str = ""


@transaction.atomic
def tag(*, actor: Person, case: Case, tags: Iterable[Tag]) -> int:
    """Tag texts that the person has read. "" for `about` takes a tag away. Returns how many changed. Raises
    NotAllowed, UnknownTag."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    case_policies.require_keeper(actor, fresh)
    given = list(tags)
    for one in given:
        if one.about not in {"", *content.segment_subjects()} or one.withheld not in {
            "",
            *content.withheld_reasons(),
        }:
            raise UnknownTag(one.about or one.withheld)
    held = {
        row.part: row
        for row in Segment.objects.select_for_update(no_key=True).filter(
            case=fresh, part__in=[one.part.name for one in given]
        )
    }
    opened, changed = unsealed(fresh), 0
    for one in given:
        row = held.get(one.part.name)
        wording = one.wording.strip()
        if not one.about:
            if row is not None:
                row.delete()
                changed += 1
            continue
        same = row is not None and (row.of, row.about, row.withheld) == (one.part.of, one.about, one.withheld)
        if same and one.part.wording == wording:
            continue
        row = row or Segment(case=fresh, part=one.part.name)
        row.of, row.about, row.withheld, row.tagged_at, row.tagged_by = (
            one.part.of,
            one.about,
            one.withheld,
            now(),
            actor,
        )
        seal(opened, row, wording=wording)
        row.save()
        changed += 1
    if changed:
        to_ledger(fresh, actor, "case.tagged", texts=changed)
    return changed
