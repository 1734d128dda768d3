import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.simex.experiment.tiny import study

from simex.experiment import CannotRun


def test_a_dask_cluster_that_does_not_answer_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simex.experiment.pools.DASK_SECONDS", 1)
    with pytest.raises(CannotRun, match="No Dask scheduler answers"):
        study(runs={"seed": 7, "replicates": 10}).run(
            tmp_path / "none", dask="tcp://127.0.0.1:9", progress=False
        )


def test_a_web_server_in_the_place_of_a_dask_scheduler_is_told_and_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simex.experiment.pools.DASK_SECONDS", 1)
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(CannotRun, match="something else does, a web server for example"):
            study(runs={"seed": 7, "replicates": 10}).run(
                tmp_path / "none", dask=f"tcp://127.0.0.1:{server.server_port}", progress=False
            )
        server.shutdown()


def test_a_scheduler_without_the_program_is_told_in_words(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    bare = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    words = [
        sys.executable,
        "-m",
        "dask",
        "scheduler",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--no-dashboard",
    ]
    with subprocess.Popen(
        words, cwd=tmp_path, env=bare, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as scheduler:
        try:
            for _ in range(300):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                time.sleep(0.2)
            with pytest.raises(CannotRun, match=r"cannot load SIMEX.*src folder on PYTHONPATH"):
                study(runs={"seed": 7, "replicates": 10}).run(
                    tmp_path / "runs", dask=f"tcp://127.0.0.1:{port}", progress=False
                )
        finally:
            scheduler.kill()


@pytest.mark.parametrize(
    "address",
    ["", "rubbish", "tcp://", "http://127.0.0.1:8786", "inproc://x", "tcp://127.0.0.1", "tls://127.0.0.1:1"],
)
def test_an_address_that_is_none_of_a_dask_scheduler_is_refused_at_once(tmp_path: Path, address: str) -> None:
    with pytest.raises(CannotRun, match="is no address of a Dask scheduler"):
        study(runs={"seed": 7, "replicates": 10}).run(tmp_path / "none", dask=address, progress=False)
