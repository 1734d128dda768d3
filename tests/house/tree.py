"""Reading the tree of the code for the house's rules: which rooms there are, which door a file is, what a
file imports."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "src" / "security_center"
BESIDE = ("benchmarks", "sample_district")  # the packages beside what a school runs; each is one door


@dataclass(frozen=True)
class Module:
    """One Python file of a room. `room` is dotted below security_center ("foundation.vault"), `door` the file
    or folder right inside the room."""

    path: Path
    room: str
    door: str
    tree: ast.Module

    @property
    def place(self) -> str:
        return self.path.relative_to(REPOSITORY).as_posix()


def room_folders() -> list[Path]:
    """Every folder that is a room: it has an apps.py, or an __init__.py right below the package or below
    foundation."""
    candidates = [*PACKAGE.iterdir(), *(PACKAGE / "foundation").iterdir()]
    return sorted(
        folder for folder in candidates if (folder / "__init__.py").is_file() and folder.name != "foundation"
    )


def dotted(folder: Path) -> str:
    return ".".join(folder.relative_to(PACKAGE.parent).parts)


@cache
def modules() -> tuple[Module, ...]:
    found = []
    for folder in room_folders():
        room = ".".join(folder.relative_to(PACKAGE).parts)
        for path in sorted(folder.rglob("*.py")):
            inside = path.relative_to(folder)
            if "migrations" in inside.parts:
                continue
            found.append(
                Module(
                    path,
                    room,
                    inside.parts[0].removesuffix(".py"),
                    ast.parse(path.read_text(encoding="utf-8")),
                )
            )
    for name in BESIDE:
        for path in sorted((PACKAGE.parent / name).rglob("*.py")):
            door = "management" if "management" in path.parts else name
            found.append(Module(path, name, door, ast.parse(path.read_text(encoding="utf-8"))))
    return tuple(found)


def behind(*doors: str) -> list[Module]:
    return [module for module in modules() if module.door in doors]


def imports(module: Module, *, typing_too: bool = False) -> Iterator[tuple[str, str, int]]:
    """(module, name, line) of every import; those under `if TYPE_CHECKING:` only when asked for."""
    skipped = (
        set()
        if typing_too
        else {id(inner) for block in _type_checking_blocks(module.tree) for inner in ast.walk(block)}
    )
    for node in ast.walk(module.tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, "", node.lineno
        elif isinstance(node, ast.ImportFrom):
            origin = _absolute(module, node)
            for alias in node.names:
                yield origin, alias.name, node.lineno


def local_names(module: Module) -> dict[str, tuple[str, str]]:
    """Local name → (module, name) for every `from … import …`."""
    return {
        alias.asname or alias.name: (_absolute(module, node), alias.name)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = list(module.path.relative_to(REPOSITORY / "src").with_suffix("").parts)
    parts = package[: -node.level]
    return ".".join([*parts, *([node.module] if node.module else [])])


def _type_checking_blocks(tree: ast.Module) -> Iterator[ast.If]:
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            yield node


def tracked_files() -> list[Path]:
    """What belongs to the project: every file that git tracks or would track, so that a new one is judged
    before it is committed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        check=True,
    ).stdout
    return [path for name in listed.decode().split("\0") if name and (path := REPOSITORY / name).is_file()]


def text_of(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def none(found: list[str]) -> None:
    """Fails with every finding on a line of its own."""
    __tracebackhide__ = True
    if found:
        pytest.fail("\n".join(found), pytrace=False)
