"""The statistics of a period as a board reads them: the published numbers with their words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from security_center.foundation.organizations.models import Organization
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment.models import Case

from ..models import Figures
from ..statistics import OPEN
from .pages import Line

PARTS = {
    "judged": _lazy("Cases that were assessed and judged"),
    "self_harm": _lazy("Of these, the risk is mainly to the student"),
    "told": _lazy("Of these, law enforcement was told"),
    "started": _lazy("The assessment began within 24 hours"),
    "completed": _lazy("The assessment was done within 24 hours"),
    "follow_up": _lazy("The plan was followed up within 30 days"),
    "reviews": _lazy("Later reviews held by their day"),
}
SPANS = {
    "to_screening": _lazy("From opening to screening"),
    "to_judgement": _lazy("From opening to the judgement that all signed"),
    "to_close": _lazy("From opening to closing"),
}


@dataclass(frozen=True)
class Rows:
    """A table of counts. `total` None: all of it is kept back."""

    title: Any
    lines: list[Line]
    total: int | None


@dataclass(frozen=True)
class Page:
    concerns: int | None
    tables: list[Rows]
    parts: list[Line]
    spans: list[Line]


def page(figures: Figures) -> Page:
    tables = figures.tables
    outcomes = {
        **{key: reason.label for key, reason in doctrine.close_reasons().items()},
        OPEN: _("Still open"),
    }
    found = [
        _rows(_("How they ended"), tables["outcome"], outcomes),
        _rows(_("What they came from"), tables["origin"], dict(Case.Origin.choices)),
    ]
    if "level" in tables:
        found.append(_rows(_("By kind of school"), tables["level"], dict(Organization.Level.choices)))
    for key in ("months_1", "months_2"):
        if key in tables:
            title = _("July to December, by month") if key == "months_1" else _("January to June, by month")
            found.append(_rows(title, tables[key], {month: _month(month) for month in tables[key]["rows"]}))
    return Page(
        tables["concerns"]["total"],
        found,
        [Line(label, tables[key]) for key, label in PARTS.items()],
        [Line(label, tables[key]) for key, label in SPANS.items()],
    )


def _rows(title: Any, table: dict[str, Any], labels: dict[str, Any]) -> Rows:
    lines = [
        Line(labels.get(key, key), None if count is None else {"count": count})
        for key, count in table["rows"].items()
    ]
    return Rows(title, lines, table["total"])


def _month(key: str) -> str:
    """2026-03 in the manner of the reader's language."""
    return date_format(date(int(key[:4]), int(key[5:]), 1), "YEAR_MONTH_FORMAT")
