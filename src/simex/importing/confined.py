"""For a process that has shut itself in and may open no file: everything is imported first, then a plan is
read from bytes alone."""

from __future__ import annotations

import codecs
import dataclasses
import json
import os

from simex.plan.file import plan_bytes, schema

from .assembly import Wishes, assemble
from .drawn import Drawn
from .problems import Unimportable
from .summary import Summary

# Read once beforehand: what the reading loads on its way is loaded by it.
SMALL = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[x, 0], [x + 8, 0], [x + 8, 9], [x + 4, 4], [x, 9], [x, 0]]],
            },
            "properties": {"name": "Room"},
        }
        for x in (0, 8)
    ],
}


def prepare(kind: str) -> None:
    """Imports what reads this kind. Raises ImportError where a package is not installed."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # or threads' stacks take the address space
    codecs.lookup("utf-8-sig")
    schema()
    import shapely.ops  # noqa: F401

    if kind == "dxf":
        from .dxf import warm

        warm()
    elif kind == "ifc":
        from .ifc import building, flights, shapes, step  # noqa: F401
    parse(json.dumps(SMALL).encode(), "geojson")


def parse(content: bytes, kind: str) -> bytes:
    """The plan and the summary as JSON, or a sentence that says why it cannot be imported."""
    try:
        drawn, summary = _drawn(content, kind)
        plan = assemble(drawn, Wishes())
    except Unimportable as reason:
        return json.dumps({"sentence": str(reason)}).encode()
    except RecursionError:
        return json.dumps(
            {"sentence": "The plan cannot be read: its parts hold each other in a circle."}
        ).encode()
    summary.left_out = [note for note in plan.notes if "left out" in note.lower()]
    said = dataclasses.asdict(summary.tidied())
    return json.dumps({"plan": json.loads(plan_bytes(plan)), "summary": said}).encode()


def _drawn(content: bytes, kind: str) -> tuple[Drawn, Summary]:
    called = f"plan.{kind}"
    if kind == "dxf":
        from .dxf import read_dxf_content

        return read_dxf_content(content, called)
    if kind == "ifc":
        from .ifc import read_ifc

        return read_ifc(content, called)
    from .geojson import read_geojson

    return read_geojson({called: content}, called)
