import json
import re

import pytest

from simex.command import main
from simex.verification import (
    Checks,
    Engine,
    Extent,
    Finding,
    Verdict,
    as_json,
    as_markdown,
    every_check,
    judge,
)
from simex.verification.not_applicable import NOT_APPLICABLE

QUICK = Extent(quick=True)
# Whatever takes about a second; the others are for `./ssc simex verify`
SHORT = (
    "RiMEA 1",
    "NIST 2.1",
    "RiMEA 2",
    "RiMEA 3",
    "ISO 3",
    "RiMEA 6",
    "RiMEA 10",
    "NIST 4.1",
    "NIST 5.2",
    "ISO 17",
    "L5",
    "L6",
    "L8a",
    "RiMEA 13",
)


@pytest.mark.long
@pytest.mark.parametrize("code", SHORT)
def test_a_short_check_passes(code: str) -> None:
    (check,) = (one for one in every_check() if code in one.codes)
    finding = check.run(QUICK)
    assert finding.passed, finding.measured


def test_every_check_has_a_code_of_its_own_and_says_what_it_wants() -> None:
    checks = every_check()
    first = [check.codes[0] for check in checks]
    assert len(set(first)) == len(first)
    assert all(check.title and check.target and check.tolerance for check in checks)


def sample() -> Checks:
    checks = Checks(Engine.CONTINUOUS)
    checks.add("A 1", title="good", target="1", tolerance="0")(lambda extent: Finding("1 | one", True))
    checks.add("A 2", title="bad", target="1", tolerance="0")(lambda extent: Finding("2", False))
    checks.add("A 3", title="known limit", target="1", tolerance="0", expected_failure="It is not modelled.")(
        lambda extent: Finding("2", False)
    )
    checks.add("A 4", title="for the record", target="none", tolerance="none")(
        lambda extent: Finding("3", None)
    )
    checks.add("A 5", title="long", target="1", tolerance="0", long=True)(lambda extent: Finding("1", True))
    return checks


def test_an_expected_failure_keeps_its_reason_and_is_not_counted_as_passed() -> None:
    rows = {row.codes[0]: row for row in judge(sample(), QUICK)}
    assert rows["A 3"].verdict is Verdict.EXPECTED
    assert rows["A 3"].note == "It is not modelled."
    assert [rows[f"A {k}"].verdict for k in (1, 2, 4)] == [Verdict.PASSED, Verdict.FAILED, Verdict.REPORTED]
    assert "A 5" not in rows
    assert "A 5" in {row.codes[0] for row in judge(sample(), Extent())}


def test_what_does_not_apply_is_listed_with_its_reason() -> None:
    rows = [row for row in judge(sample(), QUICK) if row.verdict is Verdict.NOT_APPLICABLE]
    assert {"NIST 2.5", "NIST 2.6", "NIST 2.7"} <= {row.codes[0] for row in rows}
    assert all(row.note for row in rows)


def test_a_check_that_breaks_has_failed() -> None:
    checks = Checks(Engine.CONTINUOUS)

    @checks.add("B 1", title="broken", target="1", tolerance="0")
    def broken(extent: Extent) -> Finding:
        raise ZeroDivisionError("by nothing")

    row = judge(checks, QUICK)[0]
    assert (row.verdict, row.measured) == (Verdict.FAILED, "ZeroDivisionError: by nothing")


def test_the_table_can_be_read_by_people_and_by_programs() -> None:
    rows = judge(sample(), QUICK)
    assert json.loads(as_json(rows))[1]["verdict"] == "failed"
    text = as_markdown(rows, quick=True)
    assert "| A 1 | good | continuous | 1 \\| one | 1 | 0 | passed |" in text
    assert "**expected failure**: It is not modelled." in text


def test_an_unknown_test_is_refused_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--only", "RiMEA 99"]) == 2
    assert "there is no check called “RiMEA 99”" in capsys.readouterr().err


NAMED = {
    "RiMEA": (*map(str, range(1, 17)), "11b", "12a", "12b", "12c", "12d", "13 (3.0)"),
    "NIST": ("1.1", *(f"2.{k}" for k in range(1, 11)), "3.1", "3.2", "3.3", "4.1", "5.1", "5.2"),
    "ISO": tuple(map(str, range(1, 20))),
    "IMO": tuple(map(str, range(1, 12))),
}


def test_every_test_of_the_guidelines_and_of_our_own_list_is_run_or_named_with_the_reason_why_not() -> None:
    told = {code for check in every_check() for code in check.codes} | {
        code for codes, _, _ in NOT_APPLICABLE for code in codes
    }
    named = {f"{guideline} {number}" for guideline, numbers in NAMED.items() for number in numbers}
    assert named - told == set()
    assert {code for code in told if code.split()[0] in NAMED} - named == set()
    assert {f"Logic {number}" for number in range(1, 14)} - told == set()
    own = {re.match(r"L\d+", code)[0] for code in told if re.match(r"L\d", code)}  # type: ignore[index]
    assert {f"L{number}" for number in range(1, 16)} - own == set()
