"""What docs/ and the README say is there, is there: settings, files, commands, tables, links."""

from __future__ import annotations

import ast
import re
import textwrap
from functools import cache
from pathlib import Path
from pkgutil import resolve_name

import pytest
from tests.house.tree import PACKAGE, REPOSITORY, none, text_of, tracked_files

import benchmarks
from security_center.foundation.organizations.models import Role
from security_center.foundation.organizations.permissions import ROLE_PERMISSIONS, Permission
from security_center.project import cli, code_checks, documented
from security_center.threat_assessment.content_management import failures

SETTINGS = REPOSITORY / "src" / "security_center" / "project" / "settings.py"
CHANNELS = REPOSITORY / "src" / "security_center" / "foundation" / "notifications" / "channels"
PAGES = (
    "README.md",
    "docs/architecture.md",
    "docs/operations.md",
    "docs/performance.md",
    "docs/settings.md",
    "docs/threat-model.md",
)
# Read by the launcher, before there is a settings file.
OF_THE_LAUNCHER = {"SSC_EXTRAS"}
OF_THE_TESTS = {"SSC_WRITE_QUERY_COUNTS"}
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
LARGEST_PICTURE = 200_000


@cache
def pages() -> dict[str, str]:
    found = {
        path.relative_to(REPOSITORY).as_posix(): text_of(path) or ""
        for path in tracked_files()
        if path.suffix == ".md"
    }
    assert set(PAGES) <= set(found)
    return found


def settings_read() -> set[str]:
    """Names of the environment that settings.py and those of the alert channels ask for by its typed
    helpers."""
    files = [SETTINGS, *CHANNELS.glob("*/settings.py")]
    return {name for file in files for name in asked_for(file.read_text(encoding="utf-8"))}


def asked_for(code: str) -> set[str]:
    asking = {"text", "truth", "whole"}
    return {
        node.args[0].value
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Call)
        and (node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")) in asking
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


def settings_of_examples() -> set[str]:
    """What the example of a recipe reads by its own code."""
    codes = re.findall(
        r"^ *```python\n(.*?)```", pages()["docs/recipes/add-an-alert-channel.md"], re.MULTILINE | re.DOTALL
    )
    return {name for code in codes for name in asked_for(textwrap.dedent(code))}


def test_every_setting_is_explained_and_every_explained_setting_exists() -> None:
    explained = set(re.findall(r"^\| `([A-Z_]+)`", pages()["docs/settings.md"], re.MULTILINE))
    assert explained == settings_read() | OF_THE_LAUNCHER


def test_no_page_names_a_setting_that_does_not_exist() -> None:
    known = settings_read() | settings_of_examples() | OF_THE_LAUNCHER | OF_THE_TESTS
    none(
        [
            f"{page}: {name}"
            for page, text in pages().items()
            for name in sorted(set(re.findall(r"\b(?:SSC_[A-Z_]+[A-Z]|DATABASE_URL)\b", text)))
            if name not in known and name.removesuffix("_FILE") not in known
        ]
    )


def test_the_tables_that_are_made_from_the_code_are_up_to_date() -> None:
    """After a change of roles or of tests: ./ssc manage document_tables."""
    found = code_checks.tables()
    assert {maker.rpartition(":")[2] for _path, maker, _fresh in found} >= {
        "role_permissions",
        "failures_and_tests",
        "failures_of_cases",
    }
    none(
        [
            f"{path.relative_to(REPOSITORY)}: {maker} is out of date"
            for path, maker, fresh in found
            if not fresh
        ]
    )


def test_the_table_of_roles_says_of_each_role_what_it_may() -> None:
    rows = {
        line.split(" | ")[0].removeprefix("| "): line
        for line in pages()["docs/architecture.md"].splitlines()
        if "`organization:view`" in line
    }
    for role in Role:
        said = set(re.findall(r"`([a-z_]+:[a-z_]+)`", rows[str(role.label)]))
        assert said == {str(permission) for permission in ROLE_PERMISSIONS[role]}, role
    assert {permission for role in Role for permission in ROLE_PERMISSIONS[role]} == set(Permission)


def test_a_test_named_after_a_failure_names_one_of_the_doctrines() -> None:
    none(
        [
            f"R{number}: {tests}"
            for number, tests in documented.tests_of_failures("r").items()
            if number not in documented.FAILURES
        ]
    )
    assert {f"F{number}" for number in documented.tests_of_failures("f")} == set(failures()), (
        "each has a test, and no test names another"
    )


def test_every_link_leads_to_a_file_and_to_a_heading_in_it() -> None:
    found = []
    for page, text in pages().items():
        for target in re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", text)):
            if re.match(r"[a-z]+:", target):
                found.append(f"{page}: {target} leads away")
                continue
            name, _, anchor = target.partition("#")
            path = (REPOSITORY / page).parent / name if name else REPOSITORY / page
            if not path.exists():
                found.append(f"{page}: {target}")
            elif anchor and anchor not in headings(path):
                found.append(f"{page}: {target} has no such heading")
    none(found)


def headings(path: Path) -> set[str]:
    """Headings as the links of a Markdown page name them."""
    lines = re.findall(r"^#+ (.+)$", FENCE.sub("", path.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


def test_every_file_that_a_page_names_exists() -> None:
    roots = ("src/", "tests/", "docs/", ".ci/")
    found = []
    for page, text in pages().items():
        for named in re.findall(r"`([\w./<>\-]+)`", FENCE.sub("", text)):
            looks_like_one = named.startswith(roots) or named in {
                "pyproject.toml",
                "requirements.lock",
                "README.md",
                "LICENSE",
            }
            if looks_like_one and "<" not in named and not (REPOSITORY / named).exists():
                found.append(f"{page}: {named}")
    none(found)


def test_every_name_of_the_code_that_a_recipe_gives_exists() -> None:
    """`room.module.name`, below `security_center`."""
    rooms = {path.name for path in PACKAGE.iterdir() if path.is_dir()}
    found = []
    for page, text in pages().items():
        if page.startswith("docs/recipes/"):
            prose = re.sub(r"^ *```.*?^ *```", "", text, flags=re.DOTALL | re.MULTILINE)
            names = [name for name in re.findall(r"`(\w+(?:\.\w+)+)`", prose) if name.split(".")[0] in rooms]
            found += [f"{page}: {name}" for name in names if not is_there(f"security_center.{name}")]
    none(found)


def is_there(name: str) -> bool:
    try:
        resolve_name(name)
    except (ImportError, AttributeError):
        return False
    return True


def test_every_command_that_a_page_names_exists() -> None:
    from django.core.management import get_commands

    managed = set(get_commands()) | {"<command>"}
    found = []
    for page, text in pages().items():
        for word, after in re.findall(r"\./ssc ([a-z][\w-]*)(?: (\w+))?", text):
            if word not in cli.COMMANDS:
                found.append(f"{page}: ./ssc {word}")
            elif word == "manage" and after and after not in managed:
                found.append(f"{page}: ./ssc manage {after}")
    none(found)


def test_every_part_of_the_bench_stands_in_the_page_of_figures() -> None:
    named = set(re.findall(r"^\| `(\w+)`", pages()["docs/performance.md"], re.MULTILINE))
    assert named == set(benchmarks.PARTS)


@pytest.mark.parametrize("kind", ["decisions", "recipes"])
def test_each_decision_and_recipe_is_short_and_begins_with_its_name(kind: str) -> None:
    found = []
    for page, text in pages().items():
        if page.startswith(f"docs/{kind}/"):
            number = Path(page).name[:4]
            if not text.startswith(f"# {number} " if kind == "decisions" else "# Add a"):
                found.append(f"{page} begins otherwise")
            if text.count("\n") > 70:
                found.append(f"{page} is no half page")
    none(found)


def test_pictures_are_light_and_used() -> None:
    used = {
        ((REPOSITORY / page).parent / target).resolve()
        for page, text in pages().items()
        for target in re.findall(r"<img src=\"([^\"]+)\" [^>]*alt=\"[^\"]", text)
    }
    found = []
    for path in sorted((REPOSITORY / "docs" / "pictures").iterdir()):
        if path.stat().st_size > LARGEST_PICTURE:
            found.append(f"{path.name} weighs {path.stat().st_size // 1000} kB")
        if path not in used:
            found.append(f"{path.name} is shown nowhere")
    none(found)


def test_no_page_names_a_machine_or_a_host_that_is_not_an_example() -> None:
    """Folders of the machine and package indexes are searched for in the whole tree (test_tree.py)."""
    host = re.compile(r"(?:https?|postgresql)://(?:[^\s/@`]*@)?([\w.\-]+)")
    none(
        [
            f"{page}: {name}"
            for page, text in pages().items()
            for name in host.findall(text)
            if name not in {"localhost", "127.0.0.1", "host"}
            and not name.endswith((".example", ".example.org"))
        ]
    )


def test_the_glossary_is_a_list_by_letter_and_each_place_in_it_is_there() -> None:
    lines = [line for line in pages()["docs/glossary.md"].splitlines() if line.startswith("| ")][1:]
    rows = [line.strip("| ").split(" | ") for line in lines]
    words = [row[0] for row in rows]
    assert len(words) > 60
    assert words == sorted(set(words), key=str.casefold)
    found = []
    for word, meaning, where in rows:
        places = re.findall(r"`([\w./-]+)`", where)
        if not meaning or not places:
            found.append(f"{word}: no meaning, or lives nowhere")
        there = {
            name: (REPOSITORY / name).exists() or (PACKAGE / name.replace(".", "/")).is_dir()
            for name in places
        }
        found += [f"{word}: {name}" for name in places if not there[name]]
    none(found)
