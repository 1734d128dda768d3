"""Who reaches the addresses of this room, and one of everything for them: see tests/house/addresses.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.house.addresses import DESK, EVERYBODY, Kwargs, Row, Things
from tests.reporting.acts import fresh
from tests.reporting.test_intake import upload

from security_center.reporting.actions import decisions, desk, groups, handoffs, subjects
from security_center.reporting.models import IncidentGroup, Report

ASK = {"reporting": ("rosa", "ivy", "nia", "omar", "ada")}
STAFF = {
    "reporting:desk": Row("get", DESK | {"omar", "ada"}, own=True),
    "reporting:groups": Row("get", DESK | {"omar", "ada"}, own=True),
    "reporting:group_new": Row("get", DESK, own=True),
    "reporting:group": Row("get", DESK | {"omar", "ada"}),
    "reporting:group_add": Row("post", DESK),
    "reporting:group_answer": Row("post", DESK),
    "reporting:group_close": Row("post", DESK),
    "reporting:group_line": Row("post", DESK),
    "reporting:group_remove": Row("post", DESK),
    "reporting:handoff": Row("get", {"nia", "ivy"}),
    "reporting:intake": Row("get", DESK | {"omar"}, own=True),
    "reporting:intake_bomb": Row("get", DESK | {"omar"}, own=True),
    "reporting:intake_told": Row("post", DESK | {"omar"}, own=True),
    "reporting:intake_form": Row("get", DESK | {"omar"}, own=True),
    "reporting:desk_next": Row("get", DESK | {"omar", "ada"}, own=True),
    "reporting:report": Row("get", DESK | {"ada"}),
    "reporting:report_acknowledge": Row("post", DESK),
    "reporting:report_approval": Row("post", DESK),
    "reporting:report_assign": Row("post", DESK),
    "reporting:report_close": Row("get", DESK),
    "reporting:report_conflict": Row("get", DESK),
    "reporting:report_decide": Row("get", DESK),
    "reporting:report_hand_over": Row("get", DESK),
    "reporting:report_take_back": Row("post", DESK),
    "reporting:report_hold": Row("get", {"ivy"}),
    "reporting:report_identity": Row("post", {"ivy", "omar"}),
    "reporting:report_identity_grant": Row("post", {"ivy", "omar"}),
    "reporting:report_link": Row("get", DESK),
    "reporting:report_message": Row("post", DESK),
    "reporting:report_note": Row("post", DESK),
    "reporting:report_now": Row("get", DESK),
    "reporting:report_stamp": Row("post", DESK),
    "reporting:report_pattern_seen": Row("post", {"nia", "ivy"}),
    "reporting:report_subject": Row("post", DESK),
    "reporting:report_subject_check": Row("post", DESK),
    "reporting:report_subject_match": Row("post", DESK),
    "reporting:report_subject_second": Row("post", DESK),
    "reporting:report_urgency": Row("get", DESK),
    "reporting:report_file_ask": Row("post", DESK | {"ada"}),
    "reporting:report_file_clean": Row("get", DESK | {"ada"}),
    "reporting:report_file_isolate": Row("get", DESK),
    "reporting:report_file_original": Row("get", DESK | {"ada"}),
    "reporting:report_file_state": Row("get", DESK | {"ada"}),
    "lessons:index": Row("get", EVERYBODY, own=True),
    "lessons:school": Row("get", EVERYBODY),
    "lessons:cards": Row("get", EVERYBODY),
    "lessons:poster": Row("get", EVERYBODY),
    "lessons:lesson": Row("get", EVERYBODY),
}
PUBLIC = {
    "reporting:short_link",
    "reporting:find",
    "reporting:schools",
    "reporting:school",
    "reporting:about",
    "reporting:receipt",
    "reporting:thread",
    "reporting:help_now",
    "reporting:form",
    "reporting:about_school",
    "reporting:plan",
    "learn:school",
    "learn:lesson",
}
# These two only have a page after what a reporter sends: see test_public_receipt.py and tests/journeys.
NEEDS_A_RECEIPT = {"reporting:thread", "reporting:help_now"}
# The two copies of a photo, and addresses that lead on to another.
NOT_COUNTED = NEEDS_A_RECEIPT | {
    "reporting:report_file_clean",
    "reporting:report_file_original",
    "reporting:desk_next",
    "reporting:short_link",
}
NOT_LOOKED_AT = NEEDS_A_RECEIPT | {"reporting:report_file_state"}  # the latter is asked by a script


@dataclass(frozen=True)
class Made:
    report: Report
    group: IncidentGroup


def made(things: Things) -> tuple[Made, dict[str, Kwargs]]:
    valley, cast, rosa = things.valley, things.cast, things.cast.rosa
    report = valley.report("He has a gun in his bag", files=[upload()])
    desk.look(actor=rosa, report=report)
    desk.acknowledge(actor=rosa, report=report)
    mention = subjects.name_subject(actor=rosa, report=fresh(report), name="Sam Doe")
    decided = {"actions": ["counseling"], "validity": "plausible", "considered": "Talked."}
    decisions.decide(actor=rosa, report=fresh(report), **decided)
    approval = decisions.close(actor=rosa, report=fresh(report), reason="Done.")
    assert approval is not None
    handoff = handoffs.hand_to_desk(
        actor=rosa,
        report=valley.taken(),
        to_desk=cast.district,
        reason="It is theirs.",
    )
    grouped = valley.report("The picture again.")
    group = groups.open_group(actor=rosa, desk=cast.school_a, title="A rumor", reports=[grouped])
    # Whose writer two custodians may look up.
    confidential = valley.report(
        actor=cast.dana,
        channel="staff",
        mode="confidential",
        reporter_name="Dana Price",
    )
    things.sent["reporting:group_remove"] = {"report": grouped.number}
    named: dict[str, Any] = {
        "reporting:": {
            "number": report.number,
            "subject": mention.subject.pk,
            "file": report.attachments.get().uuid,
            "channel": "phone",
        },
        "reporting:report_approval": {"pk": approval.uuid},
        **{f"reporting:report_identity{verb}": {"number": confidential.number} for verb in ("", "_grant")},
        "reporting:handoff": {"pk": handoff.uuid},
        **{
            f"reporting:group{verb}": {"pk": group.uuid}
            for verb in ("", "_add", "_answer", "_close", "_line", "_remove")
        },
        "lessons:": {"audience": "families"},
        "learn:": {"audience": "families"},
    }
    return Made(report, group), named
