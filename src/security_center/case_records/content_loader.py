"""What is done under the rules of privacy (content/), as typed values."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from security_center.foundation.content_folder import ContentFolder, must_know
from security_center.foundation.content_reader import ContentFault, Entry, Text
from security_center.prevention.doctrine.assessment import sources
from security_center.prevention.doctrine.kinds import Item, Sourced

CONTENT = ContentFolder(Path(__file__).parent / "content")
FILE = "privacy_acts.yaml"


class Subject(Entry):
    """Who a text may be about. `shared`: a parent of the student of concern may see it, once a person has
    tagged it so."""

    label: Text
    shared: bool = False


class Receiver(Sourced):
    """Somebody outside of the team, with the ground on which and the groups of texts in which they are
    usually told."""

    key: str
    label: Text
    ground: str
    groups: tuple[str, ...]


class Ground(Sourced):
    """Why somebody may be told. `logged`: the law asks for a line in the log of disclosures. `threat`: what
    is relied on is written down."""

    key: str
    label: Text
    rule: Text
    logged: bool = False
    threat: bool = False


class Custody(Entry):
    """`may` is false where a court has said that this person is not shown the record."""

    label: Text
    may: bool


class Limit(Sourced):
    key: str
    days: int


@cache
def segment_subjects() -> dict[str, Subject]:
    return CONTENT.nested(Subject, FILE, "subjects")


@cache
def suggested_subjects() -> dict[str, str]:
    """Kind of source → subject that a page suggests for its texts."""
    found = {str(kind): str(subject) for kind, subject in CONTENT.part(FILE, "suggested").items()}
    must_know(found, sources(), f"{FILE}: suggested", "sources.yaml")
    must_know(found.values(), segment_subjects(), f"{FILE}: suggested", "subjects")
    return found


@cache
def withheld_reasons() -> dict[str, Text]:
    return CONTENT.labels(FILE, "withheld")


@cache
def packet_groups() -> dict[str, Item]:
    return CONTENT.nested(Item, FILE, "groups")


@cache
def receivers() -> dict[str, Receiver]:
    found = CONTENT.keyed(Receiver, FILE, "receivers")
    for one in found.values():
        must_know((one.ground,), grounds(), f"{FILE}: receivers: {one.key}: ground", "grounds")
        must_know(one.groups, packet_groups(), f"{FILE}: receivers: {one.key}: groups", "groups")
    return found


@cache
def grounds() -> dict[str, Ground]:
    return CONTENT.keyed(Ground, FILE, "grounds")


@cache
def relations() -> dict[str, Text]:
    return CONTENT.labels(FILE, "relations")


@cache
def identity_checks() -> dict[str, Text]:
    return CONTENT.labels(FILE, "identity")


@cache
def custody_answers() -> dict[str, Custody]:
    return CONTENT.nested(Custody, FILE, "custody")


@cache
def privacy_clocks() -> dict[str, Limit]:
    found = CONTENT.keyed(Limit, FILE, "clocks")
    if any(one.days < 1 for one in found.values()):
        raise ContentFault(f"{FILE}: clocks: each has at least one day")
    return found
