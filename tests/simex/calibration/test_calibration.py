import math
from pathlib import Path

import numpy as np
import pytest
from tests.simex.experiment.tiny import TinyEngine, parameters, plan

from simex.calibration import (
    FaultyRecords,
    as_toml,
    calibrated,
    drill_summary,
    fit,
    hold_out,
    hold_out_check,
    read_records,
)
from simex.calibration.fit import PRIOR_ROOMS, Summary, lognormal_of, shrunk, summary_of
from simex.parameters import Label, Parameters
from simex.population import Population

HEAD = "drill,day,room,step,seconds\n"


def records(tmp_path: Path, drills: int = 3, rooms: int = 10, median: float = 4.0) -> Path:
    random = np.random.default_rng(5)
    lines = [
        f"d{drill},2026-0{drill + 1}-15,r{room},reaction,"
        f"{median * math.exp(0.3 * random.standard_normal()):.2f}"
        for drill in range(drills)
        for room in range(rooms)
    ]
    lines += [
        f"d{drills - 1},2026-0{drills}-15,r{room},locked,{'' if room == 0 else 20 + 5 * room}"
        for room in range(rooms)
    ]
    path = tmp_path / "drills.csv"
    path.write_text(HEAD + "\n".join(lines) + "\n")
    return path


def test_shrinkage_is_the_weighted_mean_of_logarithms_by_hand() -> None:
    """Eight times of 4 s against an assumption of 16 s worth eight: half way on the log scale is 8 s."""
    median, sigma = shrunk(np.full(8, 4.0), 16.0, 0.5)
    assert PRIOR_ROOMS == 8
    assert median == pytest.approx(8.0)
    assert sigma == pytest.approx(math.sqrt((8 * 0.25 + 4 * math.log(4) ** 2) / 16))


def test_the_latest_drill_is_kept_aside_and_enough_records_replace_an_assumption(tmp_path: Path) -> None:
    earlier, latest = hold_out(read_records(records(tmp_path)))
    assert {one.drill for one in earlier} == {"d0", "d1"}
    assert {one.drill for one in latest} == {"d2"}
    found = fit(earlier, Parameters.defaults(), bias=1.0)
    assert [(one.parameter, one.times, one.drills, one.enough) for one in found] == [
        ("t_pa_react", 20, 2, True)
    ]
    assert found[0].prior_median == pytest.approx(5.0)
    assert 3.9 < found[0].median < 4.8
    local = calibrated(Parameters.defaults(), found)
    assert local["t_pa_react"].label is Label.LOCAL
    assert local.digest() != Parameters.defaults().digest()
    biased = fit(earlier, Parameters.defaults(), bias=1.3)[0]
    assert biased.median == pytest.approx(1.3 * found[0].median)


def test_few_records_change_nothing(tmp_path: Path) -> None:
    earlier, _ = hold_out(read_records(records(tmp_path, rooms=7)))
    found = fit(earlier, Parameters.defaults())
    assert not found[0].enough
    assert calibrated(Parameters.defaults(), found).digest() == Parameters.defaults().digest()


def test_a_written_parameter_file_is_read_back_as_the_same_set(tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(as_toml(Parameters.defaults()), encoding="utf-8")
    again = Parameters.load(path)
    assert again.digest() == Parameters.defaults().digest()
    assert [again[name].ranges for name in again] == [one.ranges for one in Parameters.defaults().values()]


def test_a_triangle_becomes_the_log_normal_with_its_middle() -> None:
    median, sigma = lognormal_of(Parameters.defaults()["t_key_find"])
    assert 10 < median < 20
    assert 0.3 < sigma < 1


def test_summaries_of_ten_rooms_by_hand() -> None:
    times = np.array([10.0, 20, 30, 40, 50, 60, 70, 80, 90, np.nan])
    assert summary_of(times) == Summary(50.0, 90.0, 0.1)
    assert math.isnan(summary_of(np.array([10.0, np.nan])).most_s)


def test_a_drill_inside_the_band_passes_and_one_far_outside_does_not(tmp_path: Path) -> None:
    engine = TinyEngine(plan(), parameters(), Population())
    inside = hold_out_check(engine, Summary(75.0, 95.0, 0.0))
    assert sum(one.inside for one in inside) >= 2
    outside = hold_out_check(engine, Summary(500.0, math.nan, 1.0))
    assert sum(one.inside for one in outside) <= 1
    drill = drill_summary(hold_out(read_records(records(tmp_path)))[1])
    assert drill is not None
    assert drill.unlocked == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("drill,day,room,step,seconds,teacher\n", "teacher is not known.*Names of people"),
        ("drill,day,step,seconds\n", "room is missing"),
        (HEAD, "holds no record"),
        (HEAD + "d,2026-01-01,r,dancing,4\n", "line 2: there is no step “dancing”"),
        (HEAD + "d,1.1.2026,r,reaction,4\n", "line 2: “1.1.2026” is no day"),
        (HEAD + "d,2026-01-01,r,reaction,-4\n", "line 2: -4 seconds cannot be"),
        (HEAD + "d,2026-01-01,r,reaction,nan\n", "cannot be"),
        (HEAD + "d,2026-01-01,,reaction,4\n", "“room” is empty"),
    ],
)
def test_faulty_records_are_refused_with_the_line(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "d.csv"
    path.write_text(content)
    with pytest.raises(FaultyRecords, match=said):
        read_records(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"drill,day,room,step,seconds\n" + b"x" * 200_000 + b",,,,\n", "no table of comma-separated values"),
        (b"drill,day,room,step,seconds\na,2026-01-01,1,sweep,1e-300\n", "a stop-watch shows"),
        (b"drill,day,room,step,seconds\na,2026-01-01,1,sweep,nan\n", "a stop-watch shows"),
        (b"drill,day,room,step,seconds,=HYPERLINK(1)\n", "column =HYPERLINK"),
        (b"drill,day,room,step,seconds\n", "holds no record"),
        (b"", "is missing"),
        (b"x" * 5_000_001, "These are no drill records"),
    ],
    ids=["long", "tiny", "nan", "formula", "no-record", "empty", "large"],
)
def test_a_table_that_holds_no_drill_records_is_refused_with_a_sentence(
    tmp_path: Path, content: bytes, words: str
) -> None:
    (tmp_path / "drills.csv").write_bytes(content)
    with pytest.raises(FaultyRecords, match=words):
        read_records(tmp_path / "drills.csv")


def test_times_of_locked_alone_replace_nothing_and_write_no_file_that_says_local(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from simex.command import main

    drills = tmp_path / "drills.csv"
    drills.write_text(
        HEAD
        + "".join(
            f"d{day},2026-01-0{day},r{room},locked,{20 + room}\n" for day in (1, 2, 3) for room in range(9)
        )
    )
    main(["calibrate", str(drills), "--out", str(tmp_path / "ours.toml")])
    assert "No assumption is replaced" in capsys.readouterr().out
    assert not (tmp_path / "ours.toml").exists()
