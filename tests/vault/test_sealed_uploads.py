"""Uploads through Django's own multipart parser, as a browser sends them."""

import hashlib
import os
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Iterator
from io import BytesIO, RawIOBase
from pathlib import Path

import pytest
from django.core.handlers.wsgi import WSGIRequest

from security_center.foundation.vault import files, uploads
from security_center.foundation.vault.uploads import SealedUpload

MARKER = b"Marker-Quetzal-4471"
BOUNDARY = "----form"


class Body(RawIOBase):
    """A request body that is made while it is read, so that the test itself holds no large file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = b""

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self._left) < size:
            piece = next(self._pieces, b"")
            if not piece:
                break
            self._left += piece
        given, self._left = (self._left, b"") if size < 0 else (self._left[:size], self._left[size:])
        return given


def part(name: str, content: bytes, filename: str | None = None) -> bytes:
    about = f'; filename="{filename}"\r\nContent-Type: image/jpeg' if filename is not None else ""
    return (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{about}\r\n\r\n'.encode()
        + content
        + b"\r\n"
    )


END = f"--{BOUNDARY}--\r\n".encode()


def request_of(body: object, length: int) -> WSGIRequest:
    return WSGIRequest(
        {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/",
            "CONTENT_TYPE": f"multipart/form-data; boundary={BOUNDARY}",
            "CONTENT_LENGTH": str(length),
            "wsgi.input": body,
        }
    )


def posted(*parts: bytes) -> WSGIRequest:
    raw = b"".join(parts) + END
    return request_of(BytesIO(raw), len(raw))


def uploaded(request: WSGIRequest) -> list[SealedUpload]:
    return request.FILES.getlist("files")


def stored(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "files").rglob("*") if path.is_file())


def test_a_photo_arrives_sealed_with_what_the_form_needs_to_know(data_folder: Path) -> None:
    photo = b"\xff\xd8\xff" + os.urandom(200_000) + MARKER
    request = posted(
        part("what_happened", b"words"), part("files", photo, "photo.jpg"), part("who", b"after")
    )
    (upload,) = uploaded(request)
    assert (request.POST["what_happened"], request.POST["who"]) == ("words", "after")
    assert (upload.name, upload.size, upload.content_type, upload.fault) == (
        "photo.jpg",
        len(photo),
        "image/jpeg",
        "",
    )
    assert upload.first_bytes == photo[:4096]
    assert upload.plain_digest == hashlib.sha256(photo).digest()
    assert b"".join(files.read(upload.file_id, upload.file_key)) == b"".join(upload.chunks()) == photo
    upload.close()
    assert [path.name for path in stored(data_folder)] == [str(upload.file_id)]
    upload.discard()
    assert stored(data_folder) == []


def test_nothing_of_a_file_reaches_the_disk_in_the_clear(
    data_folder: Path, tmp_path: Path, monkeypatch
) -> None:
    spool = tmp_path / "spool"
    spool.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(spool))
    monkeypatch.setenv("TMPDIR", str(spool))
    (upload,) = uploaded(posted(part("files", MARKER * 400_000, "photo.jpg")))
    assert upload.fault == ""
    assert list(spool.iterdir()) == []
    assert all(MARKER not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_memory_stays_constant_for_sixty_megabytes(data_folder: Path) -> None:
    piece = os.urandom(1 << 20)
    head, tail = part("files", b"", "film.mp4")[:-2], b"\r\n" + part("what_happened", b"words") + END
    size = 60 * len(piece)

    def pieces() -> Iterator[bytes]:
        yield head
        for _ in range(60):
            yield piece
        yield tail

    request = request_of(Body(pieces()), len(head) + size + len(tail))
    tracemalloc.start()
    try:
        (upload,) = uploaded(request)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (upload.size, upload.fault, request.POST["what_happened"]) == (size, "", "words")
    assert peak < 6 << 20
    assert sum(map(len, upload.chunks())) == size


def test_a_file_that_is_too_large_keeps_the_text_and_leaves_nothing(data_folder: Path, monkeypatch) -> None:
    monkeypatch.setattr(uploads, "LARGEST", 100_000)
    request = posted(
        part("files", b"x" * 100_001, "film.mp4"),
        part("files", b"y" * 100_000, "photo.jpg"),
        part("what_happened", b"words"),
    )
    large, fits = uploaded(request)
    assert (large.fault, large.size, large.file_key, list(large.chunks())) == ("too_large", 100_001, b"", [])
    assert fits.fault == ""
    assert request.POST["what_happened"] == "words"
    assert [path.name for path in stored(data_folder)] == [str(fits.file_id)]


def test_an_empty_file_is_named_and_an_unused_file_field_is_not(data_folder: Path) -> None:
    request = posted(part("files", b"", "empty.txt"), part("files", b"", ""), part("what_happened", b"words"))
    (empty,) = uploaded(request)
    assert empty.fault == "empty"
    assert request.POST["what_happened"] == "words"
    assert stored(data_folder) == []


def test_ten_files_are_taken_and_each_more_is_named_without_refusing_the_text(data_folder: Path) -> None:
    request = posted(
        *(part("files", b"x", f"{number}.jpg") for number in range(60)), part("what_happened", b"words")
    )
    seen = uploaded(request)
    assert request.POST["what_happened"] == "words"
    assert [upload.fault for upload in seen] == [""] * 10 + ["too_many"] * 40
    assert len(stored(data_folder)) == 10


def test_a_broken_folder_of_files_keeps_the_text(data_folder: Path) -> None:
    (data_folder / "files").write_text("a file where the folder should be")
    request = posted(part("files", b"x" * 200_000, "photo.jpg"), part("what_happened", b"words"))
    assert [upload.fault for upload in uploaded(request)] == ["broken"]
    assert request.POST["what_happened"] == "words"


def test_a_body_that_breaks_off_leaves_no_file(data_folder: Path) -> None:
    raw = part("what_happened", b"words") + part("files", b"x" * 500_000, "photo.jpg")[:-1000]
    request = request_of(BytesIO(raw), len(raw))
    assert uploaded(request) == []
    assert request.POST["what_happened"] == "words"
    assert stored(data_folder) == []


@pytest.mark.parametrize("limit", [4, 150_000, 3_000_000])
def test_a_file_that_the_disk_cannot_hold_never_refuses_the_text(tmp_path: Path, limit: int) -> None:
    """A real limit of the operating system, met at the first byte, in the first segments, and far into the
    file."""
    script = f"""
import resource, sys
sys.path.insert(0, "tests/vault")
from pathlib import Path
from django.conf import settings
settings.configure(SSC_DATA=Path({str(tmp_path)!r}), SSC_FILES_DIR="", SSC_PROGRAM="public", SECRET_KEY="x",
                   DATA_UPLOAD_MAX_NUMBER_FILES=None,
                   FILE_UPLOAD_HANDLERS=["security_center.foundation.vault.uploads.SealingUploadHandler"])
import test_sealed_uploads as form
request = form.posted(form.part("what_happened", b"words"), form.part("files", b"x" * 5_000_000, "film.mp4"),
                      form.part("who", b"after"))
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
print([upload.fault for upload in form.uploaded(request)], request.POST["what_happened"], request.POST["who"])
"""
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env={"PYTHONPATH": "src"}, timeout=60
    )
    assert ran.stdout.strip() == "['no_space'] words after", ran.stderr
    assert stored(tmp_path) == []
