import numpy as np
import pytest
from scipy import stats

from simex.distributions import NUMBERS, Shape, normal_quantile, quantile
from simex.draws import Stream, philox, uniform

ALL = 0xFFFFFFFF


@pytest.mark.parametrize(
    ("counter", "key", "answer"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((ALL, ALL, ALL, ALL), (ALL, ALL), (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_the_generator_gives_the_answers_its_authors_publish(
    counter: tuple[int, ...], key: tuple[int, ...], answer: tuple[int, ...]
) -> None:
    assert tuple(int(word) for word in philox(*map(np.uint64, counter), *map(np.uint64, key))) == answer


def test_numbers_of_one_entity_are_uniform_and_owe_nothing_to_its_neighbor() -> None:
    drawn = np.array(
        [[uniform(7, 3, Stream.LOCKS, entity, index) for index in range(40)] for entity in range(200)]
    )
    assert stats.kstest(drawn.ravel(), "uniform").pvalue > 0.01
    assert abs(np.corrcoef(drawn[:-1].ravel(), drawn[1:].ravel())[0, 1]) < 0.03


def test_each_part_of_the_address_changes_the_number() -> None:
    addresses = [
        (1, 0, 1, 0, 0),
        (2, 0, 1, 0, 0),
        (1 + 2**40, 0, 1, 0, 0),
        (1, 1, 1, 0, 0),
        (1, 0, 2, 0, 0),
        (1, 0, 1, 1, 0),
        (1, 0, 1, 0, 1),
    ]
    assert len({uniform(*address) for address in addresses}) == len(addresses)


def test_the_normal_quantile_agrees_with_a_reference_into_the_tails() -> None:
    shares = np.concatenate([10.0 ** -np.arange(1, 16), np.linspace(0.001, 0.999, 999)])
    assert np.allclose(
        [normal_quantile(share) for share in shares], stats.norm.ppf(shares), rtol=1e-9, atol=1e-9
    )


@pytest.mark.parametrize(
    ("shape", "numbers", "reference"),
    [
        (Shape.UNIFORM, (2.0, 5.0), stats.uniform(2, 3)),
        (
            Shape.NORMAL,
            (1.34, 0.26, 0.5, 2.2),
            stats.truncnorm((0.5 - 1.34) / 0.26, (2.2 - 1.34) / 0.26, 1.34, 0.26),
        ),
        (Shape.LOGNORMAL, (8.0, 0.7), stats.lognorm(0.7, scale=8)),
        (Shape.TRIANGULAR, (2.0, 10.0, 40.0), stats.triang((10 - 2) / 38, 2, 38)),
        (Shape.EXPONENTIAL, (4.0,), stats.expon(scale=4)),
        (Shape.WEIBULL, (139.285, 1.195), stats.weibull_min(1.195, scale=139.285)),
    ],
)
def test_a_distribution_gives_the_quantiles_of_its_reference(
    shape: Shape, numbers: tuple[float, ...], reference: object
) -> None:
    filled = [*numbers, *[np.nan] * (4 - len(numbers))]
    shares = np.linspace(0.001, 0.999, 201)
    assert len(numbers) == len(NUMBERS[shape])
    assert np.allclose(
        [quantile(int(shape), *filled, share) for share in shares], reference.ppf(shares), rtol=1e-8
    )  # type: ignore[attr-defined]
