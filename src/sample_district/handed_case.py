"""A case of the sample district that is on its way: the student moves to another school of the district,
which has not taken it on yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from security_center.foundation.clock import now
from security_center.student_transfers.actions import case_handoff, student_departure
from security_center.student_transfers.content_loader import handoff_parts
from security_center.threat_assessment.actions import state_transitions
from security_center.threat_assessment.models import State

from .case_team import Team

RECEIVER = "north-high"


def handed_case(team: Team) -> Iterator[timedelta]:
    """Screened and being assessed when the family moves; the packet is sent this morning, and North High has
    still to answer."""
    case = team.open(
        (
            "A student wrote in a group chat that he knows “how to make them all listen”. A parent sent "
            "a picture of it."
        ),
        "20561",
    )
    yield timedelta(minutes=50)
    team.screen(case, "Written late at night. He is at home with his aunt today.", target="no")
    state_transitions.advance(actor=team.lead, case=case, to=State.ASSESSING)
    yield timedelta(hours=3)
    team.ask(
        case, "teacher_current", "His homeroom teacher", "“He has said little since his brother moved out.”"
    )
    team.find(
        case,
        ["communications.exact_words", "communications.audience"],
        "From the picture and his homeroom teacher.",
    )
    yield timedelta(days=1)
    left = student_departure.note_departure(
        actor=team.lead,
        case=case,
        kind="transferred",
        note="The family moves across town; he starts at North High on Monday.",
    )
    student_departure.plan_contact(
        actor=team.lead,
        case=case,
        departure=left,
        contact="His counselor calls him and his aunt on Wednesday and Friday.",
        owner=team.counselor,
        backup=team.lead,
        due_on=(now() + timedelta(days=1)).date(),
    )
    student_departure.look_again(
        actor=team.counselor,
        case=case,
        departure=left,
        text="A new school may help him. He loses the one adult he talks with, so we name one there.",
    )
    yield timedelta(hours=1)
    receiver = team.story.sample.schools[RECEIVER]
    case_handoff.begin_handoff(
        actor=team.lead, case=case, to_school=receiver, reason="He is enrolled there from Monday."
    )
    case_handoff.send_handoff(
        actor=team.lead,
        case=case,
        parts=list(handoff_parts()),
        note=(
            "He trusts his counselor, Mr. Cole. Please name an adult for him before Monday; Mr. Cole "
            "comes along for a first talk."
        ),
    )
