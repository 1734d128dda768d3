"""Uploads, sealed while they stream in. Nothing of a file reaches the disk in the clear, and no fault of a
file refuses the rest of the form.

`plain_digest`, `first_bytes`, `name` and `content_type` come from the reporter: keep them only sealed.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from security_center.foundation.vault import files

LARGEST = 100 * 1024 * 1024
MOST_FILES = 10
FIRST_BYTES = 4096
# Behind so many the rest of the form is thrown away unread: a body of nothing but files would cost minutes
_MOST_LOOKED_AT = 1000
# Refused files beyond this many are not even listed, so that a form of a million tiny files takes no memory
_MOST_NAMED = 50

FAULTS = ("", "too_large", "no_space", "broken", "empty", "too_many")


class SealedUpload(UploadedFile):  # type: ignore[type-arg]  # Django's class takes no argument at run time
    """A file of a form. With a `fault` nothing of it was kept; the page says so beside the field and the text
    is taken all the same."""

    def __init__(
        self,
        *,
        name: str,
        content_type: str,
        size: int,
        fault: str,
        writer: files.FileWriter | None,
        first_bytes: bytes,
        digest: bytes,
    ) -> None:
        super().__init__(file=None, name=name, content_type=content_type, size=size)
        self.fault = fault
        self.first_bytes = first_bytes
        self.plain_digest = digest
        self.file_id: uuid.UUID = writer.file_id if writer is not None else uuid.UUID(int=0)
        self.file_key: bytes = writer.file_key if writer is not None else b""

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """The plain bytes, opened as they are read; nothing for a file with a fault."""
        return iter(()) if self.fault else files.read(self.file_id, self.file_key)

    def multiple_chunks(self, chunk_size: int | None = None) -> bool:
        return True

    def discard(self) -> None:
        """Remove the sealed file of a form that was not taken. What is forgotten is swept after a day."""
        if not self.fault:
            files.delete(self.file_id)

    def close(self) -> None:
        """Nothing is open: the sealed file stays until `discard` or the sweep."""


class SealingUploadHandler(FileUploadHandler):
    """Django's upload handler for every form (the only one in settings). One instance serves one request."""

    chunk_size = files.SEGMENT

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._count = 0
        self._body: Any = None
        self._writer: files.FileWriter | None = None

    def handle_raw_input(self, input_data: Any, *args: Any, **kwargs: Any) -> None:
        self._body = input_data

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._count += 1
        if self._count > _MOST_LOOKED_AT:
            while self._body is not None and self._body.read(self.chunk_size):
                pass  # in large pieces: Django would read the rest line by line
            raise StopUpload(connection_reset=True)
        self._fault = ""
        self._size = 0
        self._first = b""
        self._digest = hashlib.sha256()
        self._writer = None
        if self._count > MOST_FILES:
            self._fault = "too_many"
        elif self.content_length is not None and self.content_length > LARGEST:
            self._fault = "too_large"
        else:
            self._attempt(self._begin)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._size += len(raw_data)
        if self._fault or self._writer is None:
            return
        if self._size > LARGEST:
            self._fail("too_large")
            return
        if len(self._first) < FIRST_BYTES:
            self._first += bytes(raw_data[: FIRST_BYTES - len(self._first)])
        self._digest.update(raw_data)
        writer = self._writer
        self._attempt(lambda: writer.write(raw_data))

    def file_complete(self, file_size: int) -> SealedUpload | None:
        if self._count > _MOST_NAMED:
            return None
        if not self._fault and self._size == 0:
            self._fail("empty")
        if self._writer is not None:
            self._attempt(self._writer.finish)
        upload = SealedUpload(
            name=(self.file_name or "")[-255:],
            content_type=(self.content_type or "")[:100],
            size=self._size,
            fault=self._fault,
            writer=self._writer,
            first_bytes=b"" if self._fault else self._first,
            digest=b"" if self._fault else self._digest.digest(),
        )
        self._writer = None
        return upload

    def upload_interrupted(self) -> None:
        """The body ended within this file."""
        if self._writer is not None:
            self._writer.abandon()
            self._writer = None

    def _begin(self) -> None:
        self._writer = files.FileWriter()

    def _attempt(self, step: Any) -> None:
        try:
            step()
        except files.NoSpace:
            self._fail("no_space")
        except OSError:
            self._fail("broken")

    def _fail(self, fault: str) -> None:
        self._fault = fault
        if self._writer is not None:
            self._writer.abandon()
            self._writer = None
