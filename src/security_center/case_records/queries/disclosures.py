"""What each party outside has been given of a case, and what not (threat-assessment.md F6: written fears that
never reached anybody)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from security_center.foundation.vault.opened_rows import OpenedRow, open_rows
from security_center.foundation.vault.records import OpenRecord
from security_center.threat_assessment.models import Case

from .. import content_loader as content
from ..models import Disclosure
from .texts import Part

WITHOUT_TEXT = ("photo",)  # handed over beside a packet: nothing of it is kept here


@dataclass(frozen=True)
class GroupLine:
    """One group for one party. `given` of `there` texts; `last` is when."""

    key: str
    label: Any
    parts: list[Part]
    missing: list[Part]
    last: datetime | None
    usual: bool

    @property
    def given(self) -> set[str]:
        """Names of the texts that this party has."""
        return {part.name for part in self.parts} - {part.name for part in self.missing}

    @property
    def state(self) -> str:
        if self.key in WITHOUT_TEXT:
            return "given" if self.last is not None else "not_given"
        if not self.parts:
            return "empty"
        if not self.missing:
            return "given"
        return "partly" if len(self.missing) < len(self.parts) else "not_given"


@dataclass(frozen=True)
class PartyView:
    key: str
    receiver: Any
    groups: list[GroupLine]
    told: list[Disclosure]

    @property
    def owed(self) -> list[GroupLine]:
        """Usual for this party, there, and not given whole."""
        return [
            line
            for line in self.groups
            if line.usual and line.state in {"not_given", "partly"} and line.key not in WITHOUT_TEXT
        ]


def log_of(case: Case, opened: OpenRecord) -> list[OpenedRow]:
    rows = Disclosure.objects.filter(case=case).select_related("by").order_by("-at", "-pk")
    return open_rows(opened, rows, "name", "relied_on")


def parties(case: Case, parts: list[Part]) -> list[PartyView]:
    """Every party with what it has been given. One query, however many."""
    rows = list(Disclosure.objects.filter(case=case).order_by("at", "pk"))
    return [_party(key, [row for row in rows if row.receiver == key], parts) for key in content.receivers()]


def _party(key: str, rows: list[Disclosure], parts: list[Part]) -> PartyView:
    receiver = content.receivers()[key]
    given = {name for row in rows for name in row.parts}
    lines = []
    for group, item in content.packet_groups().items():
        here = [part for part in parts if part.group == group and not part.compartment]
        missing = [part for part in here if part.name not in given]
        last = max((row.at for row in rows if group in row.groups), default=None)
        lines.append(GroupLine(group, item.label, here, missing, last, group in receiver.groups))
    return PartyView(key, receiver, lines, rows)
