"""The tree of state, districts and schools."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from security_center.foundation.actors import ledger_name
from security_center.foundation.clock import now
from security_center.foundation.ledger import actions as ledger
from security_center.foundation.refusals import Refusal
from security_center.foundation.vault import actions as vault

from .. import policies, signals
from ..identity import desk_recipient
from ..models import Organization, Person, Role, RoleAssignment
from ..permissions import Permission

_PARENT_KIND: dict[str, set[str | None]] = {
    Organization.Kind.STATE: {None},
    Organization.Kind.DISTRICT: {None, Organization.Kind.STATE},
    Organization.Kind.SCHOOL: {Organization.Kind.DISTRICT},
}
# Pages beside the forms at /report/<slug>/: a school with such an address would have no form.
_RESERVED_SLUGS = frozenset({"about", "receipt"})
_CHANGEABLE = frozenset(
    {"name", "level", "city", "time_zone", "dispatch_number", "enrollment", "external_id", "active", "slug"}
)


class WrongParent(Refusal):
    sentence = _(
        "A school belongs to a district, and a district to a state or to nothing. Choose another "
        "place for it."
    )
    fields = ("parent",)


class NameTaken(Refusal):
    sentence = _("There is already one with this name here. Give it another name.")
    fields = ("name",)


class SlugTaken(Refusal):
    sentence = _("This short address is already used. Choose another.")
    fields = ("slug",)


class UnknownTimeZone(Refusal):
    sentence = _("This time zone is not known. Choose one from the list.")
    fields = ("time_zone",)


def create_organization(
    *,
    actor: Person,
    kind: str,
    name: str,
    parent: Organization | None = None,
    slug: str = "",
    level: str = "",
    city: str = "",
    time_zone: str = "",
    dispatch_number: str = "",
    enrollment: int | None = None,
    external_id: str = "",
    announce: bool = True,
) -> Organization:
    """Add a state, district or school, and make the keys of its desk. An import announces its schools itself,
    all at once.

    Raises NotAllowed, WrongParent, NameTaken, SlugTaken, UnknownTimeZone. The very first organization may be
    created by the first administrator only, who becomes its administrator."""
    if (parent.kind if parent else None) not in _PARENT_KIND[kind]:
        raise WrongParent
    zone = _known_zone(time_zone or (parent.time_zone if parent else "") or "America/New_York")
    with transaction.atomic():
        first = _require_may_create(actor, parent)
        _refuse_taken_name(name, parent, None)
        organization = Organization(
            kind=kind,
            parent=parent,
            name=name.strip(),
            slug=_free_slug(slug, name),
            level=level,
            city=city.strip(),
            time_zone=zone,
            dispatch_number=dispatch_number.strip() or (parent.dispatch_number if parent else ""),
            enrollment=enrollment,
            external_id=external_id.strip(),
            created_at=now(),
        )
        try:
            with transaction.atomic():
                organization.save(force_insert=True)
        except IntegrityError as error:  # somebody else took the name or the short address in the same moment
            raise NameTaken from error
        vault.create_recipient(actor=ledger_name(actor), name=desk_recipient(organization))
        ledger.record(
            actor=actor,
            verb="organization.created",
            about=f"organization:{organization.pk}",
            organization_id=organization.pk,
            detail={"kind": str(kind), "parent": parent.pk if parent else None},
        )
        if first:
            _make_first_administrator(actor, organization)
        if announce:
            signals.organizations_added.send(sender=Organization, organizations=[organization], actor=actor)
        return organization


def change_organization(*, actor: Person, organization: Organization, **changes: Any) -> Organization:
    """Change what is known about an organization (its kind and place in the tree stay). Raises NotAllowed,
    NameTaken, SlugTaken, UnknownTimeZone."""
    unknown = set(changes) - _CHANGEABLE
    if unknown:
        raise TypeError(f"change_organization cannot change {sorted(unknown)}")
    with transaction.atomic():
        policies.require(actor, Permission.ORGANIZATION_EDIT, organization)
        stored = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
        changed = sorted(name for name, value in changes.items() if getattr(stored, name) != value)
        if not changed:
            return organization
        if "name" in changed:
            _refuse_taken_name(changes["name"], stored.parent, stored)
        if "slug" in changed and (
            changes["slug"] in _RESERVED_SLUGS
            or Organization.objects.filter(slug=changes["slug"]).exclude(pk=stored.pk).exists()
        ):
            raise SlugTaken
        if "time_zone" in changed:
            _known_zone(changes["time_zone"])
        for name in changed:
            setattr(organization, name, changes[name])
        try:
            with transaction.atomic():
                organization.save(update_fields=changed)
        except IntegrityError as error:
            raise NameTaken from error
        ledger.record(
            actor=actor,
            verb="organization.changed",
            about=f"organization:{organization.pk}",
            organization_id=organization.pk,
            detail={"fields": ",".join(changed)},
        )
        signals.organization_changed.send(
            sender=Organization, organization=organization, actor=actor, changed=changed
        )
        return organization


def _require_may_create(actor: Person, parent: Organization | None) -> bool:
    """True when this is the first organization of all."""
    if parent is not None:
        policies.require(actor, Permission.ORGANIZATION_EDIT, parent)
        return False
    # Locked, so that two first administrators' clicks cannot raise two trees.
    first_administrator = (
        Person.objects.select_for_update(no_key=True)
        .filter(pk=actor.pk, is_first_administrator=True, is_active=True)
        .exists()
    )
    if not first_administrator or Organization.objects.exists():
        raise policies.NotAllowed("only the first administrator creates the first organization")
    return True


def _make_first_administrator(person: Person, organization: Organization) -> None:
    assignment = RoleAssignment.objects.create(
        person=person, organization=organization, role=Role.ADMINISTRATOR, starts_at=now()
    )
    person.organization = organization
    person.save(update_fields=["organization"])
    policies.forget(person)
    ledger.record(
        actor=person,
        verb="role.given",
        about=person,
        organization_id=organization.pk,
        detail={"role": Role.ADMINISTRATOR.value, "assignment": assignment.pk},
    )


def _refuse_taken_name(name: str, parent: Organization | None, except_for: Organization | None) -> None:
    same = Organization.objects.filter(parent=parent, name__iexact=name.strip())
    if except_for is not None:
        same = same.exclude(pk=except_for.pk)
    if same.exists():
        raise NameTaken


def _free_slug(wanted: str, name: str) -> str:
    """The short address of a public page: the wanted one, or one made from the name. It stays when the name
    changes: posters carry it."""
    if wanted:
        if wanted in _RESERVED_SLUGS or Organization.objects.filter(slug=wanted).exists():
            raise SlugTaken
        return wanted
    base = slugify(name)[:70].strip("-") or "school"
    taken = {
        *_RESERVED_SLUGS,
        *Organization.objects.filter(slug__startswith=base).values_list("slug", flat=True),
    }
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug


def _known_zone(name: str) -> str:
    if name not in zoneinfo.available_timezones():
        raise UnknownTimeZone
    return name
