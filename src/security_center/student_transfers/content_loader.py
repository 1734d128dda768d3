"""What goes along with a student, and what is asked of the school before (content/), as typed values."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from security_center.foundation.content_folder import ContentFolder
from security_center.foundation.content_reader import Text
from security_center.prevention.content_loader import Span
from security_center.prevention.doctrine.kinds import Item, Rule, Sourced

CONTENT = ContentFolder(Path(__file__).parent / "content")


class AskedOfPriorSchool(Sourced):
    """`safety`: the checklist is not complete before it is answered. `expulsion`: an answer that there is one
    is shown on top."""

    label: Text
    help: Text
    safety: bool = False
    expulsion: bool = False


@cache
def handoff_parts() -> dict[str, Item]:
    """What may go along to another school."""
    return CONTENT.nested(Item, "handoff_packet.yaml", "parts")


@cache
def handoff_withheld() -> dict[str, Rule]:
    """What never does."""
    return CONTENT.nested(Rule, "handoff_packet.yaml", "withheld")


@cache
def handoff_groups() -> dict[str, tuple[str, ...]]:
    """Of which groups of a record (case_records) each part of a packet for another school tells."""
    return {
        str(part): tuple(groups) for part, groups in CONTENT.part("handoff_packet.yaml", "groups").items()
    }


@cache
def transfer_items() -> dict[str, AskedOfPriorSchool]:
    """What is asked of the prior school, in the order of the list."""
    return CONTENT.nested(AskedOfPriorSchool, "transfer_checklist.yaml", "items")


@cache
def transfer_answers() -> dict[str, Text]:
    return CONTENT.labels("transfer_checklist.yaml", "answers")


def transfer_answer_span() -> Span:
    """By when the prior school answers."""
    return Span.from_text(str(CONTENT.part("transfer_checklist.yaml", "answer_within")))
