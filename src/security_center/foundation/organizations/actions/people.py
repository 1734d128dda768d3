"""People: entering, changing, leaving, coming back."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from security_center.foundation.clock import now
from security_center.foundation.ledger import actions as ledger
from security_center.foundation.refusals import Refusal

from .. import policies, signals
from ..models import AccessSession, Organization, Person, Role, RoleAssignment, SignIn
from ..permissions import Permission
from ..readmission import has_been_in
from .invitations import end_links
from .readmission import let_wait
from .roles import assign_role, refuse_last_administrator

_CHANGEABLE = frozenset({"name", "email", "job_title", "phone", "language"})


class AddressTaken(Refusal):
    sentence = _(
        "Somebody with this e-mail address is already entered. Use their page, or give another address."
    )
    fields = ("email",)


def add_person(
    *,
    actor: Person,
    organization: Organization,
    name: str,
    email: str,
    job_title: str = "",
    phone: str = "",
    language: str = "en",
    role: Role | str = "",
) -> Person:
    """Enter a person at `organization`, with their first role there if one is given. They cannot sign in
    until they are invited.

    Raises NotAllowed, AddressTaken.
    """
    with transaction.atomic():
        policies.require(actor, Permission.PEOPLE_EDIT, organization)
        ledger.take_turn()  # before the address: an import that holds the turn may be about to enter it
        address = email.strip().lower()
        if Person.objects.filter(email__iexact=address).exists():
            raise AddressTaken
        try:
            with transaction.atomic():
                person = Person.objects.create_user(
                    email=address,
                    name=name.strip(),
                    job_title=job_title.strip(),
                    phone=phone.strip(),
                    language=_known_language(language),
                    organization=organization,
                )
        except IntegrityError as error:
            raise AddressTaken from error
        ledger.record(
            actor=actor,
            verb="person.added",
            about=person,
            organization_id=organization.pk,
        )
        if role:
            assign_role(actor=actor, person=person, organization=organization, role=role)
        return person


def change_person(*, actor: Person, person: Person, **changes: Any) -> Person:
    """Change a person's name, address, title, phone or language. Raises NotAllowed, AddressTaken."""
    unknown = set(changes) - _CHANGEABLE
    if unknown:
        raise TypeError(f"change_person cannot change {sorted(unknown)}")
    with transaction.atomic():
        policies.require_edit_person(actor, person)
        ledger.take_turn()
        if "email" in changes:
            changes["email"] = changes["email"].strip().lower()
            if Person.objects.filter(email__iexact=changes["email"]).exclude(pk=person.pk).exists():
                raise AddressTaken
        if "language" in changes:
            changes["language"] = _known_language(changes["language"])
        stored = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        changed = sorted(name for name, value in changes.items() if getattr(stored, name) != value)
        if not changed:
            return person
        before = stored.email
        for name in changed:
            setattr(person, name, changes[name])
        try:
            with transaction.atomic():
                person.save(update_fields=changed)
        except IntegrityError as error:
            raise AddressTaken from error
        if "email" in changed:
            end_links(person)  # one that was sent to the old address must not let its reader in
            signals.address_changed.send(sender=Person, person=person, actor=actor, before=before)
            if has_been_in(person):
                let_wait(actor=actor, person=person)
        ledger.record(
            actor=actor,
            verb="person.changed",
            about=person,
            organization_id=person.organization_id,
            detail={"fields": ",".join(changed)},
        )
        return person


def change_language(*, actor: Person, language: str) -> None:
    """A person chooses the language of their own pages and messages."""
    with transaction.atomic():
        actor.language = _known_language(language)
        actor.save(update_fields=["language"])
        ledger.record(actor=actor, verb="person.changed", about=actor, detail={"fields": "language"})


def leave(*, actor: Person, person: Person) -> None:
    """The person leaves: roles, access sessions, links and sign-ins end now, and their open duties are handed
    over (by the rooms above, in the same transaction: see signals.person_leaving). Raises NotAllowed,
    LastAdministrator."""
    with transaction.atomic():
        policies.require_edit_person(actor, person)
        moment = now()
        assignments = list(
            RoleAssignment.objects.select_for_update(of=("self",), no_key=True)
            .filter(person=person, ends_at__isnull=True)
            .select_related("organization")
        )
        for assignment in assignments:
            refuse_last_administrator(assignment)
        roles = [(Role(assignment.role), assignment.organization) for assignment in assignments]
        RoleAssignment.objects.filter(person=person, ends_at__isnull=True).update(ends_at=moment)
        RoleAssignment.objects.filter(person=person, ends_at__gt=moment).update(ends_at=moment)
        AccessSession.objects.filter(person=person, ended_at__isnull=True, expires_at__gt=moment).update(
            ended_at=moment
        )
        end_links(person)
        person.left_at, person.waits_since, person.waits_until = moment, None, None
        person.is_active = False
        person.set_unusable_password()
        person.save(update_fields=["left_at", "is_active", "password", "waits_since", "waits_until"])
        policies.forget(person)
        _end_sign_ins(person)
        ledger.record(
            actor=actor,
            verb="person.left",
            about=person,
            organization_id=person.organization_id,
            detail={"roles_ended": len(roles)},
        )
        signals.person_leaving.send(sender=Person, person=person, actor=actor, roles=roles, moment=moment)


def readmit(*, actor: Person, person: Person) -> None:
    """A person who had left is back. They hold no role and need a new invitation. Raises NotAllowed."""
    with transaction.atomic():
        policies.require_edit_person(actor, person)
        person.left_at = None
        person.is_active = True
        person.save(update_fields=["left_at", "is_active"])
        policies.forget(person)
        ledger.record(
            actor=actor,
            verb="person.readmitted",
            about=person,
            organization_id=person.organization_id,
        )


def reset_second_factor(*, actor: Person, person: Person) -> None:
    """Take away a lost phone or key: the person sets up a new second factor at the next sign-in. Never
    silent, and a reader reads nothing until a colleague agrees (let_wait). Not one's own, which the pages of
    one's account change after asking for it again. Raises NotAllowed."""
    from allauth.mfa.models import Authenticator

    with transaction.atomic():
        policies.require_edit_person(actor, person)
        if actor.pk == person.pk:
            raise policies.NotAllowed(f"taking away one's own second factor, person {person.pk}")
        been_in = has_been_in(person)
        removed, _by_model = Authenticator.objects.filter(user_id=person.pk).delete()
        _end_sign_ins(person)
        ledger.record(
            actor=actor,
            verb="person.second_factor_reset",
            about=person,
            organization_id=person.organization_id,
            detail={"removed": removed},
        )
        signals.second_factor_reset.send(sender=Person, person=person, actor=actor)
        if been_in:
            let_wait(actor=actor, person=person)


def end_other_sign_ins(*, actor: Person, here: str) -> None:
    """A person signs out of every browser but the one whose session is called `here`."""
    with transaction.atomic():
        ended, _by_model = SignIn.objects.filter(person=actor).exclude(pk=here).delete()
        ledger.record(actor=actor, verb="person.other_sign_ins_ended", about=actor, detail={"ended": ended})


def _end_sign_ins(person: Person) -> None:
    """Every browser in which the person is signed in must sign in again."""
    SignIn.objects.filter(person=person).delete()


def _known_language(code: str) -> str:
    return code if code in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
