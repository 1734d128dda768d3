"""Who reaches the addresses of transfers, and one of everything for them: see tests/house/addresses.py."""

from __future__ import annotations

from typing import Any

from tests.house.addresses import DESK, NOBODY, Kwargs, Row, Things
from tests.threat_assessment.addresses import OVERSEERS, TEAM
from tests.threat_assessment.team import Team

from security_center.student_transfers.actions import records_request, student_departure

ASK = {"student_transfers": ("tess", "ada", "ivy", "omar", "rosa", "aud", "dana")}
STAFF = {
    "student_transfers:departure": Row("get", TEAM),
    "student_transfers:departure_contact_made": Row("post", TEAM),
    "student_transfers:departure_look_again": Row("post", TEAM),
    # Taken on by the receiving school in the other district: tests/student_transfers/test_handoff_pages.py.
    "student_transfers:handed": Row("get", TEAM | {"ivy"}),
    "student_transfers:handed_decline": Row("post", NOBODY),
    "student_transfers:handed_take": Row("post", NOBODY),
    "student_transfers:handoff": Row("get", TEAM),
    "student_transfers:handoff_back": Row("post", TEAM),
    "student_transfers:handoff_outside": Row("post", TEAM),
    "student_transfers:handoff_send": Row("post", TEAM),
    "student_transfers:student_left": Row("get", TEAM),
    "student_transfers:transfers": Row("get", DESK - {"sam"}, own=True),
    "student_transfers:transfer_new": Row("get", DESK - {"sam"}, own=True),
    "student_transfers:transfer": Row("get", OVERSEERS),
    "student_transfers:transfer_complete": Row("post", OVERSEERS),
    "student_transfers:transfer_item": Row("get", OVERSEERS),
    "student_transfers:transfer_open": Row("post", OVERSEERS),
}


def made(things: Things) -> tuple[Any, dict[str, Kwargs]]:
    tess, managed = things.cast.tess, things.of("threat_assessment").cases["managed"]
    comes = records_request.begin_transfer(
        actor=tess,
        school=things.valley.school,
        student="Kim Roe",
        prior_school="Lakeside",
    )
    left = student_departure.note_departure(actor=tess, case=managed, kind="suspended", note="Until Friday.")
    leaving = Team(things.valley).handed(things.cast.school_elsewhere)
    return None, {
        **{name: {"pk": comes.uuid, "key": "discipline"} for name in STAFF if ":transfer" in name},
        **{name: {"number": managed.number, "pk": left.uuid} for name in STAFF if ":departure" in name},
        "student_transfers:student_left": {"number": managed.number},
        **{name: {"pk": leaving.handoffs.get().uuid} for name in STAFF if ":handed" in name},
        **{name: {"number": leaving.number} for name in STAFF if ":handoff" in name},
    }
