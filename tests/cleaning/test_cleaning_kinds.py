import pytest

from security_center.foundation.cleaning import identify
from security_center.foundation.cleaning.reasons import SENTENCES, sentence
from security_center.foundation.cleaning.results import Code

OFFICE = b"PK\x03\x04\x14\x00\x00\x00\x08\x00" + b"\x00" * 16


def entry(name: bytes) -> bytes:
    return OFFICE + len(name).to_bytes(2, "little") + b"\x00\x00" + name


@pytest.mark.parametrize(
    ("start", "code"),
    [
        (b"\xff\xd8\xff\xe0", "jpeg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"GIF89a", "gif"),
        (b"RIFF\x00\x00\x00\x00WEBP", "webp"),
        (b"RIFF\x00\x00\x00\x00WAVE", "wav"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "heic"),
        (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00isommp42", "mp4"),
        (b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  ", "mov"),
        (b"\x00\x00\x00\x18ftypM4A \x00\x00\x00\x00M4A mp42", "m4a"),
        (b"\x1aE\xdf\xa3\x01\x00\x00\x00\x42\x82\x84webm", "webm"),
        (b"OggS\x00\x02", "ogg"),
        (b"ID3\x04\x00", "mp3"),
        (b"\xff\xfb\x90\x64", "mp3"),
        (b"%PDF-1.7", "pdf"),
        (entry(b"[Content_Types].xml") + entry(b"word/document.xml"), "docx"),
        (entry(b"_rels/.rels") + entry(b"xl/workbook.xml"), "xlsx"),
        (entry(b"[Content_Types].xml") + entry(b"ppt/presentation.xml"), "pptx"),
        (entry(b"mimetype") + b"application/vnd.oasis.opendocument.textPK", "odt"),
        ("Él dijo: mañana".encode(), "text"),
        ("hello".encode("utf-16"), "text"),
        (b"caf\xe9 at noon, he said to all of us in the hall", "text"),
    ],
)
def test_a_kind_is_told_by_its_content_alone(start: bytes, code: str) -> None:
    found = identify(start, "holiday.exe", "application/x-msdownload")
    assert found is not None
    assert found.code == code
    assert found.differs


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"MZ\x90\x00",
        b"\x7fELF\x02",
        b"PK\x03\x04" + b"\x00" * 30,
        entry(b"mimetype") + b"application/epub+zipPK",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>",
        b"  <!DOCTYPE html><script>",
        b"{\\rtf1\\ansi",
        b"%!PS-Adobe",
        b"\x00\x00\x00\x18ftypavif",
        b"harmless at first\n%PDF-1.7",
        b"bell\x07",
    ],
)
def test_what_is_not_on_the_list_is_no_kind_whatever_it_is_called(start: bytes) -> None:
    assert identify(start, "photo.jpg", "image/jpeg") is None


@pytest.mark.parametrize(
    ("name", "declared", "differs"),
    [
        ("a.JPEG", "image/jpg", False),
        ("", "", False),
        ("IMG 1", "application/octet-stream", False),
        ("a.jpg", "application/pdf", True),
        ("a.pdf", "", True),
    ],
)
def test_a_name_or_declared_type_that_claims_another_kind_is_told(
    name: str, declared: str, differs: bool
) -> None:
    found = identify(b"\xff\xd8\xff\xe1", name, declared)
    assert found is not None
    assert found.differs is differs


def test_every_code_has_a_sentence_of_its_own() -> None:
    assert set(SENTENCES) == set(Code)
    assert len({str(words) for words in SENTENCES.values()}) == len(Code)
    assert str(sentence("encrypted")).endswith("no safe copy could be made.")
