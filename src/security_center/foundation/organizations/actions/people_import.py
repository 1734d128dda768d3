"""Many people at once, and their links."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from .. import policies, queries
from ..models import Organization, Person
from ..pasted_rows import RowFault
from ..people_rows import PersonRow, parse_people
from ..permissions import Permission
from .faults import Fault
from .invitations import invite
from .people import add_person
from .roles import assign_role
from .school_import import FaultyRows


@dataclass(frozen=True)
class Entered:
    """What an import did: people who are new, and how many roles were given in all."""

    people: list[Person]
    roles: int


def import_people(*, actor: Person, district: Organization, text: str) -> Entered:
    """Enter the people of pasted or uploaded rows (see people_rows) in `district` and its schools, with their roles: all of them, or none.

    Somebody who is entered already gets the further role. Raises NotAllowed, FaultyRows.
    """
    with transaction.atomic():
        policies.require(actor, Permission.PEOPLE_EDIT, district)
        places = [district, *queries.schools_of(district).filter(active=True)]
        parsed = parse_people(text, places)
        faults = list(parsed.faults)
        known = {person.email.lower(): person for person in Person.objects.filter(email__in=[row.email for row in parsed.rows])}
        added: list[Person] = []
        given = 0
        try:
            with transaction.atomic():
                for row in parsed.rows:
                    given += _enter(actor, row, known, added, faults)
                if faults:
                    raise FaultyRows(sorted(faults, key=lambda fault: fault.line))
        except FaultyRows:
            policies.forget(actor)
            raise
        return Entered(added, given)


def _enter(actor: Person, row: PersonRow, known: dict[str, Person], added: list[Person], faults: list[RowFault]) -> int:
    person = known.get(row.email)
    try:
        if person is None:
            person = add_person(actor=actor, organization=row.place, name=row.name, email=row.email, job_title=row.job_title)
            known[row.email] = person
            added.append(person)
        assign_role(actor=actor, person=person, organization=row.place, role=row.role)
    except policies.NotAllowed:
        faults.append(
            RowFault(
                row.line, _("“%(email)s” belongs to somebody who left or is looked after elsewhere. Use another address.") % {"email": row.email}
            )
        )
        return 0
    except Fault as fault:
        faults.append(RowFault(row.line, f"{row.name}: {fault}"))
        return 0
    return 1


def invite_all(*, actor: Person, people: Iterable[Person]) -> list[tuple[Person, str]]:
    """A one-time link for each of `people`, to be handed over: (person, path), shown once and kept nowhere. Raises NotAllowed, PersonHasLeft."""
    with transaction.atomic():
        return [(person, invite(actor=actor, person=person)) for person in people]


def send_invitations(*, actor: Person, people: Iterable[Person]) -> int:
    """Let the worker send each of `people` a one-time link by e-mail. Raises NotAllowed."""
    from ..tasks import send_invitation

    with transaction.atomic():
        asked = list(people)
        for person in asked:
            policies.require_edit_person(actor, person)
            # The link is made by the worker when it sends it: a queue that held it would let its reader in.
            send_invitation.enqueue(person_id=person.pk, actor_id=actor.pk)
        return len(asked)
