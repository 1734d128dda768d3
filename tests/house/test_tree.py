"""What the tree may hold: rooms with something in them, files a person can read in one sitting, no address of
the machine it was written on."""

from __future__ import annotations

import ast
import re

import pytest
from django.conf import settings
from tests.house.tree import REPOSITORY, dotted, modules, none, room_folders, text_of, tracked_files

LONGEST_FILE = 400
DOORS = {"models", "actions", "policies", "queries", "forms", "views", "tasks", "content"}


def test_every_room_is_installed_and_every_installed_room_is_there() -> None:
    rooms = {dotted(folder) for folder in room_folders() if (folder / "apps.py").is_file()}
    assert rooms - {"security_center.project"} == set(settings.ROOMS)


@pytest.mark.parametrize("room", settings.ROOMS)
def test_a_room_is_not_empty(room: str) -> None:
    name = room.removeprefix("security_center.")
    assert {module.door for module in modules() if module.room == name} & DOORS, (
        f"{name} has none of the doors {sorted(DOORS)}"
    )


def test_no_door_is_created_empty() -> None:
    empty = [
        module.place
        for module in modules()
        if module.path.stem in DOORS | {"urls_public", "urls_staff"}
        and not any(
            isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign | ast.ImportFrom)
            for node in module.tree.body
        )
    ]
    none(empty)


def test_no_file_is_longer_than_a_person_reads_in_one_sitting() -> None:
    long = [
        f"{path.relative_to(REPOSITORY)}: {lines} lines"
        for path in tracked_files()
        if path.suffix in {".py", ".html", ".sh"}
        and "migrations" not in path.parts
        and (lines := (text_of(path) or "").count("\n")) > LONGEST_FILE
    ]
    none(long)


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = {"utils.py", "helpers.py", "misc.py", "common.py", "util.py"}
    none([str(path.relative_to(REPOSITORY)) for path in tracked_files() if path.name in drawers])


def test_the_tree_names_no_package_index() -> None:
    index = re.compile(
        "|".join(
            (
                "py" + r"pi\.org/simple",
                "python" + r"hosted\.org",
                "--(?:extra-)?" + "index-url",
                "UV_" + "(?:DEFAULT_)?INDEX",
            )
        )
    )
    found = [
        f"{path.relative_to(REPOSITORY)}: {match[0]}"
        for path in tracked_files()
        if (text := text_of(path)) is not None
        and (
            match := index.search(text)
            or (re.search(r"\w+://[^\s]+", text) if path.suffix == ".lock" else None)
        )
    ]
    none(found)


def test_the_tree_names_no_folder_of_the_machine_it_was_written_on() -> None:
    machine = re.compile(r"(?<![\w.\-/])/(?:work|ro" + r"ot|home/\w+)/\w")
    found = [
        f"{path.relative_to(REPOSITORY)}: {match[0]}…"
        for path in tracked_files()
        if (text := text_of(path)) and (match := machine.search(text))
    ]
    none(found)


def test_no_template_holds_a_script_or_a_style_of_its_own() -> None:
    """The content security policy would refuse it, and the page would be silently broken."""
    inline = re.compile(
        (
            r"<style\b|<script(?![^>]*\bsrc=)(?![^>]*type=\"application/"
            r"(?:ld\+)?json\")|\sstyle=[\"']|\son[a-z]+=[\"']|javascript:"
        ),
        re.IGNORECASE,
    )
    template_tag = re.compile(r"\{%.*?%\}|\{\{.*?\}\}")
    found = []
    for path in tracked_files():
        if path.suffix not in {".html", ".svg"} or "templates" not in path.relative_to(REPOSITORY).parts:
            continue
        for number, line in enumerate((text_of(path) or "").splitlines(), 1):
            if inline.search(template_tag.sub("", line)):
                found.append(f"{path.relative_to(REPOSITORY)}:{number}: {line.strip()[:80]}")
    none(found)
