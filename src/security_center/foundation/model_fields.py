"""Columns that many tables have."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Literal, overload

from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    from django.db.models.expressions import Combinable

    from security_center.foundation.organizations.models import Organization, Person


def own_uuid() -> models.UUIDField[uuid.UUID | str, uuid.UUID]:
    """By what a row is named outside of its table."""
    return models.UUIDField(default=uuid.uuid4, unique=True, editable=False)


@overload
def person(
    *, null: Literal[True], **options: Any
) -> models.ForeignKey[Person | Combinable | None, Person | None]: ...
@overload
def person(**options: Any) -> models.ForeignKey[Person | Combinable, Person]: ...
def person(**options: Any) -> models.ForeignKey[Any, Any]:
    """Somebody who signs in, and who stays as long as a row names them."""
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", **options)


@overload
def organization(
    *, null: Literal[True], **options: Any
) -> models.ForeignKey[Organization | Combinable | None, Organization | None]: ...
@overload
def organization(**options: Any) -> models.ForeignKey[Organization | Combinable, Organization]: ...
def organization(**options: Any) -> models.ForeignKey[Any, Any]:
    """A school, a district or a state, which stays as long as a row names it."""
    return models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", **options
    )
