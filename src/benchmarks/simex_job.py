"""The job that every engine is given: the corridor school, everybody walks to the nearer exit at once."""

from __future__ import annotations

from typing import Any

SPEED_M_S = 1.2
UNTIL_S = 900.0


def job(rooms: int, *, radius_m: float, time_gap_s: float, step_s: float = 0.05) -> dict[str, Any]:
    """Plain numbers for an engine of its own environment: floor and ways out as polygons, people, and who
    goes which way."""
    from simex.plan.generator import benchmark
    from simex.space import furnished

    plan = benchmark(rooms)
    people, _, _ = furnished(plan)
    floor = [list(region.polygon) for region in plan.regions]
    ways_out = []
    middle = max(x for points in floor for x, _ in points) / 2
    for portal in plan.portals:
        (x1, y1), (x2, y2) = portal.segment
        if portal.is_exit:
            out = 1 if x1 > middle else -1
            floor.append([(x1 - 0.01 * out, y1), (x1 + out, y1), (x2 + out, y2), (x2 - 0.01 * out, y2)])
            ways_out.append(
                [
                    (x1 + 0.1 * out, y1 + 0.01),
                    (x1 + 0.9 * out, y1 + 0.01),
                    (x1 + 0.9 * out, y2 - 0.01),
                    (x1 + 0.1 * out, y2 - 0.01),
                ]
            )
        else:
            floor.append([(x1, y1 - 0.11), (x2, y1 - 0.11), (x2, y1 + 0.11), (x1, y1 + 0.11)])
    return {
        "floor": floor,
        "ways_out": ways_out,
        "people": people.tolist(),
        "way_of": [0 if x < middle else 1 for x, _ in people],
        "speed_m_s": SPEED_M_S,
        "radius_m": radius_m,
        "time_gap_s": time_gap_s,
        "step_s": step_s,
        "until_s": UNTIL_S,
    }
