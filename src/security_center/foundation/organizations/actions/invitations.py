"""One-time links. Only the digest of a token is kept, so a stolen database lets nobody in."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from security_center.foundation.clock import now
from security_center.foundation.ledger import actions as ledger
from security_center.foundation.refusals import Refusal

from .. import policies, readmission
from ..models import Invitation, Organization, Person
from .readmission import let_wait

DAYS = 7
AHEAD = timedelta(minutes=1)  # two machines' clocks differ by so much
FIRST_ADDRESS = "admin@localhost"


class InvitationUnknown(Refusal):
    sentence = _(
        "This link is not one of ours, or a part of it is missing. Open it again from the message, "
        "or ask your administrator for a new one."
    )


class InvitationUsed(Refusal):
    sentence = _("This link was already used. If that was you, sign in. If not, tell your administrator now.")


class InvitationExpired(Refusal):
    sentence = _("This link is too old, or a newer one was made. Ask your administrator for a new one.")


class PersonHasLeft(Refusal):
    sentence = _("This person has left. Readmit them before you invite them.")


def invite(*, actor: Person, person: Person) -> str:
    """Make a one-time link (7 days) with which `person` sets a password; older links stop working. Returns
    its path, which is shown once and kept nowhere. Raises NotAllowed, PersonHasLeft. A second factor that the
    person has stays in force."""
    with transaction.atomic():
        policies.require_edit_person(actor, person)
        if not person.is_active:
            raise PersonHasLeft
        if readmission.has_been_in(person):
            let_wait(actor=actor, person=person)
        return _new_link(person, actor)


def open_invitation(token: str) -> Invitation:
    """The invitation that `token` opens. Raises InvitationUnknown, InvitationUsed, InvitationExpired. Changes
    nothing."""
    invitation = Invitation.objects.select_related("person").filter(token_digest=_digest(token)).first()
    if invitation is None:
        raise InvitationUnknown
    if invitation.used_at is not None:
        raise InvitationUsed
    moment = now()
    # Made by a clock that was ahead, it would be open for as long: it fails closed.
    if not invitation.created_at - AHEAD <= moment < invitation.expires_at or not invitation.person.is_active:
        raise InvitationExpired
    return invitation


def accept_invitation(*, token: str, password: str, actor: Person | None = None) -> Person:
    """Set the password of the invited person and use the link up. Raises InvitationUnknown, InvitationUsed,
    InvitationExpired.

    `actor` is the invited person themself: whoever holds the token acts as them, so it is not asked for.
    """
    with transaction.atomic():
        invitation = open_invitation(token)
        # One statement decides who was first: of two clicks at once, one changes a row and the other none.
        if Invitation.objects.filter(pk=invitation.pk, used_at__isnull=True).update(used_at=now()) != 1:
            raise InvitationUsed
        person = invitation.person
        person.set_password(password)
        person.save(update_fields=["password"])
        ledger.record(
            actor=actor or person,
            verb="invitation.accepted",
            about=person,
            organization_id=person.organization_id,
            detail={"invitation": invitation.pk},
        )
        return person


def use_reset_link(*, actor: Person, password: str) -> None:
    """Set the password of a person who holds a link for it. `actor` is as they were when the link was looked
    at: a link is good for one password, and of two who use it at once the second finds another one there.
    Raises InvitationUsed."""
    found = actor.password
    actor.set_password(password)
    if (
        Person.objects.filter(pk=actor.pk, password=found, is_active=True).update(password=actor.password)
        != 1
    ):
        raise InvitationUsed


def end_links(person: Person) -> None:
    """No invitation that lies about sets a password any more. Called where the person left, or their address
    or password has changed."""
    moment = now()
    Invitation.objects.filter(person=person, used_at__isnull=True, expires_at__gt=moment).update(
        expires_at=moment
    )


def first_administrator_link(*, actor: Person | None = None, email: str = "") -> str:
    """The path with which the first administrator begins, or "" when it is not needed any more.

    Creates that person when there is none at all; makes a new link while theirs was never used and no
    organization exists."""
    with transaction.atomic():
        person = Person.objects.select_for_update(no_key=True).order_by("pk").first()
        if person is None:
            person = Person.objects.create_user(
                email=email or FIRST_ADDRESS, name=str(_("First administrator")), is_first_administrator=True
            )
            ledger.record(
                actor=actor, verb="person.added", about=person, detail={"first_administrator": True}
            )
            return _new_link(person, actor)
        if Organization.objects.exists() or not person.is_first_administrator or person.has_usable_password():
            return ""
        return _new_link(person, actor)


def _new_link(person: Person, actor: Person | None) -> str:
    moment = now()
    end_links(person)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        person=person,
        token_digest=_digest(token),
        created_at=moment,
        expires_at=moment + timedelta(days=DAYS),
        created_by=actor,
    )
    ledger.record(
        actor=actor,
        verb="invitation.made",
        about=person,
        organization_id=person.organization_id,
        detail={"invitation": invitation.pk},
    )
    # Written out, not reversed: commands of the manage program print it too, and a test holds it to the URL
    # table.
    return f"/invitation/{token}/"


def _digest(token: str) -> bytes:
    # The token has 256 random bits, so a plain hash suffices: there is nothing to guess.
    return hashlib.sha256(token.encode()).digest()
