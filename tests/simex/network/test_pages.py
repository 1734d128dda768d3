import re
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parents[2] / "docs/simex/logic-tests.md"


def test_every_sentence_of_the_logic_tests_is_held_by_a_test_that_is_there() -> None:
    named = re.findall(r"`(test_\w+)`", PAGE.read_text(encoding="utf-8"))
    code = "\n".join(path.read_text(encoding="utf-8") for path in HERE.glob("test_*.py"))
    assert len(named) >= 13
    assert [name for name in named if f"def {name}(" not in code] == []
