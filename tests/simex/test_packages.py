"""What a first `./ssc simex` is made to fetch."""

from __future__ import annotations

import re
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]
# Writes the buildings that bench and tests read; engines to be timed beside ours
OF_THE_BENCH = ("ifcopenshell", "jupedsim", "mesa")


def test_no_simulation_fetches_what_bench_and_tests_alone_use() -> None:
    locked = re.findall(
        r"(?m)^([a-z0-9-]+)==", (TREE / "requirements-simulation.lock").read_text(encoding="utf-8")
    )
    assert "ezdxf" in locked, "plans in DXF are read with it"
    assert not {*locked} & {*OF_THE_BENCH}
    used = [
        path
        for path in (TREE / "src" / "simex").rglob("*.py")
        if re.search(f"import ({'|'.join(OF_THE_BENCH)})", path.read_text("utf-8"))
    ]
    assert not used
