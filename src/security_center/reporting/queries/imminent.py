"""Which of the four steps are done, by whom and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from security_center.foundation.ledger.queries import entries_about
from security_center.foundation.organizations.models import Person

from ..models import Report

VERB = "imminent."


@dataclass(frozen=True)
class Stamp:
    step: str
    at: datetime
    who: str
    compared: tuple[str, ...] = ()


def stamps(report: Report) -> dict[str, Stamp]:
    """Per step the first press that still counts; of the two answers about a lockdown only the last one."""
    entries = list(entries_about(report.thing).filter(verb__startswith=VERB))
    people = Person.objects.in_bulk(
        [int(entry.actor.removeprefix("person:")) for entry in entries if entry.actor.startswith("person:")]
    )
    found: dict[str, Stamp] = {}
    for entry in entries:
        step = entry.verb.removeprefix(VERB)
        if step == "withdrawn":
            found.pop(str(entry.detail.get("step")), None)
            continue
        other = {"lockdown": "no_lockdown", "no_lockdown": "lockdown"}.get(step)
        if other is not None:
            found.pop(other, None)
        person = (
            people.get(int(entry.actor.removeprefix("person:")))
            if entry.actor.startswith("person:")
            else None
        )
        compared = str(entry.detail.get("compared") or "")
        found.setdefault(
            step,
            Stamp(
                step, entry.at, person.name if person else "", tuple(compared.split("+")) if compared else ()
            ),
        )
    return found
