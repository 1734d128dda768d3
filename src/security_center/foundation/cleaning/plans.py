"""The door for plans of buildings: IFC, DXF, GeoJSON, or a picture of one. What a stranger drew is read in
the confined child and nowhere else.

A room says by which module a kind is read: `register("geojson", "simex.importing.confined")`. The name alone:
the module is imported by the child, before the walls are up and the first byte is read. It has two functions:

    prepare(kind)          imports all that it needs; ImportError: it is not installed
    parse(content, kind)   the bytes of the file → JSON as bytes; {"sentence": …} says why it cannot be read

A picture is cleaned as any other, and needs no parser.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any

from .kinds import PLAN_KINDS, identify_plan
from .limits import MEBIBYTE, Limits
from .results import Code, Outcome
from .stream import Cleaning

# Before a parser sees it: no building needs more.
LIMITS = Limits(
    input_bytes=64 * MEBIBYTE,
    output_bytes=64 * MEBIBYTE,
    memory_bytes=2048 * MEBIBYTE,
    cpu_seconds=60,
    waiting_seconds=120.0,
)
LONGEST_SENTENCE = 300
_parsers: dict[str, str] = {}


class NotAPlan(LookupError):
    """No such kind."""


@dataclass(frozen=True)
class ReadPlan:
    """sentence: "" where it could be read, else why not. found: what the parser says of a drawing. picture: a
    clean copy of one, as media_type."""

    sentence: str
    found: dict[str, Any] | None = None
    picture: bytes = b""
    media_type: str = ""


def register(kind: str, module: str) -> None:
    """kind: "ifc", "dxf" or "geojson". Called in a room's `AppConfig.ready()`. Raises NotAPlan."""
    if kind not in PLAN_KINDS:
        raise NotAPlan(kind)
    _parsers[kind] = module


def read_plan(chunks: Iterable[bytes], limits: Limits = LIMITS) -> ReadPlan:
    """Read a file that arrives in pieces. What it is, is told by its content."""
    pieces = iter(chunks)
    first = next((piece for piece in pieces if piece), b"")
    kind = identify_plan(first)
    if kind is None:
        return _refused(Code.UNKNOWN_TYPE)
    parser = _parsers.get(kind.code, "")
    if kind.code in PLAN_KINDS and not parser:
        return _refused(Code.NOT_INSTALLED)
    cleaning = Cleaning(chain([first], pieces), kind, limits, parser)
    content = b"".join(cleaning)
    result = cleaning.result
    if result.outcome is not Outcome.CLEANED:
        return _refused(result.reason or Code.DAMAGED)
    if not parser:
        return ReadPlan("", picture=content, media_type=result.media_type)
    try:
        found = json.loads(content)
        sentence = str(found.get("sentence", ""))
    except (ValueError, AttributeError, RecursionError):
        return _refused(Code.DECODER_STOPPED)
    if sentence:
        words = "".join(letter if letter.isprintable() else " " for letter in sentence)
        return ReadPlan(words[:LONGEST_SENTENCE])
    return ReadPlan("", found)


def _refused(code: Code) -> ReadPlan:
    from .reasons import sentence  # which knows Django

    return ReadPlan(str(sentence(code)))
