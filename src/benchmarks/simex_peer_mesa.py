"""Runs in the peers' own environment: as many steps of one job in Mesa's continuous space as a time allows,
as one line of JSON.

Mesa has neither walls nor a model of walking: people here go to the door's middle, then to the exit, and slow
down behind whoever is in front."""

from __future__ import annotations

import json
import math
import sys
import time
from pathlib import Path
from typing import Any

SECONDS = 30.0


def main(job_file: str) -> None:
    import mesa
    import numpy as np
    from mesa.experimental.continuous_space import ContinuousSpace, ContinuousSpaceAgent

    job: dict[str, Any] = json.loads(Path(job_file).read_text(encoding="utf-8"))
    corridor = job["floor"][0]
    left, right = min(x for x, _ in corridor), max(x for x, _ in corridor)
    reach = job["speed_m_s"] * job["time_gap_s"] + 2 * job["radius_m"]

    class Person(ContinuousSpaceAgent):
        def __init__(self, space: Any, model: Any, position: tuple[float, float], exit_x: float) -> None:
            super().__init__(space, model)
            self.position = position
            self.exit_x = exit_x
            self.door_x = 8 * math.floor(position[0] / 8) + 4

        def step(self) -> None:
            y = self.position[1]
            target = np.array([self.exit_x, 0.0] if abs(y) < 1.8 else [self.door_x, 0.0])
            way = target - self.position
            way = way / (np.hypot(*way) + 1e-9)
            others, distances = self.get_neighbors_in_radius(reach)
            free = reach
            for other, distance in zip(others, distances, strict=True):
                ahead = (other.position - self.position) @ way
                if ahead > 0 and distance * distance - ahead * ahead < job["radius_m"] ** 2:
                    free = min(free, distance - 2 * job["radius_m"])
            speed = min(job["speed_m_s"], max(0.0, free) / job["time_gap_s"])
            moved = self.position + way * speed * job["step_s"]
            if moved[0] <= left + 0.1 or moved[0] >= right - 0.1:
                self.remove()
            else:
                self.position = moved

    model = mesa.Model(rng=1)
    space = ContinuousSpace(
        [[left - 2, right + 2], [-15, 15]], torus=False, random=model.random, n_agents=len(job["people"])
    )
    for (x, y), way in zip(job["people"], job["way_of"], strict=True):
        Person(space, model, (x, y), left - 1 if way == 0 else right + 1)
    person_steps, steps, began = 0, 0, time.perf_counter()
    while len(model.agents) and time.perf_counter() - began < SECONDS:
        person_steps += len(model.agents)
        model.agents.do("step")
        steps += 1
    row = {
        "version": mesa.__version__,
        "person_steps": person_steps,
        "seconds": time.perf_counter() - began,
        "simulated_s": steps * job["step_s"],
        "left": len(model.agents),
    }
    sys.stdout.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
