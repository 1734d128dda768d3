"""How the gates of this room come to be unmet: see tests/threat_assessment/test_gates.py."""

from __future__ import annotations

from tests.threat_assessment.team import Team

from security_center.student_transfers.models import Departure
from security_center.threat_assessment.models import Case


def note_departure(team: Team, case: Case) -> None:
    Departure(case=case, kind="suspended", note=b"", at=team.valley.at, by=team.tess).save()


SPOIL = {"departures_settled": note_departure}
