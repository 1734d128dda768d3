"""The process that draws one paper: reads its order as JSON from standard input and writes the PDF to
standard output. It loads neither Django nor a key, and nothing of the paper touches the disk. Run by
`render.render`, by path."""

from __future__ import annotations

import io
import json
import sys
import unicodedata
from base64 import b64decode, b64encode
from functools import cache
from pathlib import Path
from typing import Any

import typst
from fontTools.ttLib import TTFont

HERE = Path(__file__).parent
FONTS = HERE / "fonts"
LONGEST_SIDE = 1400  # pixels
KEPT = {"\n", "\t"}
# Control signs, and signs that join or turn their neighbors: there is nothing of them to see, and the
# standard for tagged papers refuses some.
UNSEEN = {"Cc", "Cf"}


@cache
def drawable() -> frozenset[int]:
    """The code points that all of our fonts can draw."""
    maps = [set(TTFont(path, lazy=True).getBestCmap()) for path in sorted(FONTS.glob("*.ttf"))]
    return frozenset(
        code
        for code in set.intersection(*maps)
        if unicodedata.category(chr(code)) not in UNSEEN | {"Co", "Cs"}
    )


class Marked:
    """Replaces what no font of ours can draw by a visible mark, and remembers that it did: a paper never
    fails, nor drops a sign in silence."""

    def __init__(self) -> None:
        self.any = False

    def text(self, value: str) -> str:
        value = unicodedata.normalize("NFC", value).replace("\r\n", "\n").replace("\r", "\n")
        if all(ord(sign) in drawable() or sign in KEPT for sign in value):
            return value
        out: list[str] = []
        for sign in value:
            if ord(sign) in drawable() or sign in KEPT:
                out.append(sign)
                continue
            if unicodedata.category(sign) in UNSEEN | {"Mn", "Me"}:  # variants of the sign before
                continue
            self.any = True
            mark = (
                f"[{unicodedata.name(sign, 'sign').lower()}]" if unicodedata.category(sign) == "So" else "[?]"
            )
            if not (mark == "[?]" and out and out[-1] == "[?]"):
                out.append(mark)
        return "".join(out)

    def all(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.all(one) for one in value]
        if isinstance(value, dict):
            return {key: self.all(one) for key, one in value.items()}
        return value


def drawable_picture(encoded: str) -> str:
    """A picture as large as a page needs, in the one form that can be handed to a template as text."""
    from PIL import Image

    found: Any = Image.open(io.BytesIO(b64decode(encoded)))
    found.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    found.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    flat = Image.new("RGB", found.size, "white")
    clear = found.convert("RGBA")
    flat.paste(clear, mask=clear.getchannel("A"))
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=82)
    width, height = flat.size
    inside = (
        f'<image width="{width}" height="{height}" '
        f'href="data:image/jpeg;base64,{b64encode(out.getvalue()).decode("ascii")}"/>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 '
        f'{width} {height}">{inside}</svg>'
    )


def main() -> None:
    order = json.load(sys.stdin)
    marks = Marked()
    data, meta = marks.all(order["data"]), marks.all(order["meta"])
    data["pictures"] = {name: drawable_picture(encoded) for name, encoded in order["pictures"].items()}
    meta["marked"] = order["marked"] if marks.any else ""
    template = f'#import "/layout/paper.typ": *\n#show: paper\n{order["template"]}'
    pdf = typst.compile(  # type: ignore[call-overload]  # its types want the source and the root to be of one kind
        template.encode(),
        root=str(HERE),
        font_paths=typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)]),
        format="pdf",
        pdf_standards=["ua-1"],
        sys_inputs={"data": json.dumps(data), "meta": json.dumps(meta)},
    )
    sys.stdout.buffer.write(pdf)


main()
