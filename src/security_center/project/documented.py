"""Makers of the tables that docs/ shows of the code (`./ssc manage document_tables` writes them, `./ssc
check` compares them)."""

from __future__ import annotations

import re

from .code_checks import REPOSITORY

# Failure modes of reporting.md 11, each in a few words, and the room or channel that one still waits for.
FAILURES = {
    1: "The database of tips is stolen",
    2: "Files lie in open storage",
    3: "A detailed warning is closed because an earlier one was",
    4: "Told to an adult, never written down",
    5: "Warnings stop at one desk",
    6: "Right warning, wrong student",
    7: "What a neighbor knew stayed there",
    8: "Vague tips flood the police",
    9: "Too little to act on",
    10: "A catch-all category swamps the list",
    11: "No mental-health person in the loop",
    12: "Too many alerts to hear any",
    13: "The tool was there, the concern never reached it",
    14: "False certainty about anonymity",
    15: "Hours that nobody staffs",
    16: "Messengers and mistakes are punished",
    17: "Duplicates are closed as noise",
    18: "Reports without an outcome",
    19: "Monitoring software drives unequal treatment",
}
WAITING = {
    7: "partner intake",
    12: "more channels than e-mail",
    13: "awareness figures",
    19: "the monitoring channel",
}
_TEST = re.compile(r"^(?:async )?def (test_([rf])(\d\d)_\w+)\(", re.MULTILINE)


def role_permissions() -> str:
    """Every role with what it permits, from the one table that the code asks."""
    from django.utils.translation import override

    from security_center.foundation.organizations.models import Role
    from security_center.foundation.organizations.permissions import (
        DISCIPLINE,
        READING_ROLES,
        ROLE_PERMISSIONS,
    )

    rows = ["| role | discipline | second factor | may |", "|---|---|---|---|"]
    with override("en"):
        for role in Role:
            may = ", ".join(f"`{permission}`" for permission in sorted(ROLE_PERMISSIONS[role]))
            rows.append(
                f"| {role.label} | {DISCIPLINE.get(role, '').replace('_', ' ')} | "
                f"{'required' if role in READING_ROLES else ''} | {may} |"
            )
    return "\n".join(rows)


def tests_of_failures(letter: str) -> dict[int, list[tuple[str, str]]]:
    """Failure → (file, test) of every test that is named after it: of reporting (`r`), or of cases (`f`)."""
    found: dict[int, list[tuple[str, str]]] = {number: [] for number in FAILURES} if letter == "r" else {}
    for path in sorted((REPOSITORY / "tests").rglob("test_*.py")):
        for match in _TEST.finditer(path.read_text(encoding="utf-8")):
            if match[2] == letter:
                found.setdefault(int(match[3]), []).append((str(path.relative_to(REPOSITORY)), match[1]))
    return found


def failures_and_tests() -> str:
    """Each failure of the past with the files that hold its tests."""
    rows = ["| failure | what went wrong somewhere | held by tests in |", "|---|---|---|"]
    for number, tests in sorted(tests_of_failures("r").items()):
        files = sorted({file for file, _name in tests})
        held = ", ".join(f"`{file}`" for file in files) or (
            f"waits for {WAITING[number]}" if number in WAITING else "no test yet"
        )
        rows.append(f"| R{number} | {FAILURES.get(number, '')} | {held} |")
    return "\n".join(rows)


def failures_of_cases() -> str:
    """Each documented failure of threat assessment: what happened, what the system does about it, and the
    files that hold its tests."""
    from django.utils.translation import override

    from security_center.threat_assessment.content_management import failures

    tests = tests_of_failures("f")
    rows = ["| failure | what happened | what this system does | held by tests in |", "|---|---|---|---|"]
    with override("en"):
        for key, failure in failures().items():
            files = sorted({file for file, _name in tests.get(int(key[1:]), [])})
            held = ", ".join(f"`{file}`" for file in files) or "no test yet"
            rows.append(f"| {key} | {failure.place}. {failure.happened} | {failure.requirement} | {held} |")
    return "\n".join(rows)


def gates_of_cases() -> str:
    """Each gate of a case: what has to be true, who can meet it, and which way it stands in."""
    from django.utils.translation import override

    from security_center.threat_assessment.content_loader import close_reasons
    from security_center.threat_assessment.gates import (
        ALWAYS_TO_CLOSE,
        BEFORE_CLOSING_SCREENED,
        EXITS,
        GATES,
        JUDGED_SO,
        RETURN,
        SAYS_NOTHING_WAS,
        TO_CLOSE_FROM,
    )

    ways: dict[str, list[str]] = {key: [] for key in GATES}
    for (start, end), keys in EXITS.items():
        for key in keys:
            ways[key].append(f"{start} → {end}")
    for key in RETURN:
        ways[key].append("back to class")
    for reason in close_reasons().values():
        for key in {*reason.gates, *(reason.transient_gates or ())}:
            ways[key].append(f"close: {reason.key}")
    for key in ALWAYS_TO_CLOSE:
        ways[key] = [
            *(way for way in ways[key] if not way.startswith("close: ")),
            "close: whatever the reason",
        ]
    for key in BEFORE_CLOSING_SCREENED:
        ways[key].append("screening → closed")
    for state, wanted in TO_CLOSE_FROM.items():
        for key in wanted:
            ways[key].append(f"{state} → closed")
    ways[JUDGED_SO] = [f"close: {reason}" for reason in SAYS_NOTHING_WAS]
    rows = ["| gate | what has to be true | who can meet it | stands before |", "|---|---|---|---|"]
    with override("en"):
        for key, gate in GATES.items():
            rows.append(f"| `{key}` | {gate.sentence} | {gate.who} | {', '.join(sorted(ways[key]))} |")
    return "\n".join(rows)
