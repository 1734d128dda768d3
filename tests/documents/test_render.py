"""Papers: tagged, numbered, marked with who printed them; what somebody typed is drawn as it is and never
run."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pypdf import PdfReader

from security_center.foundation.documents import render as documents
from security_center.foundation.documents.render import CannotRender, render

BODY = (
    "= Part\n#typed(data.text)\n#facts((([Name], data.text),))\n#listing((1fr, 1fr), ([A], [B]), data.rows)\n"
)


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "paper.typ"
    path.write_text(BODY)
    return path


def printed(template: Path, text: str = "A calm talk.", rows: int = 1, **given: Any) -> bytes:
    wanted = {"title": "Case summary", "language": "en", **given}
    return render(
        template, {"text": text, "rows": [[f"row {number}", "x"] for number in range(rows)]}, **wanted
    )


def words(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_a_paper_is_tagged_and_says_its_language_and_title(template: Path) -> None:
    with pikepdf.open(io.BytesIO(printed(template, language="es"))) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in pdf.Root
        assert str(pdf.Root.Lang).lower().startswith("es")
        assert str(pdf.docinfo["/Title"]) == "Case summary"


def test_each_page_has_its_number_and_who_printed_it(template: Path) -> None:
    pdf = printed(template, rows=120, footer="Printed by Tess Lee", watermark="Tess Lee, Nov 27")
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    assert len(pages) > 2
    for number, text in enumerate(pages, start=1):
        assert f"{number} / {len(pages)}" in text
        assert "Printed by Tess Lee" in text
        assert "Tess Lee, Nov 27" in text


def test_typed_text_is_drawn_and_never_run(template: Path) -> None:
    hostile = '#read("/etc/passwd") $x$ *b* @ref <label> \\ #panic() ] } ) "'
    assert hostile in words(printed(template, hostile)).replace("\n", " ")


def test_a_sign_that_no_font_has_leaves_a_mark_and_a_sentence(template: Path) -> None:
    text = words(printed(template, "He wrote \U0001f52b and \u0634\u0644\u0648\u0645."))
    assert "[pistol]" in text
    assert "[?]" in text
    assert "could not be printed" in text
    assert "could not be printed" not in words(printed(template, "Ángel dijo: “¿Qué?” — sí…"))


def test_empty_text_control_signs_and_a_very_long_word_make_a_paper_too(template: Path) -> None:
    for text in ("", "\x00\x07\u202e", "a" * 20_000, "\n" * 50):
        assert printed(template, text).startswith(b"%PDF")


def test_a_faulty_template_is_one_named_fault_without_the_text(tmp_path: Path) -> None:
    path = tmp_path / "faulty.typ"
    path.write_text("#panic(data.text)")
    with pytest.raises(CannotRender) as caught:
        printed(path, "MARKER-7")
    assert "MARKER-7" not in str(caught.value)
    assert caught.value.__context__ is None


def test_a_template_reads_no_file_outside_of_the_layout(tmp_path: Path) -> None:
    path = tmp_path / "curious.typ"
    path.write_text('#read("/../../../../../../etc/hostname")')
    with pytest.raises(CannotRender):
        printed(path)


def test_nothing_of_a_paper_is_left_on_the_disk(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    printed(template, "MARKER-8")
    assert not any(scratch.iterdir())
    assert not any(
        b"MARKER-8" in path.read_bytes()
        for path in Path(documents.__file__).parent.rglob("*")
        if path.is_file()
    )
    assert os.environ["TMPDIR"] == str(scratch)


def test_a_tall_picture_is_not_cut_off_and_does_not_hide_who_printed_it(tmp_path: Path) -> None:
    from PIL import Image

    path = tmp_path / "picture.typ"
    path.write_text('#picture(bytes(data.pictures.at("one")), "A screen of a phone")')
    shown = io.BytesIO()
    Image.new("RGB", (390, 2400), "navy").save(shown, "PNG")
    pdf = render(
        path,
        {},
        title="Copy",
        language="en",
        watermark="Tess Lee, Nov 27",
        pictures={"one": shown.getvalue()},
    )
    [page] = PdfReader(io.BytesIO(pdf)).pages
    drawn: list[Any] = []
    page.extract_text(
        visitor_operand_before=lambda operator, _given, matrix, _text: drawn.append((operator, matrix))
    )
    order = [operator for operator, _matrix in drawn]
    [(_across, _skewed, _turned, height, _left, bottom)] = [
        matrix for operator, matrix in drawn if operator == b"Do"
    ]
    assert 0 < bottom < bottom + height < page.mediabox.height
    assert b"Tj" in order[order.index(b"Do") :] or b"TJ" in order[order.index(b"Do") :], (
        "the mark lies above the picture"
    )
