"""Many people at once, and their links."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import batched

from django.db import transaction
from django.utils.translation import gettext as _

from security_center.foundation.actors import ledger_name
from security_center.foundation.clock import now
from security_center.foundation.ledger import actions as ledger
from security_center.foundation.refusals import Refusal

from .. import policies, queries
from ..models import Organization, Person, RoleAssignment
from ..pasted_rows import RowFault
from ..people_rows import ParsedPeople, PersonRow, parse_people
from ..permissions import Permission
from .invitations import invite
from .roles import AlreadyHolds, NotForYourself, for_oneself, refused, role_given, tell_of_readers
from .school_import import FaultyRows

AT_ONCE = 50  # people whose links are made in one transaction


@dataclass(frozen=True)
class Entered:
    """What an import did: people who are new, and how many roles were given in all."""

    people: list[Person]
    roles: int


def import_people(*, actor: Person, district: Organization, text: str) -> Entered:
    """Enter the people of pasted or uploaded rows (see people_rows) in `district` and its schools, with their
    roles: all of them, or none.

    Somebody who is entered already gets the further role. Everything is read and checked before it takes the
    turn to write, and in it only compared again with what is there: whoever sends a report meanwhile waits
    for a moment, not for two thousand people. Raises NotAllowed, FaultyRows."""
    policies.require(actor, Permission.PEOPLE_EDIT, district)
    parsed = parse_people(text, [district, *queries.schools_of(district).filter(active=True)])
    _fitting(actor, parsed)
    with transaction.atomic():
        ledger.take_turn()
        policies.forget(actor)
        policies.require(actor, Permission.PEOPLE_EDIT, district)
        return _entered(actor, _fitting(actor, parsed))


def _fitting(actor: Person, parsed: ParsedPeople) -> list[tuple[PersonRow, Person]]:
    """The rows, each with its person: one object, not stored yet where they are new. The same queries however
    many there are. Raises FaultyRows."""
    faults = list(parsed.faults)
    known = {
        person.email.lower(): person
        for person in Person.objects.filter(email__in=[row.email for row in parsed.rows])
    }
    editable = {person.pk for person in policies.those_editable(actor, known.values()) if person.is_active}
    there = RoleAssignment.objects.filter(
        person__in=[person.pk for person in known.values()], ends_at__isnull=True
    )
    holds = set(there.values_list("person_id", "organization_id", "role"))
    people = dict(known)
    found: list[tuple[PersonRow, Person]] = []
    for row in parsed.rows:
        person = people.get(row.email) or people.setdefault(row.email, _new_person(row))
        if person.pk is not None and person.pk not in editable:
            faults.append(
                RowFault(
                    row.line,
                    _(
                        "“%(email)s” belongs to somebody who left or is looked after elsewhere. Use "
                        "another address."
                    )
                    % {"email": row.email},
                )
            )
        elif for_oneself(actor=actor, person=person, organization=row.place, role=row.role):
            faults.append(_fault(row, NotForYourself()))
        elif (person.pk, row.place.pk, row.role) in holds:
            faults.append(_fault(row, AlreadyHolds()))
        else:
            found.append((row, person))
    said = refused([(person, row.place, row.role) for row, person in found])
    faults += [_fault(found[position][0], fault) for position, fault in said.items()]
    if faults:
        raise FaultyRows(sorted(faults, key=lambda fault: fault.line))
    return found


def _new_person(row: PersonRow) -> Person:
    person = Person(
        email=row.email, name=row.name, job_title=row.job_title, organization=row.place, created_at=now()
    )
    person.set_unusable_password()
    return person


def _fault(row: PersonRow, fault: Refusal) -> RowFault:
    return RowFault(row.line, f"{row.name}: {fault}")


def _entered(actor: Person, given: list[tuple[PersonRow, Person]]) -> Entered:
    people = [
        person for person in {id(person): person for _row, person in given}.values() if person.pk is None
    ]
    Person.objects.bulk_create(people)
    at = now()
    assignments = RoleAssignment.objects.bulk_create(
        [
            RoleAssignment(person=person, organization=row.place, role=row.role.value, starts_at=at)
            for row, person in given
        ]
    )
    added = [
        ledger.Fact(ledger_name(actor), "person.added", f"person:{person.pk}", person.organization_id)
        for person in people
    ]
    ledger.record_all(
        [*added, *(role_given(actor=actor, assignment=assignment) for assignment in assignments)]
    )
    policies.forget(actor)
    tell_of_readers(actor=actor, assignments=assignments)
    return Entered(people, len(assignments))


def invite_all(*, actor: Person, people: Iterable[Person]) -> list[tuple[Person, str]]:
    """A one-time link for each of `people`, to be handed over: (person, path), shown once and kept nowhere.
    By portions, so that nobody waits until all are made; where one fails, those before it are links that
    nobody has seen. Raises NotAllowed, PersonHasLeft."""
    made = []
    for some in batched(people, AT_ONCE):
        with transaction.atomic():
            made += [(person, invite(actor=actor, person=person)) for person in some]
    return made


def send_invitations(*, actor: Person, people: Iterable[Person]) -> int:
    """Let the worker send each of `people` a one-time link by e-mail. Raises NotAllowed."""
    from ..tasks import send_invitation

    asked = list(people)
    if len(policies.those_editable(actor, asked)) < len(asked):
        raise policies.NotAllowed(f"{Permission.PEOPLE_EDIT} over each of {len(asked)} people")
    for some in batched(asked, AT_ONCE):
        with transaction.atomic():
            for person in some:
                # The link is made by the worker when it sends it: a queue that held it would let its reader
                # in.
                send_invitation.enqueue(person_id=person.pk, actor_id=actor.pk)
    return len(asked)
