"""Every `./ssc …` line that the guide and the README print is run, through the script ./ssc itself, on a
small installation that is thrown away.

Two of them, for the evening of a breach, once ended in a traceback, as did a nightly job's in a folder
without its database."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from tests.reporting.real_public import SET_UP, SLUG

TREE = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^ *```sh\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
# Without a PostgreSQL server, and with an empty folder for a roster, these answer in a sentence.
REFUSED = {"manage import_roster", "manage move_to_postgresql", "manage public_role"}
# They start programs, or work for minutes: of these only the help is asked. The tests and the checks of the
# code run by themselves.
LONG, OWN = {"up", "demo", "simex"}, {"test", "check", "bench"}


def printed() -> list[str]:
    """The lines of the blocks in their order, each once, as a shell takes them; then what the text between
    names and no block shows."""
    found: list[str] = []
    named: list[str] = []
    for page in ("README.md", "docs/operations.md"):
        text = (TREE / page).read_text(encoding="utf-8")
        blocks = "\n".join(BLOCK.findall(text)).replace("\\\n", " ")
        lines = [piece for line in blocks.splitlines() for piece in re.sub(r"\s+#.*", "", line).split(" && ")]
        named += [f"./ssc {words}" for words in re.findall(r"`\./ssc ([^`…]+)`", BLOCK.sub("", text))]
        found += [
            re.sub(r"\s+", " ", line).strip() for line in lines if re.search(r"(?:\./|/opt/ssc/)ssc ", line)
        ]
    once = {word_of(line) if word_of(line) in LONG else line: line for line in reversed(found)}
    shown = {word_of(line) for line in found}
    # The longest of each
    others = {word_of(line): line for line in sorted(named, key=len) if word_of(line) not in shown}
    return [*reversed(once.values()), *others.values()]


def word_of(line: str) -> str:
    words = re.split(r"ssc ", line, maxsplit=1)[1].split()
    return " ".join(words[:2]) if words[0] == "manage" else words[0]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    top = tmp_path_factory.mktemp("printed")
    for name in ("data", "stick", "roster", "shown"):
        (top / name).mkdir(mode=0o700)
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SSC_", "DJANGO_", "DATABASE_URL"))
    }
    given = {**kept, "SSC_DATA": str(top / "data"), "SSC_PROGRAM": "manage", "PYTHONPATH": str(TREE / "src")}
    given["DJANGO_SETTINGS_MODULE"] = "security_center.project.settings"
    subprocess.run([sys.executable, "-c", SET_UP], env=given, check=True, capture_output=True)
    return {**kept, "SSC_DATA": str(top / "data"), "TOP": str(top)}


def run_here(line: str, environment: dict[str, str]) -> str:
    """The same line with the guide's folders, names and archive put in those of the installation that is
    thrown away."""
    top = Path(environment["TOP"])
    archive = next(iter(sorted((top / "mnt").glob("*.age"))), top / "mnt" / "none.age")
    for theirs, ours in (
        (r"\S+\.age\b", str(archive)),
        (r"(?:\./|/opt/ssc/)ssc(?= )", shlex.quote(str(TREE / "ssc"))),
        (r"/mnt/backups", str(top / "mnt")),
        (r"/media/stick", str(top / "stick")),
        (r"/srv/rosters/today", str(top / "roster")),
        (r"/srv/ssc-new", str(top / "new")),
        (r"/srv/ssc", str(top / "data")),
        (r"\bNAME\b", "'Maple Valley School District'"),
        (r"\broosevelt-middle\b", SLUG),
    ):
        line = re.sub(theirs, lambda _found, ours=ours: ours, line)
    return line


@pytest.mark.long
def test_no_printed_command_ends_in_a_traceback(environment: dict[str, str]) -> None:
    lines = [line for line in printed() if word_of(line) not in OWN]
    assert {word_of(line) for line in lines} >= {
        "backup",
        "breach",
        "doctor",
        "exchange-vault-key",
        "install",
        "manage import_roster",
        "repair",
        "restore",
        "up",
    }
    wrong = []
    for line in lines:
        command = run_here(line, environment)
        if word_of(line) in LONG:
            command += " --help"
        if word_of(line) == "install":
            command += (
                " --domain report.example.org --staff-domain desk.example.org --to "
                f"{environment['TOP']}/shown"
            )
        ended = subprocess.run(
            ["/bin/sh", "-c", command],
            env=environment,
            cwd=environment["TOP"],
            capture_output=True,
            text=True,
            check=False,
        )
        said = ended.stdout + ended.stderr
        if (
            "Traceback" in said
            or "there is no command" in said
            or ended.returncode not in ({1, 2} if word_of(line) in REFUSED else {0})
        ):
            wrong.append(f"{line}\n{said[-600:]}")
    assert not wrong, "\n\n".join(wrong)


def test_a_job_of_the_guide_in_a_folder_without_its_database_is_answered_in_a_sentence_and_makes_none(
    tmp_path: Path,
) -> None:
    """As root beside the units it ended in fifty lines of traceback, and the database that it made stayed in
    the living folder."""
    for words in (
        "import_roster /tmp --district NAME",
        "rotate_desk_key --all",
        "public_role ssc_public",
        "move_to_postgresql",
    ):
        command = f"{shlex.quote(str(TREE / 'ssc'))} manage {words} --data {tmp_path}"
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("SSC_", "DJANGO_", "DATABASE_URL"))
        }
        ended = subprocess.run(
            ["/bin/sh", "-c", command], env=kept, capture_output=True, text=True, check=False
        )
        assert (ended.returncode, ended.stderr.split(":")[0]) == (2, "ssc"), ended.stderr
        assert "there is no database in" in ended.stderr
    assert list(tmp_path.iterdir()) == []
