"""A lazy reader of STEP files (ISO 10303-21), the text form of IFC.

It notes where each entity stands and reads only those that are asked for: of a building that is a few
thousand of tens of thousands. A general IFC library needs longer to load than this needs to import a file of
3 MB, and reads what it is given with no bound on time and memory."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections import defaultdict
from typing import Any

from ..problems import Unimportable

# Words, numbers and uses of entities that one import may read: 3 MB need some hundred thousand
MOST_TOKENS = 12_000_000
A_USE = 4  # of an entity, in tokens: what it places or draws is worked out each time
MOST_ENTITIES = 6_000_000
LONGEST_TEXT = 1_000  # letters of a name
DEEPEST = 24  # nesting of lists within an entity

ENTITY = re.compile(r";\s*(?:/\*[^*]*\*/\s*)?#(\d{1,18})\s*=\s*([A-Za-z0-9_]{1,80})\s*\(")
TOKEN = re.compile(
    r"\s*(?:('[^']*(?:''[^']*)*')|#(\d{1,18})|([-+]?\d+\.?\d*(?:[eE][-+]?\d{1,3})?)|\.([A-Za-z0-9_]+)\.|([$*])|([(),;])|([A-Za-z_]\w*)|\"([0-9A-Fa-f]*)\")"
)
ESCAPE = re.compile(
    r"\\X2\\((?:[0-9A-Fa-f]{4})+)\\X0\\|\\X4\\((?:[0-9A-Fa-f]{8})+)\\X0\\|\\X\\([0-9A-Fa-f]{2})|\\S\\(.)|\\P[A-I]\\|(\\\\)"
)


class Reference(int):
    """The number of an entity."""


class Typed(list[Any]):
    """A value that names its type, as IFCARCINDEX((1,2,3)): a list of what is in the brackets."""

    kind = ""


class StepFile:
    """content: of a file whose first line is ISO-10303-21. Raises `Unimportable` where it is no such file or
    is cut off."""

    def __init__(self, content: bytes, called: str) -> None:
        if not content[:1024].lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"ISO-10303-21"):
            raise Unimportable(
                f"{called} is no IFC file: it does not begin with ISO-10303-21. Export it again as "
                "IFC (STEP)."
            )
        self.called = called
        self.text = content.decode("latin-1")
        start = self.text.find("DATA")
        if start < 0:
            raise Unimportable(f"{called} has no data: the file is cut off. Copy or export it again.")
        found = re.search(r"FILE_SCHEMA\s*\(\s*\(\s*'([^']{0,80})'", self.text[:start])
        self.schema = found[1].upper() if found else ""
        if not self.schema.startswith("IFC"):
            raise Unimportable(
                f"{called} is a STEP file of “{self.schema or 'no schema'}”, not of IFC. Export the "
                "building as IFC."
            )
        numbers, places = array("q"), array("q")
        self._by_type: dict[str, list[int]] = defaultdict(list)
        rising = True
        before = -1
        for match in ENTITY.finditer(self.text, start):
            number = int(match[1])
            rising = rising and number > before
            before = number
            numbers.append(number)
            if len(numbers) > MOST_ENTITIES:
                raise Unimportable(
                    f"{called} holds more than {MOST_ENTITIES:,} entities: too many for a floor "
                    "plan. Export the building alone."
                )
            places.append(match.end())
            self._by_type[match[2].upper()].append(number)
        if not rising:
            order = sorted(range(len(numbers)), key=numbers.__getitem__)
            numbers, places = array("q", [numbers[n] for n in order]), array("q", [places[n] for n in order])
        self._numbers, self._places = numbers, places
        self._read: dict[int, list[Any]] = {}
        self._tokens = 0
        if not len(numbers):
            raise Unimportable(f"{called} holds no entity. Copy or export it again.")

    def numbers(self, *types: str) -> list[int]:
        """The entities of some types, in the order of the file."""
        return [number for name in types for number in self._by_type.get(name, ())]

    @property
    def types(self) -> set[str]:
        return set(self._by_type)

    def kind(self, number: int) -> str:
        """The type of an entity, in capitals. Raises LookupError where there is none."""
        place = self._place(number)
        head = self.text[max(0, place - 120) : place]
        return head[head.rindex("=") + 1 :].strip(" \t\r\n(").upper()

    def values(self, number: int) -> list[Any]:
        """The attributes of an entity: None, str, float, `Reference`, lists. An enumeration is its word in
        capitals."""
        self._spend(A_USE)  # an entity may be used in others any number of times
        known = self._read.get(number)
        if known is None:
            known = self._read[number] = self._parse(self._place(number))
        return known

    def _spend(self, effort: int) -> None:
        self._tokens += effort
        if self._tokens > MOST_TOKENS:
            raise Unimportable(
                f"{self.called} describes its rooms in more detail than a floor plan can use. "
                "Export it with simpler shapes."
            )

    def _place(self, number: int) -> int:
        at = bisect_left(self._numbers, number)
        if at == len(self._numbers) or self._numbers[at] != number:
            raise LookupError(f"entity #{number} is not in the file")
        return self._places[at]

    def _parse(self, place: int) -> list[Any]:
        whole: list[Any] = []
        stack = [whole]
        kind = ""
        match = TOKEN.match
        text = self.text
        while True:
            self._spend(1)
            found = match(text, place)
            if found is None:
                raise ValueError("an entity is cut off")
            place = found.end()
            group = found.lastindex
            word = found[group] if group else ""
            if group == 2:
                stack[-1].append(Reference(word))
            elif group == 3:
                stack[-1].append(float(word))
            elif group == 6:
                if word == ")":
                    stack.pop()
                    if not stack:
                        return whole
                elif word == "(":
                    if len(stack) > DEEPEST:
                        raise ValueError("lists are nested too deeply")
                    inner: list[Any] = Typed() if kind else []
                    if isinstance(inner, Typed):
                        inner.kind = kind
                    kind = ""
                    stack[-1].append(inner)
                    stack.append(inner)
                elif word == ";":
                    raise ValueError("an entity is cut off")
            elif group == 1:
                stack[-1].append(_words(word[1:-1]))
            elif group == 5:
                stack[-1].append(None)
            elif group == 7:
                kind = word.upper()
            elif group in (4, 8):
                stack[-1].append(word.upper())


def _words(raw: str) -> str:
    """The text of a string: the escapes of ISO 10303-21 and the doubled apostrophe."""
    raw = raw[:LONGEST_TEXT].replace("''", "'")
    return ESCAPE.sub(_unescape, raw) if "\\" in raw else raw


def _unescape(match: re.Match[str]) -> str:
    if match[1]:
        return bytes.fromhex(match[1]).decode("utf-16-be", "replace")
    if match[2]:
        return bytes.fromhex(match[2]).decode("utf-32-be", "replace")
    if match[3]:
        return chr(int(match[3], 16))
    if match[4]:
        return chr((ord(match[4]) + 128) % 256)
    return "\\" if match[5] else ""
