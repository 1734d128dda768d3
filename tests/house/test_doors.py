"""The rules of the doors (docs/architecture.md, "Inside a room"). Each failure names the file, the line and
the rule."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.house.tree import PACKAGE, Module, behind, imports, local_names, modules, none

WRITES = {
    "save",
    "create",
    "delete",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "adelete",
    "asave",
    "acreate",
}
# Only a call chain that begins at a table is a write: `context.update(…)` on a dict is none.
TABLE_WORDS = {"objects", "filter", "exclude", "all", "visible_to", "select_for_update", "_default_manager"}
# What every floor may name without reading a table: the two nouns that all rights hang on.
SHARED_NOUNS = {"Person", "Organization"}
# What the pages of the rooms above cases are about: they may name it, and reach its table only by the case's
# queries.
NAMED_ABOVE = {"Case"}
# A receiver is handed another room's row by its signal, so it may name what it is handed.
DOORS_OF_FACTS = {"models", "actions", "queries", "policies", "receivers"}
# The sample district plays many people at once: it may look up what its own acts made, and changes nothing
# but by acts.
SAMPLE_DISTRICT = "sample_district"
# The measurements fill tables with a million rows, which no act could in a lifetime.
MEASUREMENTS = "benchmarks"


def writes(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        name = node.func.attr
        chain = {inner.attr for inner in ast.walk(node.func.value) if isinstance(inner, ast.Attribute)}
        if name in WRITES or (name == "update" and chain & TABLE_WORDS):
            yield f"{module.place}:{node.lineno} calls .{name}()"
        if name == "atomic":
            yield f"{module.place}:{node.lineno} opens a transaction"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef):
            for decorator in node.decorator_list:
                if ast.unparse(decorator).endswith("transaction.atomic"):
                    yield f"{module.place}:{node.lineno} opens a transaction"


def enums_of(dotted: str) -> set[str]:
    """Names of the choices in a models file or folder: they are words, not tables."""
    path = PACKAGE.parent.joinpath(*dotted.split("."))
    files = [path.with_suffix(".py")] if path.with_suffix(".py").is_file() else sorted(path.glob("*.py"))
    names: set[str] = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and any(
                "Choices" in ast.unparse(base) or "Enum" in ast.unparse(base) for base in node.bases
            ):
                names.add(node.name)
    return names


def foreign_models(module: Module) -> dict[str, str]:
    """Local name → dotted models module, for each name that `module` imports from the models of another
    room."""
    own = f"security_center.{module.room}."
    return {
        local: origin
        for local, (origin, _name) in local_names(module).items()
        if origin.startswith("security_center.")
        and ".models" in f"{origin}."
        and not f"{origin}.".startswith(own)
    }


def test_a_view_never_saves_and_never_opens_a_transaction() -> None:
    none([found for module in behind("views", "views_public", "views_staff") for found in writes(module)])


def test_the_sample_district_is_made_by_acts_alone() -> None:
    """All but its passwords: one made-up password for everybody is hashed once, not by forty acceptances of
    an invitation."""
    none(
        [
            found
            for module in behind(SAMPLE_DISTRICT)
            if module.path.name != "sign_in.py"
            for found in writes(module)
        ]
    )


def test_a_query_never_writes() -> None:
    none([found for module in behind("queries") for found in writes(module)])


def test_a_query_never_calls_an_action() -> None:
    none(
        [
            f"{module.place}:{line} imports {origin} {name}"
            for module in behind("queries")
            for origin, name, line in imports(module)
            if origin.startswith("security_center.") and (name == "actions" or ".actions" in f"{origin}.")
        ]
    )


def test_an_action_never_renders() -> None:
    pages = ("django.shortcuts", "django.template", "django.http", "django.views")
    none(
        [
            f"{module.place}:{line} imports {origin}"
            for module in behind("actions")
            for origin, name, line in imports(module)
            if origin.startswith(pages)
            or (
                origin.startswith("security_center.")
                and (name in {"views", "forms"} or origin.endswith((".views", ".forms")))
            )
        ]
    )


def test_a_verb_is_told_who_acts_by_name() -> None:
    """Keyword-only: `acknowledge(report=…, actor=…)` can never mix up who did it with whom it was done to."""
    none(
        [
            f"{module.place}:{node.lineno} {node.name} takes positional arguments beside its actor"
            for module in behind("actions")
            for node in module.tree.body
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
            if any(argument.arg == "actor" for argument in [*node.args.args, *node.args.kwonlyargs])
            if node.args.args or node.args.posonlyargs or node.args.vararg
        ]
    )


def test_a_page_form_or_task_knows_another_room_only_by_its_queries_and_actions() -> None:
    none(
        [
            f"{module.place} imports {local} from {origin}"
            for module in modules()
            if module.door not in DOORS_OF_FACTS | {SAMPLE_DISTRICT}
            and module.room not in {"project", MEASUREMENTS}
            for local, origin in foreign_models(module).items()
            if local not in SHARED_NOUNS | NAMED_ABOVE | enums_of(origin)
            and (origin, local) in {(where, name) for where, name, _line in imports(module)}
        ]
    )


def test_nobody_reads_or_changes_another_rooms_table() -> None:
    found = []
    for module in modules():
        if module.door in {SAMPLE_DISTRICT, MEASUREMENTS}:
            continue
        foreign = foreign_models(module)
        for node in ast.walk(module.tree):
            if not (
                isinstance(node, ast.Attribute)
                and node.attr in {"objects", "_default_manager"}
                and isinstance(node.value, ast.Name)
            ):
                continue
            if node.value.id in foreign and node.value.id not in SHARED_NOUNS:
                found.append(
                    f"{module.place}:{node.lineno} reads {node.value.id} of "
                    f"{foreign[node.value.id]} past its queries and actions"
                )
    none(found)


def test_only_the_clock_tells_the_time() -> None:
    """Tests, the sample district and the escalation clocks stand on one settable clock; a second one would
    let a late duty look punctual."""
    clocks = {
        ("datetime", "now"),
        ("timezone", "now"),
        ("datetime", "utcnow"),
        ("date", "today"),
        ("datetime", "today"),
        ("timezone", "localtime"),
    }
    none(
        [
            f"{module.place}:{node.lineno} asks {ast.unparse(node.func)}()"
            for module in modules()
            if module.room not in {"project", "foundation.clock", MEASUREMENTS}
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and (ast.unparse(node.func.value).split(".")[-1], node.func.attr) in clocks
            and not (node.func.attr == "localtime" and node.args)
        ]
    )
