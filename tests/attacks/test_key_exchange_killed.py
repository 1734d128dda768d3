"""The exchange of the vault's key, killed after each step on a real database while reports arrive."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests import prepared

from security_center.center import key_exchange

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("sqlite", marks=pytest.mark.long),
        pytest.param("postgresql", marks=pytest.mark.postgres),
    ],
)
def killed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What exchanged.py saw, on a real database of either kind."""
    data: Path = tmp_path_factory.mktemp("exchanged")
    url = prepared.database(request, "exchanged", data)
    environment = {
        **os.environ,
        "SSC_DATA": str(data),
        "DATABASE_URL": url,
        "PYTHONPATH": f"{REPOSITORY / 'src'}{os.pathsep}{REPOSITORY}",
    }
    script = Path(__file__).with_name("exchanged.py")
    done = subprocess.run(
        [sys.executable, str(script)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_killed_after_any_step_everything_opens_and_is_found_and_the_same_command_goes_on(
    killed: Any,
) -> None:
    before = killed["before"]
    assert before["students"] == ["70001", "Ana García", "Anna Garcia"]
    assert before["likely"] == ["name", "phonetic"]
    assert before["second factors"] == 3
    steps = [step.__name__ for step in key_exchange.STEPS]
    assert list(killed["after"]) == ["kit", "begin", "take_up, not committed", *steps]
    for name, seen in killed["after"].items():
        assert {**seen, "values": 0} == {**before, "values": 0}, name
        assert seen["values"] > before["values"], name


def test_the_old_key_is_in_the_file_until_the_last_step(killed: Any) -> None:
    assert killed["under way"] == {
        name: name not in {"kit", key_exchange.STEPS[-1].__name__} for name in killed["after"]
    }


def test_every_report_that_was_sent_meanwhile_was_taken_and_opens_and_everybody_named_meanwhile_is_found(
    killed: Any,
) -> None:
    assert killed["meanwhile"]["failed"] == []
    assert killed["meanwhile"]["sent"] >= 5
    assert killed["meanwhile"]["found"] == killed["meanwhile"]["named"] >= 5
    assert killed["twice"] == {**killed["before"], "values": killed["twice"]["values"]}


def test_a_copy_of_an_old_key_file_opens_nothing_of_the_new_database(killed: Any) -> None:
    assert (
        killed["old keys"]
        == [{"values": 0, "students": [], "likely": [], "second factors": 0, "fits": False}] * 2
    )
    assert killed["ages"] == [2]
