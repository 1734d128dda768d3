"""What an evacuation is measured by (simex.md section 5: M20, M21, M23 and M25), however people walked."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from simex.compiling import inner
from simex.plan import Plan

from .numbers import P
from .outcome import kth_smallest
from .world import ABSENT, OUT


@inner
def last_of(times, share):  # type: ignore[no-untyped-def]
    """When this share of people was out; NaN when that did not come."""
    return kth_smallest(times, math.ceil(share * times.shape[0]))


@inner(makes_arrays=True)
def evacuation_outcome(w, out, assembly):  # type: ignore[no-untyped-def]
    """M20, M21, M23 and M25. assembly (links,): metres from the building to where those gather who come out
    by each exit."""
    g = w.scene[0]
    times = np.empty(g.people)
    limited = np.empty(g.people)
    by_exit = np.zeros(w.links.shape[0])
    first = np.full(w.links.shape[0], math.inf)
    last = np.zeros(w.links.shape[0])
    number = few = away = 0
    nearest = math.inf
    for who in range(g.people):
        person = w.people[who]
        if person.state == ABSENT or (person.state == OUT and person.port < 0):
            continue
        time = person.safe_at if person.state == OUT else math.inf
        times[number] = time
        number += 1
        if person.limited:
            limited[few] = time
            few += 1
        if person.state == OUT:
            link = person.port >> 1
            by_exit[link] += 1
            first[link] = min(first[link], time)
            last[link] = max(last[link], time)
            nearest = min(nearest, assembly[link])
            away += assembly[link] >= w.numbers[P.STANDOFF_MANDATORY, 0]
    if number == 0:
        return
    out.evacuation_most_s = last_of(times[:number], 0.95)
    out.evacuation_all_s = last_of(times[:number], 1.0)
    total = by_exit.sum()
    if total > 0:
        busiest = np.argmax(by_exit)
        out.exit_imbalance = by_exit[busiest] / total
        if last[busiest] > first[busiest]:
            out.exit_flow = (by_exit[busiest] - 1.0) / (
                (last[busiest] - first[busiest]) * w.links[busiest].width
            )
        if nearest < math.inf:
            out.assembly_distance_min_m = nearest
            out.beyond_standoff = away / total
    if few > 0 and out.evacuation_most_s > 0:
        out.evacuation_ratio_mobility = last_of(limited[:few], 0.95) / out.evacuation_most_s


def metres_to_assembly(plan: Plan, links: NDArray[np.void]) -> NDArray[np.float64]:
    """Metres from the building to the assembly point nearest to each link, (links,); infinite where the plan
    has none."""
    points = np.array([point.position for point in plan.assembly_points], float).reshape(-1, 2)
    if not len(points):
        return np.full(len(links), np.inf)
    away = np.array([min(_distance(point, region.polygon) for region in plan.regions) for point in points])
    doors = np.array([(link["x"], link["y"]) for link in links])
    nearest: NDArray[np.float64] = away[
        np.argmin(np.linalg.norm(doors[:, None, :] - points[None, :, :], axis=2), axis=1)
    ]
    return nearest


def _distance(point: NDArray[np.float64], polygon: tuple[tuple[float, float], ...]) -> float:
    """Metres from a point outside to a polygon."""
    corners = np.array(polygon)
    along = np.roll(corners, -1, axis=0) - corners
    share = np.clip(((point - corners) * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-12), 0, 1)
    return float(np.linalg.norm(corners + share[:, None] * along - point, axis=1).min())
