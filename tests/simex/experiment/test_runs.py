import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.simex.experiment.conftest import OF, SMALL
from tests.simex.experiment.tiny import KILL_ONCE, design, plan, study

from simex.command import main
from simex.experiment import CannotRun, OtherStudy
from simex.experiment.chunks import decode
from simex.experiment.folder import Folder
from simex.experiment.inputs import copies_of
from simex.experiment.study import Study
from simex.parameters import Parameters
from simex.runs import Resolution
from simex.scenario import Layer

REPOSITORY = Path(__file__).parents[3]
SCRIPT = """
import sys, pathlib
from tests.simex.experiment.tiny import study
if __name__ == "__main__":
    study(runs={"seed": 7, "replicates": 130}).run(sys.argv[1], workers=int(sys.argv[2]), progress=False)
"""


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def start(folder: Path, workers: int = 1, prelude: str = "") -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": f"{REPOSITORY / 'src'}:{REPOSITORY}"}
    script = folder.with_suffix(".py")
    script.write_text(prelude + SCRIPT)
    return subprocess.Popen(
        [sys.executable, str(script), str(folder), str(workers)], env=environment, stderr=subprocess.PIPE
    )


def test_a_lockdown_with_a_hazard_is_refused_where_the_mode_is_not_released_unless_a_preview_is_asked_for(
    whole: Path, tmp_path: Path
) -> None:
    """Simex.md 7.2 (decision 0022). A drill needs no release."""
    with pytest.raises(CannotRun, match=r"not released.*--preview.*lockdown-drill"):
        study(preview=False, **SMALL).run(tmp_path / "refused", workers=1, progress=False)
    assert not (tmp_path / "refused").exists()
    assert json.loads((whole / "study.json").read_text())["design"]["preview"] is True
    drill = {
        "design": {"form": "full-factorial"},
        "factors": {"doors": ["manual", "pre-locked"]},
        "common": {"kind": "lockdown-drill"},
    }
    study(preview=False, **drill, runs={"seed": 7, "replicates": 10}).run(
        tmp_path / "drill", workers=1, progress=False
    )
    assert (tmp_path / "drill/complete.json").exists()


def test_a_study_writes_a_file_for_each_fixed_chunk(whole: Path) -> None:
    names = sorted(path.name for path in (whole / "chunks/neutral-one").iterdir())
    assert names[:2] == ["cell-0000-00000-00100.parquet", "cell-0000-00100-00130.parquet"]
    assert len(names) == 16 * 2
    assert len(list((whole / "chunks").iterdir())) == 9
    table = decode((whole / "chunks/neutral-one" / names[1]).read_bytes(), OF)
    assert table.replicates.tolist() == list(range(100, 130))
    assert table.room_lockdown_s.shape == (30, 4)
    assert table.horizon_s == 1200


def test_the_manifest_holds_all_that_decides_the_runs_and_no_time(whole: Path) -> None:
    manifest = json.loads((whole / "study.json").read_text())
    assert manifest["seed"] == 7
    assert {len(manifest[name]) for name in ("code_version", "parameters_digest", "plan_digest")} == {64}
    assert manifest["design"]["purpose"] == "a test of the experiment"


@pytest.mark.long
def test_two_processes_give_the_same_bytes_as_one_also_when_one_of_them_is_killed(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KILL_ONCE, str(tmp_path / "mark"))
    other = study(**SMALL).run(tmp_path / "killed", workers=2, progress=False)
    assert (tmp_path / "mark").exists()
    assert digests(other) == digests(whole)


def test_a_run_cut_by_kill_9_resumes_with_identical_files(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cut"
    process = start(folder, workers=2)
    until = time.monotonic() + 60
    while len(list(folder.rglob("*.parquet"))) < 5 and time.monotonic() < until:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert 5 <= len(list(folder.rglob("*.parquet"))) < len(list(whole.rglob("*.parquet")))
    (folder / "chunks/neutral-one/cell-0015-00100-00130.parquet.part").write_bytes(b"half of a file")
    study(**SMALL).run(folder, workers=1, progress=False)
    assert digests(folder) == digests(whole)


@pytest.mark.long
def test_a_script_that_its_workers_run_again_ends_with_a_sentence(tmp_path: Path) -> None:
    """Without `if __name__ == "__main__":` each worker begins the study anew and dies of it, with a plan too
    large for a pipe still to be read."""
    script = tmp_path / "mine.py"
    script.write_text(
        "import dataclasses\nfrom tests.simex.experiment.tiny import study\n"
        "own = study(runs={'seed': 7, 'replicates': 130})\nown = dataclasses.replace(own, "
        "plan=dataclasses.replace(own.plan, source='x' * 300_000))\n"
        f"own.run({str(tmp_path / 'runs')!r}, workers=2, progress=False)\n"
    )
    environment = {**os.environ, "PYTHONPATH": f"{REPOSITORY / 'src'}:{REPOSITORY}"}
    ended = subprocess.run(
        [sys.executable, str(script)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 1
    assert 'put what runs below: if __name__ == "__main__":' in ended.stderr.splitlines()[-1]


def test_a_folder_of_other_runs_is_not_written_into(whole: Path, tmp_path: Path) -> None:
    with pytest.raises(OtherStudy, match="seed, design differ"):
        study(runs={"seed": 8, "replicates": 130}).run(whole, progress=False)
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(OtherStudy, match="not empty"):
        study(**SMALL).run(tmp_path, progress=False)


def test_a_full_disk_ends_with_a_sentence_and_nothing_half_written(tmp_path: Path) -> None:
    """The largest file a process may write is made smaller than a chunk, as on a disk with no room left."""
    folder = tmp_path / "full"
    process = start(
        folder, prelude="import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (6000, 6000))\n"
    )
    said = process.communicate(timeout=60)[1].decode()
    assert "There is no room left for" in said
    assert "simex resume" in said
    assert not list(folder.rglob("*.part"))
    assert all(path.stat().st_size < 6000 for path in folder.rglob("*.parquet"))


def test_only_one_process_writes_into_a_folder(tmp_path: Path) -> None:
    from simex.experiment.folder import Folder

    with Folder(tmp_path / "one").locked(), pytest.raises(CannotRun, match="Another run is writing"):
        study(**SMALL).run(tmp_path / "one", progress=False)


def test_the_stop_rule_runs_until_every_core_measure_is_known_well_enough(tmp_path: Path) -> None:
    precise = study(
        runs={"seed": 7, "replicates": "precision"},
        precision={"relative": 0.10, "share": 0.05, "seconds": 30, "cap": 600},
    )
    folder = precise.run(tmp_path / "rule", workers=1, progress=False)
    done = json.loads((folder / "complete.json").read_text())
    assert done["replicates"] in range(50, 600, 20)
    assert not done["not_precise"]
    before = digests(folder)
    assert digests(precise.run(folder, progress=False)) == before


def test_cells_share_their_people_unless_the_design_says_otherwise(tmp_path: Path) -> None:
    def first_room(folder: Path, cell: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        content = (folder / f"chunks/neutral-one/cell-{cell:04d}-00000-00100.parquet").read_bytes()
        return decode(content, Study.stored(folder).order.runs_digest(cell, Layer())).room_lockdown_s[:, 0]

    shared = study(**SMALL).run(tmp_path / "shared", workers=1, progress=False)
    apart = study(runs={"seed": 7, "replicates": 130, "common_random_numbers": False}).run(
        tmp_path / "apart", workers=1, progress=False
    )
    both = ~np.isnan(first_room(shared, 0))
    assert np.allclose(first_room(shared, 0)[both] - first_room(shared, 4)[both], 40, atol=1e-3)
    assert np.nanstd(first_room(apart, 0) - first_room(apart, 4)) > 10


@pytest.mark.long
def test_the_same_study_on_two_dask_workers_with_one_killed_gives_the_same_bytes(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from distributed import LocalCluster

    mark = tmp_path / "mark"
    monkeypatch.setenv("PYTHONPATH", f"{REPOSITORY / 'src'}:{REPOSITORY}")
    monkeypatch.setenv(KILL_ONCE, str(mark))
    with LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, silence_logs=50
    ) as cluster:
        other = study(**SMALL).run(tmp_path / "dask", dask=cluster.scheduler_address, progress=False)
    assert mark.exists()
    assert digests(other) == digests(whole)


def test_a_start_cut_off_before_its_manifest_can_be_started_again(whole: Path, tmp_path: Path) -> None:
    for name in (".lock", "plan.json", "parameters.json"):
        shutil.copy(whole / name, tmp_path / name)
    study(**SMALL).run(tmp_path, workers=1, progress=False)
    assert digests(tmp_path) == digests(whole)


def test_a_folder_that_names_another_engine_is_not_resumed(
    whole: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["resume", str(whole)]) == 2
    assert "holds runs of another engine" in capsys.readouterr().err


def test_a_study_in_continuous_space_is_resumed_by_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drill = design(
        common={"kind": "lockdown-drill"},
        design={"form": "full-factorial"},
        factors={"doors": ["manual", "pre-locked"]},
        preview=False,
    )
    there = Study(replace(drill, resolution=Resolution.CONTINUOUS), plan(), Parameters.defaults())
    Folder(tmp_path).begin(there.manifest(), copies_of(there.plan, there.parameters))
    (tmp_path / "complete.json").write_text("{}")  # nothing is left to run
    assert main(["resume", str(tmp_path)]) == 0, capsys.readouterr().err


def test_a_level_more_leaves_the_files_of_other_cells_as_they_are(tmp_path: Path) -> None:
    few, more = (
        study(
            design={"form": "full-factorial"}, factors={"doors": levels}, runs={"seed": 7, "replicates": 30}
        ).run(tmp_path / name, progress=False)
        for name, levels in (
            ("few", ["manual", "pre-locked"]),
            ("more", ["manual", "pre-locked", "automatic"]),
        )
    )
    kept = {path.relative_to(few): path.read_bytes() for path in few.rglob("*.parquet")}
    found = {path.relative_to(more): path.read_bytes() for path in more.rglob("*.parquet")}
    assert kept.items() < found.items()


@pytest.mark.parametrize("count", ["0", "-1", "nan", "1e3", "513", "9" * 5000])
def test_a_number_of_workers_that_is_none_is_told_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], count: str
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["run", "design.toml", "--out", str(tmp_path / "runs"), f"--workers={count}"])
    assert "a whole number from 1 to 512" in capsys.readouterr().err
