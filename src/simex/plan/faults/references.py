"""Identifiers: each once, and none that leads nowhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ..model import OUTSIDE, Plan
from .model import Fault, FaultKind


def same_identifiers(plan: Plan) -> Iterator[Fault]:
    named = (
        ("level", plan.levels),
        ("space", plan.spaces),
        ("region", plan.regions),
        ("portal", plan.portals),
        ("assembly point", plan.assembly_points),
    )
    for noun, items in named:
        for identifier, count in Counter(item.id for item in items).items():
            if count > 1:
                sentence = f"{count} {noun}s are called “{identifier}”. Give each its own identifier."
                yield Fault(FaultKind.SAME_IDENTIFIER, sentence, subjects=(identifier,))
    if any(region.id == OUTSIDE for region in plan.regions):
        yield Fault(
            FaultKind.SAME_IDENTIFIER,
            f"A region is called “{OUTSIDE}”, the word for what is not in the building. Rename it.",
            subjects=(OUTSIDE,),
        )


def unknown_references(plan: Plan) -> Iterator[Fault]:
    levels = {level.id for level in plan.levels}
    spaces = {space.id for space in plan.spaces}
    regions = {region.id for region in plan.regions}
    for region in plan.regions:
        for word, name, known in (
            ("space", region.space, spaces),
            ("level", region.level, levels),
            ("upper level", region.upper_level, levels),
        ):
            if name is not None and name not in known:
                yield _unknown(f"Region {region.id}", word, name, region.id, region.level, region.polygon[0])
    for portal in plan.portals:
        if portal.level not in levels:
            yield _unknown(f"Portal {portal.id}", "level", portal.level, portal.id, None, portal.middle)
        for end in portal.between:
            if end != OUTSIDE and end not in regions:
                yield _unknown(f"Portal {portal.id}", "region", end, portal.id, portal.level, portal.middle)
        if portal.between[0] == portal.between[1]:
            sentence = (
                f"Portal {portal.id} joins {portal.between[0]} with itself. Name the regions on both of "
                "its sides."
            )
            yield Fault(FaultKind.UNKNOWN_REFERENCE, sentence, portal.level, portal.middle, (portal.id,))
    if plan.office is not None and plan.office not in spaces:
        sentence = (
            f"The office “{plan.office}” is no space of the plan. Name the space from which "
            "announcements are made."
        )
        yield Fault(FaultKind.UNKNOWN_REFERENCE, sentence, subjects=(plan.office,))


def _unknown(
    what: str, word: str, name: str, subject: str, level: str | None, position: tuple[float, float]
) -> Fault:
    sentence = f"{what} names the {word} “{name}”, which is not in the plan. Correct the name or add it."
    return Fault(FaultKind.UNKNOWN_REFERENCE, sentence, level, position, (subject,))
