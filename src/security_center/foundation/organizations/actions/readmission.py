"""A reader whose sign-in was set anew waits until a colleague has said that it is them."""

from __future__ import annotations

from django.db import transaction

from security_center.foundation.clock import now
from security_center.foundation.ledger import actions as ledger

from .. import policies, queries, readmission, signals
from ..models import Person, SignIn


def let_wait(*, actor: Person, person: Person) -> None:
    """Called in the transaction in which an administrator has touched how `person`, who has been in, signs
    in. It is for whoever reads or has read, and only when no second factor of their own is left: while there
    is one, nobody else gets in by a new link or another address."""
    if readmission.has_ever_read(person) and not queries.has_second_factor(person):
        # Also of somebody without a role: it is remembered for the day on which they get one back
        person.set_anew_by.add(actor)
        if readmission.desks_of(person):
            wait(actor=actor, person=person)


def wait(*, actor: Person, person: Person) -> None:
    """From now on the person reads nothing, and their colleagues are asked. Called in the transaction that
    makes it necessary."""
    policies.forget(person)
    person.set_anew_by.add(actor)
    person.waits_since, person.waits_until = person.waits_since or now(), None
    _save(person)
    SignIn.objects.filter(person=person).delete()
    ledger.record(
        actor=actor,
        verb="person.waits_for_colleague",
        about=person,
        organization_id=readmission.desks_of(person)[0].pk,
    )
    signals.sign_in_set_anew.send(
        sender=Person, person=person, actor=actor, desk=readmission.desks_of(person)[0]
    )
    _wait_alone(person)


def let_in(*, actor: Person, person: Person) -> None:
    """A colleague has asked the person and says that it is them. Raises NotAllowed for anybody else, the
    administrator and the person included."""
    with transaction.atomic():
        stored = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        if not readmission.may_let_in(actor, stored):
            raise policies.NotAllowed(f"letting person {person.pk} back in")
        _let_in(stored, actor)


def look_after_those_who_wait(*, actor: Person | None = None) -> None:
    """The worker, each minute: whose day is over is let in; whose last colleague has gone begins to wait by
    the clock."""
    for pk in Person.objects.filter(waits_since__isnull=False, is_active=True).values_list("pk", flat=True):
        with transaction.atomic():
            person = Person.objects.select_for_update(no_key=True).get(pk=pk)
            if not readmission.desks_of(person):
                # What they do not hold is not given back by the clock: the day begins anew with the next role
                person.waits_until = None
                _save(person)
            elif person.waits_until is None:
                _wait_alone(person)
            elif readmission.emptied_lately(person) and readmission.colleagues(person):
                person.waits_until = None
                _save(person)
            elif person.waits_until <= now():
                _let_in(person, actor)


def _wait_alone(person: Person) -> None:
    if readmission.colleagues(person):
        return
    person.waits_until = now() + readmission.ALONE
    _save(person)
    ledger.record(
        actor="system", verb="person.waits_a_day", about=person, organization_id=person.organization_id
    )
    for desk in readmission.desks_of(person)[:1]:
        signals.waits_alone.send(sender=Person, person=person, desk=desk)


def _let_in(person: Person, actor: Person | None) -> None:
    person.waits_since = person.waits_until = None
    _save(person)
    person.set_anew_by.clear()
    policies.forget(person)
    ledger.record(
        actor=actor, verb="person.let_back_in", about=person, organization_id=person.organization_id
    )
    signals.let_back_in.send(sender=Person, person=person, actor=actor)


def _save(person: Person) -> None:
    person.save(update_fields=["waits_since", "waits_until"])
