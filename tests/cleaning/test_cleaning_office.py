import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image

from security_center.foundation.cleaning import KINDS, CleanResult, Code, Limits, Outcome

type Clean = Callable[..., tuple[bytes, CleanResult]]

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
W += 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def photo() -> bytes:
    place = Image.Exif()
    place[0x010F] = "MARKERCAMERA"
    out = BytesIO()
    Image.new("RGB", (40, 30), (1, 200, 3)).save(out, "JPEG", exif=place)
    return out.getvalue()


def relationships(*rows: tuple[str, str, str, bool]) -> str:
    entries = "".join(
        f'<Relationship Id="{number}" Type="{TYPE}{kind}" Target="{target}"'
        + (' TargetMode="External"/>' if outside else "/>")
        for number, kind, target, outside in rows
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><!-- MARKERREMARK --><Relationships '
        f'xmlns="{RELATIONSHIPS}">{entries}</Relationships>'
    )


def letter() -> dict[str, str | bytes]:
    """A Word file as Word writes it: who, when, where kept, a comment, a tracked change, a photo, a template
    and a picture from outside."""
    return {
        "[Content_Types].xml": '<?xml version="1.0"?><Types '
        'xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/><Override '
        f'PartName="/word/document.xml" ContentType="{MAIN}"/>'
        '<Override PartName="/docProps/core.xml" '
        'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>',
        "_rels/.rels": relationships(
            ("r1", "officeDocument", "word/document.xml", False),
            ("r2", "metadata/core-properties", "docProps/core.xml", False),
        ),
        "word/document.xml": f'<w:document {W}><w:body><w:p w:rsidR="00MARKERTRACE">'
        '<w:ins w:id="1" w:author="MARKERAUTHOR" w:date="2026-01-02T03:04:05Z">'
        "<w:r><w:t>He said it at lunch &amp; twice</w:t></w:r></w:ins></w:p>"
        '<w:p><w:r><w:instrText xml:space="preserve"> INCLUDEPICTURE '
        '"http://example.test/MARKERFIELD" </w:instrText></w:r>'
        "<w:r><w:instrText> PAGE </w:instrText></w:r></w:p><w:p><w:hyperlink "
        'r:id="r9"/></w:p></w:body></w:document>',
        "word/comments.xml": (
            f'<w:comments {W}><w:comment w:id="0" w:author="MARKERCOMMENTER" '
            'w:initials="MARKERMM"><w:p/></w:comment></w:comments>'
        ),
        "word/people.xml": f'<w:people {W}><w:person w:author="MARKERPEOPLE"/></w:people>',
        "word/settings.xml": f'<w:settings {W}><w:attachedTemplate r:id="r7"/><w:rsids><w:rsid '
        'w:val="MARKERRSID"/></w:rsids>'
        '<w:zoom w:percent="100"/></w:settings>',
        "word/_rels/document.xml.rels": relationships(
            ("r7", "attachedTemplate", "http://example.test/MARKERTEMPLATE.dotm", True),
            ("r9", "hyperlink", "http://example.test/MARKERLINK", True),
            ("r10", "image", "media/image1.jpg", False),
            ("r11", "customXml", "../customXml/item1.xml", False),
        ),
        "word/media/image1.jpg": photo(),
        "docProps/core.xml": "<a>MARKERCORE</a>",
        "docProps/app.xml": "<a>MARKERCOMPANY</a>",
        "docProps/thumbnail.jpeg": photo(),
        "customXml/item1.xml": "<a>MARKERCUSTOM</a>",
    }


def packed(parts: dict[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        archive.comment = b"MARKERARCHIVE"
        for name, body in parts.items():
            info = zipfile.ZipInfo(name, (2026, 1, 2, 3, 4, 6))
            info.compress_type = compression
            info.comment = b"MARKERENTRY"
            archive.writestr(info, body)
    return out.getvalue()


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert all(entry.date_time == (1980, 1, 1, 0, 0, 0) for entry in archive.infolist())
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


def test_a_letter_keeps_its_words_and_loses_who_wrote_it_and_every_way_out(clean: Clean) -> None:
    copy, result = clean(packed(letter()), "letter.docx")
    assert result.outcome is Outcome.CLEANED
    assert result.media_type == KINDS["docx"].media_type
    parts = unpacked(copy)
    assert b"MARKER" not in copy
    assert [name for name, body in parts.items() if b"MARKER" in body] == []
    assert not any(name.startswith(("docProps", "customXml")) for name in parts)
    document = parts["word/document.xml"].decode()
    assert "He said it at lunch &amp; twice" in document
    assert "<w:instrText> PAGE </w:instrText>" in document
    links = parts["word/_rels/document.xml.rels"].decode()
    assert "example.test" not in links
    assert links.count("about:blank") == 2
    assert 'Id="r10"' in links
    assert "r11" not in links
    assert b"docProps" not in parts["[Content_Types].xml"] + parts["_rels/.rels"]
    assert Image.open(BytesIO(parts["word/media/image1.jpg"])).size == (40, 30)
    assert {Code.NAMES_REMOVED, Code.LINKS_REMOVED} <= set(result.notes)


def test_a_spreadsheet_loses_its_path_its_commenters_and_formulas_that_reach_outside(clean: Clean) -> None:
    main = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    parts = {
        "[Content_Types].xml": f'<Types><Override PartName="/xl/workbook.xml" ContentType="{main}"/></Types>',
        "xl/workbook.xml": '<workbook xmlns:mc="m" xmlns:x15="x"><fileSharing '
        'userName="MARKERUSER"/><mc:AlternateContent><mc:Choice Requires="x15">'
        '<x15ac:absPath xmlns:x15ac="a" '
        'url="C:\\Users\\MARKERPATH\\"/></mc:Choice></mc:AlternateContent></workbook>',
        "xl/worksheets/sheet1.xml": '<worksheet><c r="A1"><f>WEBSERVICE("http://example.test/MARKERCALL")</f><v>7</v></c>'
        '<c r="A2"><f>SUM(B1:B2)</f></c></worksheet>',
        "xl/comments1.xml": "<comments><authors><author>MARKERAUTHOR</author></authors></comments>",
        "xl/tables/table1.xml": '<table id="1" name="T" displayName="Absences"/>',
        "xl/persons/person.xml": (
            '<personList><person displayName="MARKERPERSON" id="{1}" userId="MARKERID" '
            'providerId="AD"/></personList>'
        ),
        "xl/printerSettings/printerSettings1.bin": b"MARKERPRINTER",
    }
    copy, result = clean(packed(parts))
    assert result.media_type == KINDS["xlsx"].media_type
    found = unpacked(copy)
    assert [name for name, body in found.items() if b"MARKER" in body] == []
    assert b"<v>7</v>" in found["xl/worksheets/sheet1.xml"]
    assert b"<f>SUM(B1:B2)</f>" in found["xl/worksheets/sheet1.xml"]
    assert b'displayName="Absences"' in found["xl/tables/table1.xml"]


def test_an_open_document_keeps_its_words_and_loses_its_properties(clean: Clean) -> None:
    names = 'xmlns:office="o" xmlns:text="t" xmlns:dc="d" xmlns:xlink="x" xmlns:meta="m"'
    parts: dict[str, str | bytes] = {
        "mimetype": KINDS["odt"].media_type,
        "content.xml": f"<office:document-content {names}><office:annotation>"
        "<dc:creator>MARKERCREATOR</dc:creator><dc:date>2026-MARKER</dc:date></office:annotation>"
        '<text:p>Behind the gym</text:p><text:a xlink:href="https://example.test/MARKERLINK">x</text:a>'
        '<draw xlink:href="Pictures/1.jpg"/></office:document-content>',
        "meta.xml": "<a>MARKERMETA</a>",
        "settings.xml": "<a>MARKERPRINTER</a>",
        "Thumbnails/thumbnail.png": b"MARKERTHUMB",
        "Pictures/1.jpg": photo(),
        "META-INF/manifest.xml": '<manifest:manifest xmlns:manifest="m">'
        '<manifest:file-entry manifest:full-path="/" manifest:media-type="a"/>'
        '<manifest:file-entry manifest:full-path="meta.xml" manifest:media-type="text/xml"/>'
        '<manifest:file-entry manifest:full-path="content.xml" '
        'manifest:media-type="text/xml"/></manifest:manifest>',
    }
    copy, result = clean(packed(parts, zipfile.ZIP_STORED), "notes.odt")
    assert result.outcome is Outcome.CLEANED
    found = unpacked(copy)
    assert next(iter(found)) == "mimetype"
    assert [name for name, body in found.items() if b"MARKER" in body] == []
    assert "Behind the gym" in found["content.xml"].decode()
    assert b'"Pictures/1.jpg"' in found["content.xml"]
    assert b"meta.xml" not in found["META-INF/manifest.xml"]
    assert b"content.xml" in found["META-INF/manifest.xml"]


@pytest.mark.parametrize("name", ["word/vbaProject.bin", "word/activeX/activeX1.xml"])
def test_a_file_with_macros_has_no_copy(clean: Clean, name: str) -> None:
    _, result = clean(packed(letter() | {name: b"x"}))
    assert (result.outcome, result.reason) == (Outcome.CANNOT_CLEAN, Code.MACROS)


def test_a_file_that_cannot_be_read_inside_another_has_no_copy(clean: Clean) -> None:
    _, result = clean(packed(letter() | {"word/embeddings/oleObject1.bin": b"MZ"}))
    assert result.reason is Code.EMBEDDED_FILES


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "/etc/passwd", "word/../../up.xml", "word\\up.xml", "C:up.xml", "WORD/document.xml"],
)
def test_names_that_climb_out_or_stand_twice_are_refused(clean: Clean, name: str) -> None:
    copy, result = clean(packed(letter() | {name: "<a/>"}))
    assert (copy, result.outcome, result.reason) == (b"", Outcome.REFUSED, Code.UNSAFE_NAMES)


def test_a_zip_bomb_is_refused_by_its_ratio(clean: Clean) -> None:
    original = packed(letter() | {"word/media/image2.xml": b"<a>" + b"\x20" * 60_000_000 + b"</a>"})
    assert len(original) < 200_000
    copy, result = clean(original)
    assert (copy, result.outcome, result.reason) == (b"", Outcome.REFUSED, Code.ZIP_BOMB)


@pytest.mark.parametrize(
    "limits", [Limits(zip_entries=5), Limits(zip_total_bytes=2_000), Limits(zip_entry_bytes=500)]
)
def test_entries_and_bytes_have_limits(clean: Clean, limits: Limits) -> None:
    assert clean(packed(letter()), limits=limits)[1].reason is Code.ZIP_BOMB


def test_a_directory_that_lies_about_sizes_is_not_believed(clean: Clean) -> None:
    original = bytearray(packed(letter() | {"word/big.xml": b"<a>" + b"ab" * 400_000 + b"</a>"}))
    true_size = (800_007).to_bytes(4, "little")
    assert original.count(true_size) == 2
    _, result = clean(bytes(original.replace(true_size, (100).to_bytes(4, "little"))))
    assert result.outcome is not Outcome.CLEANED


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        ('<!DOCTYPE a [<!ENTITY x "lol">]><a>&x;</a>', Code.UNSAFE_XML),
        ('<a href="&#104;ttp://example.test"/>', Code.UNSAFE_XML),
        ("<a><![CDATA[x]]></a>", Code.NOT_SUPPORTED),
        ("<a><b></a>", Code.DAMAGED),
    ],
)
def test_xml_that_hides_or_explodes_has_no_copy(clean: Clean, xml: str, reason: Code) -> None:
    assert clean(packed(letter() | {"word/extra.xml": xml}))[1].reason is reason


def test_a_cut_archive_is_damaged(clean: Clean) -> None:
    assert clean(packed(letter())[:-300])[1].reason is Code.DAMAGED
