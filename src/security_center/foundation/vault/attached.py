"""A file that came from outside: the sealed original, and a clean copy. Each room that takes files in has a
table of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.db import models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from security_center.foundation import model_fields
from security_center.foundation.cleaning import Outcome, clean_stream, identify
from security_center.foundation.refusals import Refusal
from security_center.foundation.vault import files
from security_center.foundation.vault.columns import seal_file, unseal, unseal_file
from security_center.foundation.vault.fields import SealedTextField
from security_center.foundation.vault.records import OpenRecord


class FileNotThere(Refusal):
    """The file's state does not allow this."""

    sentence = _("This file is not in a state that allows it. Look at the page again.")


class FileIsolated(Refusal):
    """The file is kept for law enforcement: no preview, no copy."""

    sentence = _("This file is kept for law enforcement. Nobody may open or copy it here.")


class AttachedFile(models.Model):
    class State(models.TextChoices):
        SEALED = "sealed", _("Sealed, not looked at")
        CLEANING = "cleaning", _("Being cleaned")
        CLEANED = "cleaned", _("Clean copy ready")
        NOT_CLEANABLE = "not_cleanable", _("Cannot be cleaned")
        ISOLATED = "isolated", _("Isolated for law enforcement")
        FAULT = "fault", _("Did not arrive")
        SHREDDED = "shredded", _("Destroyed")

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        State.SEALED: frozenset({State.CLEANING, State.ISOLATED, State.SHREDDED}),
        State.CLEANING: frozenset(
            {State.CLEANED, State.NOT_CLEANABLE, State.SEALED, State.ISOLATED, State.SHREDDED}
        ),
        State.CLEANED: frozenset({State.ISOLATED, State.SHREDDED}),
        State.NOT_CLEANABLE: frozenset({State.CLEANING, State.ISOLATED, State.SHREDDED}),
        State.ISOLATED: frozenset({State.SHREDDED}),
        State.FAULT: frozenset({State.SHREDDED}),
        State.SHREDDED: frozenset(),
    }

    KEYS: ClassVar = frozenset({"file_seal", "cleaned_seal"})  # sealed columns that hold a key and no text

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    state = models.CharField(max_length=14, choices=State.choices, default=State.SEALED)
    reason = models.CharField(max_length=40, blank=True)  # why it cannot be cleaned
    size = models.PositiveBigIntegerField(default=0)
    media_type = models.CharField(max_length=80, blank=True)  # by content, never by what the sender claimed
    file_id = models.UUIDField(null=True, unique=True)
    file_seal = SealedTextField(".file_seal", null=True)  # the file's own key, sealed under the record's
    name = SealedTextField(".name", null=True)
    cleaned_file_id = models.UUIDField(null=True, unique=True)
    cleaned_seal = SealedTextField(".cleaned_seal", null=True)
    cleaned_size = models.PositiveBigIntegerField(default=0)
    cleaned_media_type = models.CharField(max_length=80, blank=True)
    isolated_by = model_fields.person(null=True)

    class Meta:
        abstract = True

    @property
    def is_picture(self) -> bool:
        return self.cleaned_media_type.startswith("image/")

    @property
    def is_film(self) -> bool:
        return self.cleaned_media_type.startswith("video/")

    @property
    def is_sound(self) -> bool:
        return self.cleaned_media_type.startswith("audio/")

    @property
    def why(self) -> str | Promise:
        """Why there is no clean copy, in a sentence; "" where nothing is known."""
        from security_center.foundation.cleaning.reasons import sentence

        return sentence(self.reason) if self.reason else ""

    @property
    def stored(self) -> list[UUID]:
        """The sealed files that this row names."""
        return [file_id for file_id in (self.file_id, self.cleaned_file_id) if file_id is not None]

    def move(self, to: str) -> None:
        """Raises FileNotThere."""
        if to not in self.TRANSITIONS[self.state]:
            raise FileNotThere
        self.state = to

    def isolate(self, by: Any) -> None:
        """A sexual image of a minor, or what may be one: the clean copy goes, the sealed original stays for
        law enforcement. Called inside a transaction; the caller saves and holds the record."""
        self.move(self.State.ISOLATED)
        remove_later([self.cleaned_file_id] if self.cleaned_file_id else [])
        self.cleaned_file_id, self.cleaned_seal, self.cleaned_size, self.isolated_by = None, None, 0, by

    def key_of(self, opened: OpenRecord, *, original: bool) -> tuple[UUID, bytes]:
        """The file's id and key, of the original or of the clean copy. Raises FileIsolated, FileNotThere."""
        if self.state == self.State.ISOLATED:
            raise FileIsolated
        file_id = self.file_id if original else self.cleaned_file_id
        if file_id is None or self.state == self.State.SHREDDED:
            raise FileNotThere
        return file_id, unseal_file(opened, self, "file_seal" if original else "cleaned_seal")


def clean_copy(row: AttachedFile, opened: OpenRecord) -> dict[str, Any]:
    """Decode and clean in a limited process; the values of the columns that say what came of it. Plain bytes
    never touch the disk.

    Takes long, so it runs outside of a transaction: `finish` writes the outcome.
    """
    state = AttachedFile.State
    file_id, key = row.key_of(opened, original=True)
    first = next(files.read(file_id, key), b"")
    kind = identify(first[:4096], unseal(opened, row, "name"), "")
    if kind is None:
        return {"state": state.NOT_CLEANABLE, "reason": "unknown_type"}
    cleaning = clean_stream(files.read(file_id, key), kind)
    copy_id, copy_key, size = files.write(cleaning)
    result = cleaning.result
    if result.outcome is not Outcome.CLEANED:
        files.delete(copy_id)
        return {"state": state.NOT_CLEANABLE, "reason": result.reason or "", "media_type": kind.media_type}
    seal_file(opened, row, "cleaned_seal", copy_key)
    return {
        "state": state.CLEANED,
        "media_type": kind.media_type,
        "cleaned_file_id": copy_id,
        "cleaned_seal": row.cleaned_seal,
        "cleaned_size": size,
        "cleaned_media_type": result.media_type,
    }


def finish(fresh: AttachedFile, values: dict[str, Any]) -> bool:
    """Write the outcome on the locked row; False where somebody isolated the file meanwhile: then the copy
    goes at once."""
    copy = values.get("cleaned_file_id")
    if fresh.state != fresh.State.CLEANING:
        remove_later([copy] if copy is not None else [])
        return False
    for name, value in values.items():
        setattr(fresh, name, value)
    fresh.save()
    return True


def remove_later(file_ids: list[UUID]) -> None:
    """Once the rows that no longer name them have committed."""
    if file_ids:
        transaction.on_commit(lambda: [files.delete(file_id) for file_id in file_ids])


def named_in(model: type[AttachedFile]) -> Callable[[set[UUID]], set[UUID]]:
    """For `files.named_by`: those of some ids that a row of this table names. The rest are orphans of forms
    that never ended."""

    def known(file_ids: set[UUID]) -> set[UUID]:
        from django_scopes import scopes_disabled

        with scopes_disabled():  # ids only, of all tenants; nothing is opened
            rows = model._default_manager.filter(
                models.Q(file_id__in=file_ids) | models.Q(cleaned_file_id__in=file_ids)
            )
            return {
                value
                for pair in rows.values_list("file_id", "cleaned_file_id")
                for value in pair
                if value is not None
            }

    return known
