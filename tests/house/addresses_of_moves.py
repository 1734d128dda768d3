"""Who reaches the pages on which a case changes its lead, waits, moves between schools, and on which things come in: method, who gets in, and whether
the address names no thing of a tenant (test_urls_by_role_and_tenant)."""

from __future__ import annotations

TEAM = {"tess", "ben", "dana"}
OVERSEERS = {"tess", "dana", "ivy"}
DESK = {"rosa", "ben", "dana", "sam", "tess", "nia", "ivy"}
NOBODY: set[str] = set()

MOVES: dict[str, tuple[str, set[str], bool]] = {
    "agency_note": ("post", TEAM, False),
    "agency_answer": ("post", TEAM, False),
    "lead": ("get", TEAM | {"ivy"}, False),
    "lead_decline": ("post", TEAM, False),
    "lead_take": ("post", TEAM, False),
    "hold": ("get", TEAM, False),
    "hold_answer": ("post", TEAM, False),
    "hold_end": ("post", TEAM, False),
    "departure": ("get", TEAM, False),
    "departure_contact_made": ("post", TEAM, False),
    "departure_look_again": ("post", TEAM, False),
    # Taken on by the receiving school in the other district: tests/threat_assessment/test_handoff.py.
    "handed": ("get", TEAM | {"ivy"}, False),
    "handed_decline": ("post", NOBODY, False),
    "handed_take": ("post", NOBODY, False),
    "handoff": ("get", TEAM, False),
    "handoff_back": ("post", TEAM, False),
    "handoff_outside": ("post", TEAM, False),
    "handoff_send": ("post", TEAM, False),
    "incoming": ("get", DESK, True),
    "incoming_new": ("get", DESK, True),
    "incoming_one": ("get", OVERSEERS, False),
    "incoming_heard": ("post", {"dana", "ivy"}, False),
    "incoming_no_case": ("post", OVERSEERS, False),
    "incoming_open": ("post", OVERSEERS, False),
    "incoming_place": ("post", OVERSEERS, False),
    "incoming_take": ("post", OVERSEERS, False),
    "case_warned": ("get", OVERSEERS, False),
    "student_left": ("get", TEAM, False),
    "transfers": ("get", DESK - {"sam"}, True),
    "transfer_new": ("get", DESK - {"sam"}, True),
    "transfer": ("get", OVERSEERS, False),
    "transfer_complete": ("post", OVERSEERS, False),
    "transfer_item": ("get", OVERSEERS, False),
    "transfer_open": ("post", OVERSEERS, False),
}
