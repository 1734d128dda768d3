"""Files that come with a form."""

from __future__ import annotations

from typing import Any

from django import forms

from security_center.foundation.vault.uploads import SealedUpload


class SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Every file that came, those with a fault included: a fault is told after the words have arrived."""

    widget = SeveralFiles

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)

    def clean(self, data: Any, initial: Any = None) -> Any:
        return [upload for upload in data or [] if isinstance(upload, SealedUpload)]


def uploads_of(form: forms.BaseForm, name: str) -> list[SealedUpload]:
    """Every file that came under this name, those with a fault included."""
    files = form.files
    given = files.getlist(name) if hasattr(files, "getlist") else files.get(name, [])
    return [upload for upload in given if isinstance(upload, SealedUpload)]
