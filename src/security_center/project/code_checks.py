"""`./ssc check`: every check of the code, one line for each, with how to mend what failed."""

from __future__ import annotations

import ast
import importlib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
SCRIPTS = Path(sys.executable).parent
PYTHON_FOLDERS = ("src", "tests")


@dataclass(frozen=True)
class Check:
    """`run` returns "" when all is well, else what is wrong."""

    name: str
    mend: str
    run: Callable[[], str]


def command(*words: str) -> Callable[[], str]:
    """A check that is another program's: its exit code decides, its output explains."""

    def run() -> str:
        with tempfile.TemporaryDirectory(prefix="ssc-check-") as data:
            environment = {
                **os.environ,
                "SSC_DATA": data,
                "SSC_PROGRAM": "manage",
                "DJANGO_SETTINGS_MODULE": "security_center.project.settings",
            }
            environment.pop("DATABASE_URL", None)
            done = subprocess.run(  # noqa: S603
                words, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
            )
        return (
            ""
            if done.returncode == 0
            else (done.stdout + done.stderr).strip() or f"ended with code {done.returncode}"
        )

    return run


_TABLE = re.compile(r"<!-- table: ([\w.]+):(\w+) -->\n(.*?)<!-- end of table -->", re.DOTALL)


def tables(*, write: bool = False) -> list[tuple[Path, str, bool]]:
    """Each generated table of docs/ as (file, maker, whether it is fresh); with `write` it is brought up to
    date.

    A table stands between `<!-- table: package.module:function -->` and `<!-- end of table -->`; the function
    returns it as Markdown."""

    found = []
    for path in sorted((REPOSITORY / "docs").rglob("*.md")):
        text = path.read_text(encoding="utf-8")

        def renewed(match: re.Match[str], path: Path = path) -> str:
            made = getattr(importlib.import_module(match[1]), match[2])().strip() + "\n"
            found.append((path, f"{match[1]}:{match[2]}", made == match[3]))
            return f"<!-- table: {match[1]}:{match[2]} -->\n{made}<!-- end of table -->"

        new = _TABLE.sub(renewed, text)
        if write and new != text:
            path.write_text(new, encoding="utf-8")
    return found


def simulation_engine_imports(folder: Path = REPOSITORY / "src" / "simex") -> str:
    """The engine must be usable on its own: it imports neither Django nor the web system
    (docs/architecture.md, "Two packages")."""
    found = []
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            else:
                continue
            place = f"{path.relative_to(folder)}:{node.lineno}"
            found += [
                f"{place} imports {name}"
                for name in names
                if name.split(".")[0] in {"django", "security_center"}
            ]
    return "\n".join(found)


def manage(*words: str) -> Callable[[], str]:
    return command(sys.executable, "-m", "django", *words)


def rooms_with_tables() -> list[str]:
    """By name, because Django says nothing of an app that has no migrations at all."""
    package = REPOSITORY / "src" / "security_center"
    single = {file.parent.name for file in package.rglob("models.py")}
    split = {file.parent.parent.name for file in package.rglob("models/__init__.py")}
    return sorted(single | split)


LONGEST_LINE_OF_A_TEMPLATE = 160


def long_lines_of_templates(folder: Path = REPOSITORY / "src") -> str:
    """The formatter leaves a line as long as it is where a break would be seen."""
    found = []
    for path in sorted(folder.rglob("templates/**/*.html")):
        lines = path.read_text(encoding="utf-8").splitlines()
        found += [
            f"{path.relative_to(folder)}:{number}"
            for number, line in enumerate(lines, start=1)
            if len(line) > LONGEST_LINE_OF_A_TEMPLATE
        ]
    return "\n".join(found)


CHECKS = [
    Check(
        "format",
        ".venv/bin/ruff format src tests",
        command(
            str(SCRIPTS / "ruff"),
            "format",
            "--no-cache",
            "--check",
            "--output-format=concise",
            *PYTHON_FOLDERS,
        ),
    ),
    Check(
        "lint",
        ".venv/bin/ruff check --fix src tests",
        command(str(SCRIPTS / "ruff"), "check", "--no-cache", "--output-format=concise", *PYTHON_FOLDERS),
    ),
    Check(
        "format of templates",
        ".venv/bin/djlint --reformat src",
        command(str(SCRIPTS / "djlint"), "--check", "--quiet", "src"),
    ),
    Check(
        "lint of templates",
        "see the lines above",
        command(str(SCRIPTS / "djlint"), "--lint", "--quiet", "src"),
    ),
    Check(
        "long lines of templates",
        f"name a text first ({{% translate … as name %}}): no line over {LONGEST_LINE_OF_A_TEMPLATE} signs",
        long_lines_of_templates,
    ),
    Check(
        "import contract",
        "import only downwards (docs/architecture.md, floors)",
        command(str(SCRIPTS / "lint-imports"), "--no-cache"),
    ),
    Check(
        "engine stands alone",
        "src/simex may import neither django nor security_center",
        simulation_engine_imports,
    ),
    Check(
        "migrations",
        "./ssc manage makemigrations <room>",
        manage("makemigrations", "--check", "--dry-run", *rooms_with_tables()),
    ),
    Check(
        "translations",
        "./ssc manage translations --update, then translate what is new",
        manage("translations", "--check"),
    ),
    Check("tables in docs", "./ssc manage document_tables", manage("document_tables", "--check")),
    Check("types", "see the lines above", command(str(SCRIPTS / "mypy"))),
]
LINES_SHOWN = 20


def main() -> int:
    failed = 0
    for check in CHECKS:
        wrong = check.run()
        if not wrong:
            print(f"ok      {check.name}", flush=True)
            continue
        failed += 1
        lines = wrong.splitlines()
        for line in lines[:LINES_SHOWN]:
            print(f"        {line}")
        if len(lines) > LINES_SHOWN:
            print(f"        … and {len(lines) - LINES_SHOWN} lines more")
        print(f"FAILED  {check.name}: mend with {check.mend}", flush=True)
    print(f"ssc: {len(CHECKS) - failed} of {len(CHECKS)} checks passed.")
    return 1 if failed else 0
