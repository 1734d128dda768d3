"""The papers of a case, made in memory and handed out once: nothing of them is ever stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from security_center.foundation.clock import now
from security_center.foundation.documents.render import render
from security_center.foundation.organizations.models import Person
from security_center.threat_assessment.models import Case

from .queries.texts import Part, sections

TEMPLATE = Path(__file__).parent / "papers" / "case.typ"
# Name of a part → what somebody who disagrees has written; "" is the record as a whole
Statements = Mapping[str, Sequence[str]]


@dataclass
class Paper:
    """What stands on it. `tables`: label, columns and rows of text."""

    title: str
    rows: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    sections: list[dict[str, Any]] = field(default_factory=list)
    tables: list[dict[str, Any]] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)

    def add_parts(
        self,
        parts: Iterable[Part],
        statements: Statements,
        *,
        outward: bool,
        pictures: Mapping[str, bytes] | None = None,
    ) -> None:
        """The texts under the headings of the case. `outward`: in the wording for people outside, where one
        was written. `pictures`: by the name of the part that they belong to."""
        self.pictures |= pictures or {}
        for _key, label, found in sections(parts):
            self.sections.append(
                {
                    "label": label,
                    "text": "",
                    "parts": [_drawn(part, statements, outward, self.pictures) for part in found],
                }
            )
        for text in statements.get("", ()):
            self.notes.append(f"{_('Statement of disagreement, about the record as a whole:')}\n{text}")

    def add_text(self, label: str, text: str) -> None:
        self.sections.append(
            {
                "label": label,
                "text": "",
                "parts": [
                    {
                        "heading": "",
                        "about": "",
                        "lines": [_line("", text)],
                        "statements": [],
                        "picture": "",
                        "alt": "",
                    }
                ],
            }
        )

    def add_table(self, label: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        if rows:
            self.tables.append(
                {"label": label, "columns": list(columns), "rows": [list(row) for row in rows]}
            )

    def drawn(self, person: Person, case: Case) -> bytes:
        """The PDF, with who printed it and when behind each page."""
        data = {
            "rows": [list(row) for row in self.rows],
            "notes": self.notes,
            "sections": self.sections,
            "tables": self.tables,
            "statement": _("Statement of disagreement:"),
        }
        printed = _("Printed by %(name)s, %(when)s") % {"name": person.name, "when": moment(now())}
        return render(
            TEMPLATE,
            data,
            title=self.title,
            language=get_language() or "en",
            footer=f"{case.number} · {printed}",
            watermark=printed,
            pictures=self.pictures,
        )


def moment(at: Any) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")


def day(at: Any) -> str:
    return date_format(timezone.localtime(at) if hasattr(at, "hour") else at, "DATE_FORMAT")


def _drawn(
    part: Part, statements: Statements, outward: bool, pictures: Mapping[str, bytes]
) -> dict[str, Any]:
    hidden = outward and part.protected
    about = [
        "" if hidden else part.by,
        "" if hidden or part.at is None else moment(part.at),
        "" if outward else part.facts,
    ]
    lines = part.outward if outward else part.lines
    shown = [_line(line.label if len(lines) > 1 else "", line.text) for line in lines]
    return {
        "heading": part.outward_heading if outward else part.heading,
        "about": " · ".join(one for one in about if one),
        "lines": shown,
        "statements": list(statements.get(part.name, ())),
        "picture": part.name if part.name in pictures else "",
        "alt": " ".join(line.text for line in part.lines),
    }


def _line(label: str, text: str) -> dict[str, str]:
    return {"label": label, "text": text}
