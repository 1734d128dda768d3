"""A finished study of the tiny engine, which many tests read and none changes."""

from pathlib import Path

import pytest
from tests.simex.experiment.tiny import study

from simex.scenario import Layer

SMALL = {"runs": {"seed": 7, "replicates": 130}}
OF = study(**SMALL).order.runs_digest(0, Layer())  # the base layer of the first cell


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return study(**SMALL).run(tmp_path_factory.mktemp("whole") / "runs", workers=1, progress=False)
