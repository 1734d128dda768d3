"""Runs in the peers' own environment: the evacuation of one job in JuPedSim, as one line of JSON."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any


def main(job_file: str) -> None:
    import jupedsim
    import shapely

    job: dict[str, Any] = json.loads(Path(job_file).read_text(encoding="utf-8"))
    floor = shapely.union_all([shapely.Polygon(points) for points in job["floor"]], grid_size=0.001)
    simulation = jupedsim.Simulation(
        model=jupedsim.CollisionFreeSpeedModel(), geometry=floor, dt=job["step_s"]
    )
    ways = []
    for points in job["ways_out"]:
        stage = simulation.add_exit_stage(points)
        ways.append((stage, simulation.add_journey(jupedsim.JourneyDescription([stage]))))
    for (x, y), way in zip(job["people"], job["way_of"], strict=True):
        stage, journey = ways[way]
        simulation.add_agent(
            jupedsim.CollisionFreeSpeedModelAgentParameters(
                position=(x, y),
                desired_speed=job["speed_m_s"],
                radius=job["radius_m"],
                time_gap=job["time_gap_s"],
                journey_id=journey,
                stage_id=stage,
            )
        )
    person_steps, began = 0, time.perf_counter()
    while simulation.agent_count() and simulation.elapsed_time() < job["until_s"]:
        person_steps += simulation.agent_count()
        simulation.iterate()
    taken = time.perf_counter() - began
    row = {
        "version": jupedsim.__version__,
        "person_steps": person_steps,
        "seconds": taken,
        "evacuation_s": simulation.elapsed_time(),
        "left": simulation.agent_count(),
    }
    sys.stdout.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
