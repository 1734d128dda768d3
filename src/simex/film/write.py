"""One self-contained page from a scene: no network, no other file. Positions are in centimetre pairs,
packed."""

from __future__ import annotations

import base64
import html
import json
import re
from importlib import resources
from typing import Any

import numpy as np

from simex.plan import Use
from simex.scenario import Kind

from .scenes import Scene

UNIT_M = 0.02  # of the packed positions
GONE = 65535
TITLES = {Kind.LOCKDOWN_DRILL: "Lockdown drill", Kind.EVACUATION: "Evacuation"}


def film_page(scene: Scene) -> str:
    """The page as HTML."""
    plan, frames = scene.plan, scene.outcome.kept
    corners = np.array([point for region in plan.regions for point in region.polygon])
    low = corners.min(axis=0) - 2.0
    packed = np.stack([frames.x - low[0], frames.y - low[1]], axis=-1) / UNIT_M
    gone = np.isnan(packed).any(axis=-1)
    positions = np.where(gone[..., None], GONE, np.round(np.nan_to_num(packed))).clip(0, GONE).astype("<u2")
    level_of = {level.id: index for index, level in enumerate(plan.levels)}
    region_level = np.array([level_of[region.level] for region in plan.regions], np.uint8)
    data: dict[str, Any] = {
        "title": f"{TITLES[scene.kind]}: {plan.name}",
        "kind": str(scene.kind),
        "unit": UNIT_M,
        "origin": [float(low[0]), float(low[1])],
        "times": [round(float(at), 2) for at in frames.times_s],
        "people": len(scene.adult),
        "adult": [int(one) for one in scene.adult],
        "levels": [level.name for level in plan.levels],
        "regions": [
            {
                "level": level_of[region.level],
                "upper": level_of[region.upper_level] if region.upper_level else -1,
                "use": plan.space(region.space).use.value,
                "points": [[round(x, 2), round(y, 2)] for x, y in region.polygon],
            }
            for region in plan.regions
        ],
        "names": _names(scene, level_of),
        "portals": [
            {
                "level": level_of[portal.level],
                "kind": portal.kind.value,
                "exit": portal.is_exit,
                "segment": [[round(x, 2), round(y, 2)] for x, y in portal.segment],
            }
            for portal in plan.portals
        ],
        "to_lock": len(set(scene.to_lock)),
        "locks": [[round(at, 2), index] for at, index in scene.locks],
        "shut": list(scene.shut),
        "said": [[round(at, 2), words] for at, words in scene.said],
        "left": [round(float(at), 2) if np.isfinite(at) else -1 for at in scene.outcome.left_s],
        "positions": base64.b64encode(positions.tobytes()).decode(),
        "level_of": base64.b64encode(region_level[frames.region].tobytes()).decode(),
    }
    folder = resources.files(__package__)
    page = (folder / "player.html").read_text(encoding="utf-8")
    parts = {
        "TITLE": html.escape(data["title"]),
        "STYLE": (folder / "player.css").read_text(encoding="utf-8"),
        "DATA": json.dumps(data, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c"),
        "SCRIPT": (folder / "player.js").read_text(encoding="utf-8"),
    }
    # At once: a name may itself be “@DATA@”
    return re.sub("@(TITLE|STYLE|DATA|SCRIPT)@", lambda found: parts[found[1]], page)


def _names(scene: Scene, level_of: dict[str, int]) -> list[dict[str, Any]]:
    """A label for every space that is no corridor or stairs, in the middle of its largest region."""
    found = []
    for space in scene.plan.spaces:
        regions = scene.plan.regions_of(space.id)
        if regions and space.use not in (Use.CORRIDOR, Use.STAIRS):
            boxes = [np.ptp(np.array(region.polygon), axis=0) for region in regions]
            largest = int(np.argmax([width * height for width, height in boxes]))
            x, y = np.mean(regions[largest].polygon, axis=0)
            found.append(
                {
                    "level": level_of[regions[largest].level],
                    "at": [round(float(x), 2), round(float(y), 2)],
                    "name": space.name,
                    "width": float(min(boxes[largest])),
                }
            )
    return found
