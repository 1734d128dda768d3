import numpy as np
import pytest
from numba.core import event

from simex.command import prepare
from simex.network import NetworkEngine
from simex.plan import benchmark
from simex.scenario import Kind, Scenario
from simex.space import Goal, People, SpaceModel, furnished


@pytest.mark.long
def test_after_prepare_a_first_lockdown_evacuation_and_walk_on_another_plan_compile_nothing_more() -> None:
    for whole in prepare.WHOLES:
        whole()
    plan = benchmark(4)
    spots, levels, _ = furnished(plan)
    with event.install_recorder("numba:compile") as compiled:
        for kind in (Kind.LOCKDOWN, Kind.LOCKDOWN_DRILL, Kind.EVACUATION):
            NetworkEngine(plan).run(Scenario(kind=kind), seed=2, replicates=np.arange(2))
        SpaceModel(plan).run(
            People.at(spots, level=levels, start_s=1.0), [Goal()], until_s=1.0, frames_every_s=0.5
        )
    assert compiled.buffer == []
