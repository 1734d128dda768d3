"""Telling somebody outside of the team, and the log of it (34 CFR 99.31, 99.32, 99.36). Nothing leaves
without a line in the log."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal
from security_center.foundation.vault.records import OpenRecord
from security_center.threat_assessment import policies as case_policies
from security_center.threat_assessment.actions.state_transitions import ReasonWanted, locked_for
from security_center.threat_assessment.case_ledger import to_ledger
from security_center.threat_assessment.gate_checks import parent_suspected
from security_center.threat_assessment.models import Case
from security_center.threat_assessment.sealing import seal, unsealed

from .. import content_loader as content
from ..models import Disclosure
from ..queries.texts import Part, parts_of

EMERGENCY, DIRECTORY = "emergency", "directory"
PARENT = "parent"  # a receiver, and the ground of an inspection


class NobodyNamed(Refusal):
    """The log says who exactly was told: the person and the agency."""

    fields = ("who",)
    sentence = _lazy("Write who exactly is told: the log has to say it.")


class ThreatWanted(Refusal):
    """An emergency rests on a threat that somebody can put into words; another ground on an interest."""

    fields = ("relied_on",)
    sentence = _lazy("Write it down: the law asks for the threat or the interest that you relied on.")


class NothingChosen(Refusal):
    """Nobody was told anything."""

    sentence = _lazy("Tick what is told. Nothing was logged.")


class ParentSuspected(Refusal):
    """A parent is suspected of abuse: the child protection agency says first what a parent may hear."""

    sentence = _lazy(
        "A parent is suspected of abuse. The child protection agency decides what a parent may hear "
        "or see: ask it first. Nothing was given."
    )


class ReadAnew(Refusal):
    """A text, or the tag that lets it go out, was changed since it was read: what is given is what the log
    says, or nothing is given."""

    sentence = _lazy(
        "A text or its tag was changed while you read. Nothing was given. Look at it again, then give it."
    )


class NotTheirs(Refusal):
    """A text that may not go to this receiver: of law enforcement's own compartment, or to a parent one that
    is not tagged as their child's."""

    sentence = _lazy(
        "Something ticked may not go to them: law enforcement’s own notes never, and to a family "
        "only what is tagged as about their child. "
        "Untick it, or tag it first."
    )

    def __init__(self, parts: list[Part]) -> None:
        super().__init__(", ".join(part.name for part in parts))
        self.parts = parts


@transaction.atomic
def tell(
    *,
    actor: Person,
    case: Case,
    receiver: str,
    ground: str,
    name: str,
    relied_on: str = "",
    parts: Sequence[Part] = (),
    groups: Sequence[str] = (),
    way: str = Disclosure.Way.PACKET,
) -> Disclosure:
    """Log that `receiver` gets `parts`, and the `groups` that hold no text (a photo). An officer on the team
    passes nothing on but in an emergency (threat-assessment.md 10.4). Raises NotAllowed, NobodyNamed,
    ThreatWanted, NothingChosen, ParentSuspected, ReadAnew, NotTheirs, ReasonWanted (an unknown receiver,
    ground or way)."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    if (
        receiver not in content.receivers()
        or ground not in content.grounds()
        or way not in Disclosure.Way.values
    ):
        raise ReasonWanted
    basis = content.grounds()[ground]
    if not name.strip():
        raise NobodyNamed
    if basis.threat and not relied_on.strip():
        raise ThreatWanted
    if not parts and not groups:
        raise NothingChosen
    if ground != EMERGENCY:
        case_policies.require_keeper(actor, fresh)
    if receiver == PARENT and parent_suspected(fresh):
        raise ParentSuspected
    require_as_read(parts, parts_of(actor, fresh, unsealed(fresh)))
    kept = [part for part in parts if not may_go(part, receiver, ground)]
    if kept:
        raise NotTheirs(kept)
    held = dict.fromkeys(
        [
            *(part.group for part in parts if part.group),
            *(group for group in groups if group in content.packet_groups()),
        ]
    )
    row = Disclosure(
        case=fresh,
        receiver=receiver,
        ground=ground,
        way=way,
        parts=[part.name for part in parts],
        groups=list(held),
        by=actor,
    )
    log(row, unsealed(fresh), name=name, relied_on=relied_on)
    to_ledger(
        fresh,
        actor,
        "case.told",
        disclosure=row.pk,
        receiver=receiver,
        ground=ground,
        way=way,
        texts=len(row.parts),
        logged=basis.logged,
    )
    return row


def note_handed_on(*, actor: Person, case: Case, name: str, groups: Sequence[str]) -> None:
    """The line for a packet to a school outside of the district, where the student enrolls (34 CFR
    99.31(a)(2)). Called inside a transaction."""
    told = list(dict.fromkeys(groups))
    row = Disclosure(
        case=case,
        receiver="receiving_school",
        ground="transfer",
        way=Disclosure.Way.PACKET,
        groups=told,
        by=actor,
    )
    log(row, unsealed(case), name=name)


def log(row: Disclosure, opened: OpenRecord, *, name: str, relied_on: str = "") -> None:
    """Store a line of the log. Called inside a transaction."""
    row.at = now()
    seal(opened, row, name=name, relied_on=relied_on)
    row.save(force_insert=True)


def require_as_read(given: Sequence[Part], now_there: Sequence[Part]) -> None:
    """Texts that were read before the case was locked are still there, word for word, with the same tags.
    Raises ReadAnew."""
    known = {part.name: part.as_read for part in now_there}
    if any(known.get(part.name) != part.as_read for part in given):
        raise ReadAnew


def may_go(part: Part, receiver: str, ground: str) -> bool:
    """Law enforcement's own notes never leave by a packet of the school; to a parent goes only what a person
    has tagged as their child's, whatever the ground; and nothing of a case is directory information."""
    if part.compartment or ground == DIRECTORY:
        return False
    return part.shared if PARENT in {receiver, ground} else True
