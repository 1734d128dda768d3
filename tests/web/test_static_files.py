"""What the files a reporter's phone must load may weigh and hold."""

import gzip
import re
from pathlib import Path

import pytest

from security_center.foundation import web

STATIC = Path(web.__file__).parent / "static" / "web"


def compressed(name: str) -> int:
    return len(gzip.compress((STATIC / name).read_bytes(), 9))


def test_the_public_style_sheet_and_script_stay_small() -> None:
    assert compressed("public.css") <= 12 * 1024
    assert compressed("public.js") <= 6 * 1024


@pytest.mark.parametrize("name", ["public.css", "staff.css"])
def test_a_style_sheet_fetches_nothing(name: str) -> None:
    text = (STATIC / name).read_text(encoding="utf-8")
    assert "url(" not in text
    assert "@import" not in text
    assert "@font-face" not in text


def test_the_public_script_keeps_nothing_in_the_browser() -> None:
    code = re.sub(r"^\s*//.*$", "", (STATIC / "public.js").read_text(encoding="utf-8"), flags=re.MULTILINE)
    for store in (
        "localStorage",
        "sessionStorage",
        "indexedDB",
        "document.cookie",
        "history.",
        "caches",
        "eval(",
        "Function(",
    ):
        assert store not in code


def test_no_template_holds_an_inline_script_or_style() -> None:
    found = []
    for template in (Path(web.__file__).parent / "templates").rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        if re.search(r"<style|\sstyle=\"(?!line|panel)|\son[a-z]+=\"|javascript:", text):
            found.append(template.name)
        found += [
            template.name
            for tag in re.findall(r"<script[^>]*>", text)
            if "src=" not in tag and "application/json" not in tag
        ]
    assert found == []


def test_the_icons_have_the_size_the_manifest_says() -> None:
    from PIL import Image

    for name, size in (("icon-192.png", 192), ("icon-512.png", 512), ("icon-maskable-512.png", 512)):
        with Image.open(STATIC / name) as icon:
            assert icon.size == (size, size)
