"""What goes along when a case is handed on, written out of it part by part (content/handoff_packet.yaml).
Never in it: what law enforcement made and keeps, interviews, and more of a report than its number."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from security_center.foundation.vault.columns import shown, shown_all
from security_center.foundation.vault.opened_rows import open_rows
from security_center.foundation.vault.records import OpenRecord
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment.models import Case, State
from security_center.threat_assessment.queries.police import police_decisions
from security_center.threat_assessment.queries.record_rows import (
    all_containment_steps_of,
    last_judgement_of,
    open_steps_of,
    plan_of,
    signatures_of,
)

from .. import content_loader as content
from ..models import Departure


def packet(case: Case, opened: OpenRecord, parts: Iterable[str]) -> str:
    """The text of the chosen parts, each below its heading."""
    chosen = [key for key in content.handoff_parts() if key in set(parts)]
    written = [(content.handoff_parts()[key].label, _PARTS[key](case, opened)) for key in chosen]
    return "\n\n".join(
        f"{str(label).upper()}\n{text or _('Nothing is on record.')}" for label, text in written
    )


def _day(moment: object) -> str:
    return date_format(localtime(moment), "DATE_FORMAT")  # type: ignore[arg-type]


def _lines(pairs: Iterable[tuple[object, str]]) -> str:
    return "\n".join(f"{label}: {text}" for label, text in pairs if text)


def _summary(case: Case, opened: OpenRecord) -> str:
    reports = ", ".join(case.reports.order_by("pk").values_list("report_number", flat=True))
    return _lines(
        [
            (_("The concern"), shown(opened, case, "concern")),
            (_("Opened"), f"{_day(case.opened_at)}, {case.get_origin_display()}"),
            (_("Reports, by number"), reports),
            (_("Where it stood"), str(State(case.state).label)),
        ]
    )


def _judgement(case: Case, opened: OpenRecord) -> str:
    last = last_judgement_of(case)
    if last is None:
        return ""
    text = shown_all(opened, last, ("facts_for", "facts_against", "unknowns", "would_change"))
    level = doctrine.levels().get(f"{case.scheme}.{last.level}")
    views = []
    for one in open_rows(opened, signatures_of(last), "text"):
        disciplines = ", ".join(str(doctrine.expertise()[key].label) for key in one.row.disciplines)
        views.append((disciplines, f"{one.row.get_view_display()} {one.text['text']}".strip()))
    return _lines(
        [
            (
                _("Conclusion"),
                (
                    f"{doctrine.conclusions()[last.conclusion].label}{f' ({level.label})' if level else ''}, "
                    f"{_day(last.made_at)}"
                ),
            ),
            (_("What speaks for it"), text["facts_for"]),
            (_("What speaks against it"), text["facts_against"]),
            (_("What is not known"), text["unknowns"]),
            (_("What would change it"), text["would_change"]),
            *views,
        ]
    )


def _plan(case: Case, opened: OpenRecord) -> str:
    plan = plan_of(case)
    if plan is None:
        return ""
    text = shown_all(opened, plan, ("goal", "raises_concern", "lowers_concern"))
    steps = open_rows(opened, open_steps_of(case), "what")
    return _lines(
        [
            (_("Goal"), text["goal"]),
            (_("What would raise the concern"), text["raises_concern"]),
            (_("What would lower the concern"), text["lowers_concern"]),
            *((case.rules.option_label(one.row.option), one.text["what"]) for one in steps),
        ]
    )


def _safety(case: Case, opened: OpenRecord) -> str:
    daily = open_rows(opened, open_steps_of(case).filter(daily=True), "what")
    presses = all_containment_steps_of(case)
    decisions = [one for one in police_decisions(case, opened) if one.row.outcome]
    return _lines(
        [
            *(
                (f"{_('Each school day')}, {case.rules.option_label(one.row.option)}", one.text["what"])
                for one in daily
            ),
            *((_("Danger now"), f"{_day(row.at)}, {row.get_kind_display()}") for row in presses),
            *(
                (
                    doctrine.thresholds()[one.row.threshold].label,
                    f"{one.row.get_outcome_display()}: {one.text['reason']}",
                )
                for one in decisions
            ),
        ]
    )


def _departures(case: Case, opened: OpenRecord) -> str:
    rows = open_rows(
        opened, Departure.objects.filter(case=case).order_by("at"), "note", "contact", "looked_again"
    )
    kinds = doctrine.plan_rules().departures
    return _lines(
        (f"{kinds[one.row.kind]}, {_day(one.row.at)}", " ".join(text for text in one.text.values() if text))
        for one in rows
    )


_PARTS: dict[str, Callable[[Case, OpenRecord], str]] = {
    "summary": _summary,
    "judgement": _judgement,
    "plan": _plan,
    "safety": _safety,
    "departures": _departures,
}
