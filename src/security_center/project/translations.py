"""The catalogues of the languages, without gettext's programs: a bare machine has none of them.

`update` reads every string that the code and the templates mark, and merges them into
src/security_center/locale/<language>/LC_MESSAGES/django.po; `faults` says what a catalogue lacks;
`compile_stale` writes the compiled .mo below the data folder, where settings.LOCALE_PATHS looks."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polib
from django.conf import settings
from django.template.base import Lexer, Token, TokenType
from django.utils.text import smart_split

SOURCES = Path(__file__).resolve().parents[1]

# function name → (position of the message, of its plural or None, of its context or None)
_CALLS: dict[str, tuple[int, int | None, int | None]] = {
    "_": (0, None, None),
    "gettext": (0, None, None),
    "gettext_lazy": (0, None, None),
    "gettext_noop": (0, None, None),
    "ngettext": (0, 1, None),
    "ngettext_lazy": (0, 1, None),
    "pgettext": (1, None, 0),
    "pgettext_lazy": (1, None, 0),
    "npgettext": (1, 2, 0),
    "npgettext_lazy": (1, 2, 0),
}


@dataclass(frozen=True, order=True)
class Message:
    """One marked string: its context, itself, its plural ("" when it has none)."""

    context: str
    text: str
    plural: str = ""


class CannotExtract(Exception):
    """A marked string that no catalogue could hold. The message names the file and the line."""


# --- Python
# --------------------------------------------------------------------------------------------------------
def _constant(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _aliases(tree: ast.Module) -> dict[str, str]:
    """Local name → gettext function, for every `from django.utils.translation import … as …`."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            for alias in node.names:
                if alias.name in _CALLS:
                    names[alias.asname or alias.name] = alias.name
    return names


def messages_in_python(source: str, name: str) -> Iterator[tuple[Message, int]]:
    """Each marked string with its line. Raises CannotExtract for a marked f-string or a variable: it would
    never be found in a catalogue."""
    tree = ast.parse(source)
    names = _aliases(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = (
            node.func.id
            if isinstance(node.func, ast.Name)
            else node.func.attr
            if isinstance(node.func, ast.Attribute)
            else ""
        )
        original = names.get(called) if isinstance(node.func, ast.Name) else _module_call(node.func)
        if original is None:
            continue
        text_at, plural_at, context_at = _CALLS[original]
        wanted = [position for position in (text_at, plural_at, context_at) if position is not None]
        if max(wanted) >= len(node.args):
            continue
        found = {position: _constant(node.args[position]) for position in wanted}
        text = found[text_at]
        if text is None:
            if isinstance(node.args[text_at], ast.JoinedStr):
                raise CannotExtract(
                    f"{name}:{node.lineno}: {called}() marks an f-string. Use a plain string with "
                    "%(name)s in it."
                )
            continue  # a variable that holds a string marked elsewhere
        yield (
            Message(
                context=(found[context_at] or "") if context_at is not None else "",
                text=text,
                plural=(found[plural_at] or "") if plural_at is not None else "",
            ),
            node.lineno,
        )


def _module_call(function: ast.expr) -> str | None:
    """`translation.gettext(…)`."""
    if (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id == "translation"
        and function.attr in _CALLS
    ):
        return function.attr
    return None


# --- templates
# -----------------------------------------------------------------------------------------------------
_IN_EXPRESSION = re.compile(r"""_\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\s*\)""")


_QUOTED = re.compile(r"""(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")


def _unquoted(word: str) -> str | None:
    """The text of the quoted constant that `word` begins with (filters may follow it), or None for a
    variable."""
    match = _QUOTED.match(word)
    if match is None:
        return None
    return re.sub(r"\\(.)", r"\1", match[1] if match[1] is not None else match[2])


def _escaped(text: str) -> str:
    return text.replace("%", "%%")


def _trimmed(text: str) -> str:
    return re.sub(r"\s*\n\s*", " ", text.strip())


def _context_of(words: list[str]) -> str:
    return (_unquoted(words[words.index("context") + 1]) or "") if "context" in words else ""


def _expressions(token: Token) -> Iterator[tuple[Message, int]]:
    for match in _IN_EXPRESSION.finditer(token.contents):
        text = match[1] if match[1] is not None else match[2]
        yield Message("", re.sub(r"\\(.)", r"\1", text)), token.lineno or 0


def messages_in_template(source: str, name: str) -> Iterator[tuple[Message, int]]:
    """Each string in `translate`, `blocktranslate` (trimmed, plural, context) and `_("…")` of a template,
    with its line. Raises CannotExtract."""
    tokens = iter(Lexer(source).tokenize())
    skipping = False
    for token in tokens:
        if token.token_type == TokenType.VAR and not skipping:
            yield from _expressions(token)
        if token.token_type != TokenType.BLOCK:
            continue
        words = list(smart_split(token.contents))
        tag = words[0] if words else ""
        if tag == "comment":
            skipping = True
        elif tag == "endcomment":
            skipping = False
        elif skipping:
            continue
        elif tag in {"translate", "trans"}:
            text = _unquoted(words[1])
            if text is not None:
                # Django looks the string up with its percent signs doubled and halves them afterwards.
                yield Message(_context_of(words), _escaped(text)), token.lineno or 0
        elif tag in {"blocktranslate", "blocktrans"}:
            yield from _expressions(token)
            yield _block(words, tokens, f"{name}:{token.lineno}"), token.lineno or 0
        else:
            yield from _expressions(token)


def _block(words: list[str], tokens: Iterator[Token], place: str) -> Message:
    parts: list[list[str]] = [[]]
    for token in tokens:
        if token.token_type == TokenType.TEXT:
            parts[-1].append(_escaped(token.contents))
        elif token.token_type == TokenType.VAR:
            parts[-1].append(f"%({token.contents.strip()})s")
        elif token.contents.strip() == "plural":
            parts.append([])
        elif token.contents.strip().startswith("endblocktrans"):
            break
        elif token.token_type == TokenType.BLOCK:
            raise CannotExtract(
                f"{place}: a blocktranslate holds the tag “{token.contents}”. Only variables may stand in it."
            )
    texts = ["".join(part) for part in parts]
    if "trimmed" in words:
        texts = [_trimmed(text) for text in texts]
    return Message(_context_of(words), texts[0], texts[1] if len(texts) > 1 else "")


# --- the whole tree
# ------------------------------------------------------------------------------------------------
def _files(folder: Path, *patterns: str) -> Iterable[Path]:
    return sorted(
        path for pattern in patterns for path in folder.rglob(pattern) if "migrations" not in path.parts
    )


def extract(folder: Path = SOURCES) -> dict[Message, list[tuple[str, str]]]:
    """Every marked string below `folder` with the files that use it (no line numbers: they would change the
    catalogue with each edit)."""
    found: dict[Message, set[str]] = {}
    for path in _files(folder, "*.py"):
        name = path.relative_to(folder).as_posix()
        for message, _line in messages_in_python(path.read_text(encoding="utf-8"), name):
            found.setdefault(message, set()).add(name)
    for path in _files(folder, "templates/**/*.html", "templates/**/*.txt", "templates/**/*.svg"):
        name = path.relative_to(folder).as_posix()
        for message, _line in messages_in_template(path.read_text(encoding="utf-8"), name):
            found.setdefault(message, set()).add(name)
    return {
        message: [(name, "") for name in sorted(names)]
        for message, names in sorted(found.items())
        if message.text
    }


def languages() -> list[str]:
    return [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def catalogue_path(language: str, folder: Path | None = None) -> Path:
    return (folder or settings.LOCALE_SOURCES) / language / "LC_MESSAGES" / "django.po"


def _read(path: Path, language: str) -> polib.POFile:
    if path.is_file():
        return polib.pofile(str(path), wrapwidth=140)
    book = polib.POFile(wrapwidth=140)
    book.metadata = {
        "Project-Id-Version": "school-security-center",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    return book


def _key(entry: polib.POEntry) -> Message:
    return Message(entry.msgctxt or "", entry.msgid, entry.msgid_plural or "")


def _flags(message: Message) -> list[str]:
    return ["python-format"] if re.search(r"%\(\w+\)[sd]|%[sd]|%%", message.text) else []


def merge(book: polib.POFile, wanted: dict[Message, list[tuple[str, str]]]) -> tuple[int, int]:
    """Adds what is new, drops what nobody uses any more, keeps every translation. Returns how many were added
    and dropped."""
    present = {_key(entry): entry for entry in book}
    dropped = [entry for key, entry in present.items() if key not in wanted]
    # A string that was only given a plural, or lost one, keeps its translation as a start, marked fuzzy so
    # that a person looks at it.
    singular = {(entry.msgctxt or "", entry.msgid): entry for entry in dropped}
    added = 0
    for message, places in wanted.items():
        entry = present.get(message)
        if entry is None:
            added += 1
            entry = polib.POEntry(
                msgid=message.text,
                msgid_plural=message.plural,
                msgctxt=message.context or None,
                flags=_flags(message),
            )
            if message.plural:
                entry.msgstr_plural = {0: "", 1: ""}
            earlier = singular.get((message.context, message.text))
            if earlier is not None:
                start = earlier.msgstr or earlier.msgstr_plural.get(0, "")
                if message.plural:
                    entry.msgstr_plural = {0: start, 1: earlier.msgstr_plural.get(1, "")}
                else:
                    entry.msgstr = start
                entry.flags.append("fuzzy")
            book.append(entry)
        entry.occurrences = places
    for entry in [*dropped, *book.obsolete_entries()]:
        if entry in book:
            book.remove(entry)
    book.sort(
        key=lambda entry: (
            entry.occurrences[0] if entry.occurrences else ("", ""),
            entry.msgid,
            entry.msgctxt or "",
        )
    )
    return added, len(dropped)


def update() -> list[str]:
    """Brings every language's catalogue up to the code; returns one sentence for each."""
    wanted = extract()
    told = []
    for language in languages():
        path = catalogue_path(language)
        book = _read(path, language)
        added, dropped = merge(book, wanted)
        path.parent.mkdir(parents=True, exist_ok=True)
        book.save(str(path))
        empty = sum(1 for entry in book if not entry.translated())
        told.append(
            f"{language}: {len(book)} strings, {added} new, {dropped} dropped, {empty} still to "
            f"translate ({path.relative_to(SOURCES)})"
        )
    return told


_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")


def _placeholders(text: str) -> set[str]:
    return {match[0] for match in _PLACEHOLDER.finditer(text.replace("%%", ""))}


def _faults_of(entry: polib.POEntry) -> Iterator[str]:
    shown = entry.msgid if len(entry.msgid) <= 60 else entry.msgid[:57] + "…"
    if entry.fuzzy:
        yield f"marked fuzzy, a person must look at it: “{shown}”"
    elif not entry.translated():
        yield f"not translated: “{shown}”"
    else:
        originals = [entry.msgid, entry.msgid_plural] if entry.msgid_plural else [entry.msgid]
        known = set().union(*map(_placeholders, originals))
        for translation in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
            # A singular may leave the number out; nothing else may be missing, and nothing may be invented.
            have = _placeholders(translation)
            if have - known or (not entry.msgid_plural and known - have):
                yield f"other placeholders than the original has: “{shown}”"


def faults() -> list[str]:
    """One sentence for each thing that keeps a catalogue from being complete and true."""
    wanted = extract()
    told = []
    for language in languages():
        path = catalogue_path(language)
        if not path.is_file():
            told.append(f"{language}: there is no catalogue yet")
            continue
        book = _read(path, language)
        present = {_key(entry) for entry in book if not entry.obsolete}
        told += [
            f"{language}: missing: “{message.text[:60]}”" for message in wanted if message not in present
        ]
        told += [
            f"{language}: no longer used: “{message.text[:60]}”" for message in sorted(present - set(wanted))
        ]
        for entry in book:
            if _key(entry) in wanted:
                told += [f"{language}: {fault}" for fault in _faults_of(entry)]
    return told


def compile_stale(target: Path | None = None) -> list[Path]:
    """Writes the compiled catalogue of each language whose source is newer, below the data folder; returns
    what was written."""
    written = []
    for language in languages():
        source = catalogue_path(language)
        compiled = catalogue_path(language, target or Path(settings.LOCALE_PATHS[0])).with_suffix(".mo")
        if not source.is_file():
            continue
        # Equal times, not "newer": an upgrade or a restore may bring an older file than the one that was
        # compiled.
        if compiled.is_file() and compiled.stat().st_mtime_ns == source.stat().st_mtime_ns:
            continue
        compiled.parent.mkdir(parents=True, exist_ok=True)
        fresh = compiled.with_suffix(".new")
        _read(source, language).save_as_mofile(str(fresh))
        stamp = source.stat().st_mtime_ns
        os.utime(fresh, ns=(stamp, stamp))
        fresh.replace(compiled)
        written.append(compiled)
    return written
