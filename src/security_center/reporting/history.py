"""The ledger of one report as plain sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from security_center.foundation.organizations.models import Organization, Person

from .models import Urgency
from .queries.desk import things_kept_from

# What each verb of the ledger says. Duties and messages have their own place on the page, so their verbs are
# left out.
SENTENCES: dict[str, str | Promise] = {
    "report.received": gettext_lazy("The report came in."),
    "report.read": gettext_lazy("Opened and read it."),
    "report.read_in_access_session": gettext_lazy("Opened it in an access session."),
    "report.acknowledged": gettext_lazy("Pressed “I have it”."),
    "report.assigned": gettext_lazy("Gave it to %(person)s."),
    "report.urgency_changed": gettext_lazy("Urgency changed from %(from)s to %(to)s."),
    "report.noted": gettext_lazy("Wrote a note."),
    "report.linked": gettext_lazy("Linked it to report %(first)s."),
    "report.held": gettext_lazy("Put it on legal hold."),
    "report.hold_released": gettext_lazy("Released the legal hold."),
    "report.held_for_inspection": gettext_lazy(
        "Noted an open request to inspect; until it is over nothing is destroyed."
    ),
    "report.inspection_over": gettext_lazy("Noted that the request to inspect is over."),
    "report.conflict_set": gettext_lazy(
        "Said that it is about a member of staff; it is kept from them and those they direct."
    ),
    "report.decided": gettext_lazy("Wrote a decision."),
    "report.closed": gettext_lazy("Closed it."),
    "report.reopened": gettext_lazy("New words from the reporter opened it again."),
    "report.helped": gettext_lazy("Answered whether it helped."),
    "report.shredded": gettext_lazy("Its words and files were destroyed when their time was over."),
    "report.copied_to_district": gettext_lazy(
        "The district was told that several reports may be about one person."
    ),
    "report.pattern_seen": gettext_lazy(
        "The district has seen that several reports may be about one person."
    ),
    "approval.asked": gettext_lazy("Asked for a second reader."),
    "approval.agreed": gettext_lazy("Agreed as second reader."),
    "approval.refused": gettext_lazy("Did not agree as second reader."),
    "thread.desk_wrote": gettext_lazy("Wrote to the reporter."),
    "thread.reporter_wrote": gettext_lazy("Wrote something new."),
    "subject.named": gettext_lazy("Wrote down whom it is about."),
    "subject.matched": gettext_lazy("Said that it is about the same person as an earlier report."),
    "subject.told_apart": gettext_lazy("Said that it is about someone else than an earlier report."),
    "subject.identified": gettext_lazy("Noted what was compared to know who it is."),
    "subject.confirmed_by_second": gettext_lazy("Confirmed as second person who it is."),
    "file.clean_copy_asked": gettext_lazy("Asked for a clean copy of a file."),
    "file.cleaned": gettext_lazy("A clean copy of a file is ready."),
    "file.not_cleanable": gettext_lazy("A file could not be cleaned."),
    "file.clean_copy_handed_out": gettext_lazy("Looked at the clean copy of a file."),
    "file.original_handed_out": gettext_lazy("Took the original of a file, after the warning."),
    "file.isolated": gettext_lazy("Isolated a file for law enforcement."),
    "handoff.offered": gettext_lazy("Handed it to %(organization)s."),
    "handoff.taken_over": gettext_lazy("Took it over."),
    "handoff.withdrawn": gettext_lazy("Took the hand-over back."),
    "group.added": gettext_lazy("Put it into a group."),
    "group.removed": gettext_lazy("Took it out of its group."),
    "imminent.called_911": gettext_lazy("911 was called."),
    "imminent.officer_told": gettext_lazy("The school’s officer was told."),
    "imminent.lockdown": gettext_lazy("Lockdown was decided."),
    "imminent.no_lockdown": gettext_lazy("It was decided not to lock down."),
    "imminent.student_found": gettext_lazy("The student was found and identified."),
    "imminent.withdrawn": gettext_lazy("The last press was a mistake and does not count."),
    "identity.unlock_asked": gettext_lazy("Asked to open the reporter’s name, with a reason."),
    "identity.unlock_granted": gettext_lazy("Agreed to open the reporter’s name for 30 minutes."),
    "identity.unlock_refused": gettext_lazy("Did not agree to open the reporter’s name."),
    "identity.read": gettext_lazy("Read the reporter’s name."),
}
_PERSON = "person:"


@dataclass(frozen=True)
class Line:
    at: datetime
    who: str
    text: str


def lines(entries: Sequence[Any], viewer: Person) -> list[Line]:
    """The entries that say something to a reader, in the order given. The number of a report that is kept
    from the viewer is left out."""
    told = [entry for entry in entries if entry.verb in SENTENCES]
    kept = things_kept_from(
        viewer, [f"report:{entry.detail['first']}" for entry in told if entry.verb == "report.linked"]
    )
    ids = {int(entry.actor.removeprefix(_PERSON)) for entry in told if entry.actor.startswith(_PERSON)}
    ids |= {entry.detail["to"] for entry in told if entry.verb == "report.assigned"}
    people = Person.objects.in_bulk(ids)
    desks = Organization.objects.in_bulk(
        {entry.detail["to"] for entry in told if entry.verb == "handoff.offered"}
    )
    names = {pk: person.name for pk, person in people.items()}
    return [
        Line(
            entry.at,
            _who(entry.actor, names),
            _text(entry, names, {pk: o.name for pk, o in desks.items()}, kept),
        )
        for entry in told
    ]


def _who(actor: str, names: dict[int, str]) -> str:
    if actor.startswith(_PERSON):
        return names.get(int(actor.removeprefix(_PERSON)), _("Someone who left"))
    return {"reporter": _("The reporter"), "worker": _("The system"), "system": _("The system")}.get(
        actor, actor
    )


def _text(entry: Any, names: dict[int, str], desks: dict[int, str], kept: set[str]) -> str:
    detail = entry.detail
    first = str(detail.get("first", ""))
    values = {
        "first": "…" if f"report:{first}" in kept else first,
        "from": _urgency(detail.get("from")),
        "to": _urgency(detail.get("to")),
    }
    values["person"] = names.get(detail.get("to", 0), "")
    values["organization"] = desks.get(detail.get("to", 0), "")
    return str(SENTENCES[entry.verb]) % values


def _urgency(code: object) -> str:
    return str(Urgency(code).label) if code in Urgency.values else ""
