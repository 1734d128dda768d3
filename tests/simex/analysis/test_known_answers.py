"""L10 to L12 of simex-verification.md, short; the long forms run in ./ssc simex verify."""

from pathlib import Path

import numpy as np
from tests.simex.experiment.tiny import study

from simex.analysis import Results
from simex.analysis.known_answers import TRUTH, known_effect, null_factor
from simex.experiment.stored import stored_tables


def test_a_factor_that_does_nothing_raises_as_many_false_alarms_as_it_should() -> None:
    found = null_factor(experiments=300)
    assert found.uniform_p > 0.01
    assert 0.02 <= found.false_alarms <= 0.085


def test_known_effects_lie_in_their_intervals_as_often_as_these_say() -> None:
    for shares in (
        known_effect(repeats=60, per_cell=30),
        known_effect(repeats=60, per_cell=30, resamples=400),
    ):
        assert set(shares) == set(TRUTH)
        assert all(share >= 0.85 for share in shares.values())
        assert np.mean(list(shares.values())) <= 0.99


def test_shared_random_numbers_make_an_effect_surer_and_no_other(tmp_path: Path) -> None:
    runs = {"seed": 7, "replicates": 100}
    effects = {}
    for shared in (True, False):
        made = study(runs={**runs, "common_random_numbers": shared}, robustness={"replicates": 10})
        results = Results(
            made, stored_tables(made, made.run(tmp_path / str(shared), workers=1, progress=False))
        )
        values, _ = results.paired("room_lockdown_mean_s")
        # The officer's, which is nothing
        effects[shared] = values[:, 4:].mean(axis=1) - values[:, :4].mean(axis=1)
    assert effects[True].std() < effects[False].std() / 5
    assert abs(effects[False].mean()) < 3 * effects[False].std() / 10
    assert effects[True].mean() == 0
