"""What has to be true of a student who left, and of a case that another school takes on, before the case
closes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from security_center.threat_assessment.gate_checks import unless
from security_center.threat_assessment.gates import Gate, register
from security_center.threat_assessment.models import Case, State

from .models import Departure, Handoff


def _handed_off(case: Case) -> list[str]:
    """Another school has taken it on by name, this time (a case that is opened again is handed over
    again)."""
    taken = Handoff.objects.filter(
        case=case, from_school=case.school_id, round=case.round, outcome=Handoff.Outcome.ACKNOWLEDGED
    )
    return unless(taken.exists(), "receiving_school")


def _departures(case: Case) -> list[str]:
    rows = Departure.objects.filter(case=case)
    missing = []
    if rows.filter(contact_at__isnull=True).exists():
        missing.append("contact")
    if rows.filter(looked_again_at__isnull=True).exists():
        missing.append("look_again")
    return missing


DEPARTURES_SETTLED = Gate(
    "departures_settled",
    _(
        "Each time the student left, it was planned how contact is kept, and the team looked at the "
        "case again."
    ),
    _("Any member"),
    _departures,
    words={"contact": _("how contact is kept"), "look_again": _("a new look at the case")},
)
HANDOFF_ACKNOWLEDGED = Gate(
    "handoff_acknowledged",
    _("The receiving school has taken the case on."),
    _("The receiving school"),
    _handed_off,
    place="student_transfers:handoff",
    way=_("Look at the handover"),
    words={"receiving_school": _("the answer of the receiving school")},
)


def register_all() -> None:
    register(DEPARTURES_SETTLED, closes=True)
    # Whatever the reason: the other school would be left with a packet of nobody's.
    register(HANDOFF_ACKNOWLEDGED, closes_from=State.HANDOFF)
