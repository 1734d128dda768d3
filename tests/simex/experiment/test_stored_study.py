"""A study that is read again from its folder: what was changed, damaged or exchanged in it is not told of."""

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.simex.experiment.conftest import OF, SMALL
from tests.simex.experiment.tiny import parameters, plan, study

from simex.experiment import CannotRun
from simex.experiment.chunks import decode
from simex.experiment.folder import Folder
from simex.experiment.stored import stored_tables
from simex.experiment.study import COMPLETE, Study


def test_a_stored_study_is_the_same_study(whole: Path) -> None:
    again = Study.stored(whole)
    assert again.manifest() == study(**SMALL).manifest()
    assert again.plan == plan()
    assert again.parameters.digest() == parameters().digest()


def exchanged(whole: Path, tmp_path: Path, change: Callable[[Path], object]) -> str:
    """What is said about a finished study in which the first file of its chunks was changed."""
    folder = tmp_path / "changed"
    shutil.copytree(whole, folder)
    change(min((folder / "chunks").rglob("*.parquet")))
    with pytest.raises(CannotRun) as caught:
        stored_tables(Study.stored(folder), folder)
    return str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:500]),
        lambda path: path.write_bytes(max(path.parent.iterdir()).read_bytes()),
        lambda path: path.with_name("cell-0000-99999-99999.parquet").write_bytes(b""),
    ],
    ids=["taken away", "empty", "cut off", "exchanged", "added"],
)
def test_a_finished_study_whose_files_were_changed_is_not_told_of(
    whole: Path, tmp_path: Path, change: Callable[[Path], object]
) -> None:
    assert "were changed, added or taken away after the study was finished" in exchanged(
        whole, tmp_path, change
    )


def test_no_turned_bit_changes_a_number_unseen(whole: Path) -> None:
    content = min((whole / "chunks/neutral-one").iterdir()).read_bytes()
    told = decode(content, OF).columns
    seen = 0
    for at in range(4, len(content), 37):
        try:
            columns = decode(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :], OF).columns
        except ValueError:
            seen += 1
        else:
            assert columns.keys() == told.keys()
            assert all(np.array_equal(columns[name], told[name], equal_nan=True) for name in told)
    assert seen > 10


def test_a_chunk_without_a_column_or_with_another_kind_of_number_is_damaged(whole: Path) -> None:
    content = min((whole / "chunks/neutral-one").iterdir()).read_bytes()
    table = pq.read_table(io.BytesIO(content))
    damaged = []
    for changed in (
        table.drop(["replicate"]),
        table.replace_schema_metadata(None),
        pa.concat_tables([table] * 20),
        table.set_column(1, table.column_names[1], pa.array(["x"] * len(table))),
        table.set_column(1, table.column_names[1], pa.array([None] * len(table), pa.float64())),
    ):
        sink = io.BytesIO()
        pq.write_table(changed, sink)
        damaged.append(sink.getvalue())
    for one in damaged:
        with pytest.raises(ValueError, match=r"it is no file of runs|it holds|its column"):
            decode(one, OF)


def test_a_design_written_into_a_folder_by_hand_says_no_more_than_a_file_may(
    whole: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "changed"
    shutil.copytree(whole, folder)
    manifest = json.loads((folder / "study.json").read_text())
    manifest["design"]["common"] = {"card": "targeted", "hazard_rate": 2}
    (folder / "study.json").write_text(json.dumps(manifest))
    with pytest.raises(CannotRun, match="There is no lever “hazard_rate”"):
        Study.stored(folder)


def changed(whole: Path, folder: Path, name: str, change: Callable[[dict[str, Any]], object]) -> Path:
    """A copy of a finished study with something else in one of its files."""
    shutil.copytree(whole, folder)
    facts = json.loads((folder / name).read_text())
    change(facts)
    (folder / name).write_text(json.dumps(facts))
    return folder


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        (
            "parameters.json",
            lambda facts: facts["parameters"][0]["numbers"].update(median=9.0),
            "of another study than study.json",
        ),
        (
            "parameters.json",
            lambda facts: facts["parameters"][0]["numbers"].update(median=float("nan")),
            "its numbers must be finite",
        ),
        (
            "parameters.json",
            lambda facts: facts["parameters"][0]["numbers"].update(reach=1.0),
            "“reach” is not known here",
        ),
        ("plan.json", lambda facts: facts.update(name="Another"), "of another study than study.json"),
        (
            "study.json",
            lambda facts: facts.update(
                engine="simex.network:NetworkEngine", design=facts["design"] | {"resolution": "continuous"}
            ),
            "resolution",
        ),
    ],
)
def test_a_study_with_inputs_of_another_is_damaged(
    whole: Path, tmp_path: Path, name: str, change: Callable[[dict[str, Any]], object], words: str
) -> None:
    with pytest.raises(CannotRun, match=words):
        Study.stored(changed(whole, tmp_path / "folder", name, change))


def test_runs_of_one_study_are_not_read_as_those_of_another(whole: Path, tmp_path: Path) -> None:
    folder = changed(whole, tmp_path / "folder", "study.json", lambda facts: facts["design"].update(seed=8))
    with pytest.raises(CannotRun, match="holds runs of another study"):
        stored_tables(Study.stored(folder), folder)


def test_runs_of_one_layer_are_not_read_as_those_of_another(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    shutil.copytree(whole, folder)
    one, other = [path for path in sorted((folder / "chunks").iterdir()) if path.name != "neutral-one"][:2]
    name = min(other.iterdir()).name
    shutil.copy(one / name, other / name)
    complete = json.loads((folder / COMPLETE).read_text())
    (folder / COMPLETE).write_text(json.dumps(complete | {"digests": Folder(folder).digests()}))
    with pytest.raises(CannotRun, match="holds runs of another study"):
        stored_tables(Study.stored(folder), folder)


def test_files_of_an_earlier_version_are_told_apart_from_damaged_ones_with_one_way_on(
    whole: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    shutil.copytree(whole, folder)
    for path in folder.rglob("*.parquet"):
        table = pq.read_table(path)
        pq.write_table(
            table.replace_schema_metadata({"horizon_s": table.schema.metadata[b"horizon_s"]}), path
        )
    complete = json.loads((folder / COMPLETE).read_text())
    (folder / COMPLETE).write_text(json.dumps(complete | {"digests": Folder(folder).digests()}))
    with pytest.raises(CannotRun, match=r"earlier versions\. Run the design again into a new folder\.$"):
        stored_tables(Study.stored(folder), folder)
