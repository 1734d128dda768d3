"""Who holds which role where, and who directs whose work."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from security_center.foundation.actors import ledger_name
from security_center.foundation.clock import now
from security_center.foundation.ledger import actions as ledger
from security_center.foundation.refusals import Refusal

from .. import policies, queries, readmission, signals
from ..models import AccessSession, Organization, Person, Role, RoleAssignment, Supervision
from ..permissions import READING_ROLES, ROLE_PERMISSIONS, Permission
from .readmission import wait


class AlreadyHolds(Refusal):
    sentence = _("They already hold this role there.")
    fields = ("role",)


class NotForYourself(Refusal):
    sentence = _(
        "You cannot give yourself a role that reads reports while there is another administrator: "
        "ask them to give it to you."
    )
    fields = ("role",)


class LastAdministrator(Refusal):
    sentence = _("This is the last administrator here. Give somebody else the administrator role first.")


class SupervisionCircle(Refusal):
    sentence = _(
        "This person already works under the other, directly or through others. Nobody can direct "
        "the work of their own superior."
    )
    fields = ("supervisor",)


def assign_role(
    *, actor: Person, person: Person, organization: Organization, role: Role | str
) -> RoleAssignment:
    """Give `person` the `role` at `organization`, from now on. Raises NotAllowed, AlreadyHolds,
    NotForYourself.

    The actor must hold people:edit where the role is given and over the person, so nobody gives more than
    they look after. An administrator has no standing access to content: giving a reading role to oneself
    takes a second administrator where there is one. Whoever comes back to reading with a sign-in that is not
    the one of then waits for a colleague."""
    role = Role(role)
    with transaction.atomic():
        policies.require(actor, Permission.PEOPLE_EDIT, organization)
        policies.require_edit_person(actor, person)
        ledger.take_turn()
        if not person.is_active:
            raise policies.NotAllowed(f"person {person.pk} has left")
        if for_oneself(actor=actor, person=person, organization=organization, role=role):
            raise NotForYourself
        if RoleAssignment.objects.filter(
            person=person, organization=organization, role=role, ends_at__isnull=True
        ).exists():
            raise AlreadyHolds
        for fault in refused([(person, organization, role)]).values():
            raise fault
        try:
            with transaction.atomic():
                assignment = RoleAssignment.objects.create(
                    person=person, organization=organization, role=role.value, starts_at=now()
                )
        except IntegrityError as error:
            raise AlreadyHolds from error
        policies.forget(person)
        ledger.record_all([role_given(actor=actor, assignment=assignment)])
        tell_of_readers(actor=actor, assignments=[assignment])
        return assignment


# The parts of `assign_role`, for an import that gives many roles at once.


def for_oneself(*, actor: Person, person: Person, organization: Organization, role: Role) -> bool:
    return (
        person.pk == actor.pk
        and Permission.REPORT_READ in ROLE_PERMISSIONS[role]
        and bool(_other_administrators(organization, actor))
    )


def refused(asked: list[tuple[Person, Organization, Role]]) -> dict[int, Refusal]:
    """Which of these the rooms above refuse, by position."""
    reading = {position: one for position, one in enumerate(asked) if one[2] in READING_ROLES}
    positions, found = list(reading), dict[int, Refusal]()
    if reading:
        for _receiver, answer in signals.reading_roles_asked.send(
            sender=RoleAssignment, asked=list(reading.values())
        ):
            if isinstance(answer, dict):
                found |= {positions[position]: fault for position, fault in answer.items()}
    return found


def role_given(*, actor: Person, assignment: RoleAssignment) -> ledger.Fact:
    return ledger.Fact(
        ledger_name(actor),
        "role.given",
        f"person:{assignment.person_id}",
        assignment.organization_id,
        {"role": assignment.role, "assignment": assignment.pk, "to_self": assignment.person_id == actor.pk},
    )


def tell_of_readers(*, actor: Person, assignments: list[RoleAssignment]) -> None:
    if reading := [one for one in assignments if one.role in READING_ROLES]:
        signals.reading_roles_given.send(sender=RoleAssignment, assignments=reading, actor=actor)
        for person in readmission.back_with_another_sign_in(reading):
            wait(actor=actor, person=person)


def end_role(*, actor: Person, assignment: RoleAssignment) -> None:
    """End a role now. Raises NotAllowed, LastAdministrator."""
    with transaction.atomic():
        policies.require(actor, Permission.PEOPLE_EDIT, assignment.organization)
        stored = (
            RoleAssignment.objects.select_for_update(of=("self",), no_key=True)
            .select_related("person", "organization")
            .get(pk=assignment.pk)
        )
        moment = now()
        if stored.ends_at is not None and stored.ends_at <= moment:
            return
        refuse_last_administrator(stored)
        assignment.ends_at = moment
        assignment.save(update_fields=["ends_at"])
        if stored.role == Role.ADMINISTRATOR:
            below = Organization.objects.filter(pk=stored.organization_id) | Organization.objects.filter(
                parent=stored.organization_id
            )
            AccessSession.objects.filter(
                person=stored.person, organization__in=below, ended_at__isnull=True, expires_at__gt=moment
            ).update(ended_at=moment)
        policies.forget(stored.person)
        policies.forget(assignment.person)
        ledger.record(
            actor=actor,
            verb="role.ended",
            about=f"person:{stored.person_id}",
            organization_id=stored.organization_id,
            detail={"role": stored.role, "assignment": stored.pk},
        )
        signals.role_ended.send(sender=RoleAssignment, assignment=assignment, actor=actor)


def refuse_last_administrator(assignment: RoleAssignment) -> None:
    """A tree without an administrator could never be mended from its pages."""
    if assignment.role == Role.ADMINISTRATOR and not _other_administrators(
        assignment.organization, assignment.person
    ):
        raise LastAdministrator


def _other_administrators(organization: Organization, person: Person) -> list[Person]:
    administrators = queries.people_with_role(organization, Role.ADMINISTRATOR, include_above=True)
    return [other for other in administrators if other.pk != person.pk]


def set_supervision(*, actor: Person, supervisor: Person, supervised: Person) -> Supervision:
    """Record that `supervisor` directs the work of `supervised` (a report about the one must not rest with
    the other).

    The actor looks after `supervised`; `supervisor` is somebody of the same place or one above it, who may
    stand above the actor. Raises NotAllowed, SupervisionCircle."""
    with transaction.atomic():
        policies.require_edit_person(actor, supervised)
        if supervisor.pk == supervised.pk or queries.supervises(supervised, supervisor):
            raise SupervisionCircle
        if not queries.possible_supervisors(supervised).filter(pk=supervisor.pk).exists():
            raise policies.NotAllowed(f"person {supervisor.pk} stands in no place of person {supervised.pk}")
        supervision, created = Supervision.objects.get_or_create(supervisor=supervisor, supervised=supervised)
        if created:
            ledger.record(
                actor=actor,
                verb="supervision.set",
                about=supervised,
                organization_id=supervised.organization_id,
                detail={"supervisor": supervisor.pk},
            )
        return supervision


def remove_supervision(*, actor: Person, supervisor: Person, supervised: Person) -> None:
    """`supervisor` no longer directs the work of `supervised`. Raises NotAllowed."""
    with transaction.atomic():
        policies.require_edit_person(actor, supervised)
        removed, _by_model = Supervision.objects.filter(supervisor=supervisor, supervised=supervised).delete()
        if removed:
            ledger.record(
                actor=actor,
                verb="supervision.removed",
                about=supervised,
                organization_id=supervised.organization_id,
                detail={"supervisor": supervisor.pk},
            )
