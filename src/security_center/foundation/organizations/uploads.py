"""The rows of an uploaded CSV file as text. The file itself is not kept."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from security_center.foundation.vault import files as vault_files

LARGEST = 1024 * 1024


def rows_text(upload: Any, typed: str, *, largest: int = LARGEST) -> tuple[str, str]:
    """(text, fault): the content of the file if one was sent, else what was typed. The fault is a sentence
    that says what to do, or ""."""
    if upload is None:
        return typed, ""
    fault = getattr(upload, "fault", "")
    if fault == "empty":
        return typed, _("The file is empty. Save the sheet as CSV again.")
    if fault:
        return typed, _("The file did not arrive whole. Send it again, or paste the rows.")
    try:
        if upload.size > largest:
            return typed, _("The file is larger than %(megabytes)s MB. Check that it is the right one.") % {
                "megabytes": largest // LARGEST
            }
        content = b"".join(vault_files.read(upload.file_id, upload.file_key))
    finally:
        vault_files.delete(upload.file_id)
    if content.startswith(b"PK\x03\x04"):
        return typed, _("This is a spreadsheet file. Save it as CSV, or copy its cells and paste them.")
    try:
        return content.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        # What older spreadsheets write on Windows. Every byte has a meaning there, so this never fails.
        return content.decode("cp1252", errors="replace"), ""
