"""Trainings are entered, withdrawn, asked for. That somebody's training for the team runs out is a duty that
ends at the superintendent (threat-assessment.md F1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from security_center.foundation.clock import now
from security_center.foundation.duties.actions import Rung, cancel_about, discharge, raise_duty
from security_center.foundation.duties.queries import open_about
from security_center.foundation.ledger.actions import record, take_turn
from security_center.foundation.notifications.actions import notify
from security_center.foundation.organizations.identity import desk_recipients
from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.foundation.organizations.pasted_rows import RowFault
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import require
from security_center.foundation.organizations.queries import people_with_any_role
from security_center.foundation.refusals import Refusal
from security_center.foundation.timekeeping.queries import MARKED_BEFORE
from security_center.foundation.vault.actions import prepare_record, save_record
from security_center.foundation.vault.columns import seal
from security_center.foundation.vault.queries import open_record
from security_center.foundation.vault.records import OpenRecord
from security_center.foundation.vault.tokens import blind
from security_center.prevention import ladders
from security_center.prevention.doctrine.assessment import training_kept, training_kinds

from . import trained
from .models import TrainingRecord, TrainingRegister, TrainingRule
from .training_rows import parse_trainings

RUNS_OUT = "training.runs_out"
END_NEAR = "training.end_near"
REALM = "training"  # keys of its own: nobody lays the names of staff over whom reports are about
ASKED = timedelta(days=30)
REMINDED = timedelta(days=7)
LONGEST_AGO = 366 * 5  # days: a training of longer ago is a slip of the keyboard


class TrainingFault(Refusal):
    """What was entered cannot be."""

    sentence = _lazy("This cannot be entered so. Check what you wrote.")


class NotThatDay(TrainingFault):
    """A day to come, or one of longer ago than `LONGEST_AGO`."""

    fields = ("trained_on",)
    sentence = _lazy("The day must lie in the past, and at most five years ago.")


class NobodyNamed(TrainingFault):
    """Neither people nor a group."""

    fields = ("people",)
    sentence = _lazy("Name somebody who was trained, or a group.")


class GroupFigures(TrainingFault):
    """More trained than there are, or a group without a name."""

    fields = ("trained",)
    sentence = _lazy("Write how many of how many were trained.")


@dataclass(frozen=True)
class Group:
    """A group by its name, with how many of how many were trained."""

    name: str
    trained: int
    out_of: int


@transaction.atomic
def enter_training(
    *,
    actor: Person | None,
    place: Organization,
    kind: str,
    trained_on: date,
    trainer: str = "",
    people: Iterable[Person] = (),
    staff: Sequence[str] = (),
    group: Group | None = None,
) -> list[TrainingRecord]:
    """Note one training of everybody named. Raises NotAllowed, TrainingFault."""
    if actor is not None:
        require(actor, Permission.TRAINING_EDIT, place)
    chosen = training_kinds().get(kind)
    today = place.today()
    if chosen is None:
        raise TrainingFault("unknown_kind")
    if not today - timedelta(days=LONGEST_AGO) <= trained_on <= today:
        raise NotThatDay
    named = list(dict.fromkeys(name.strip() for name in staff if name.strip()))
    those = list({person.pk: person for person in people}.values())
    if not (those or named or group):
        raise NobodyNamed
    if group is not None and not (
        group.name.strip() and 0 <= group.trained <= group.out_of and group.out_of >= 1
    ):
        raise GroupFigures
    if (group is not None and not chosen.groups) or ((those or named) and not chosen.people):
        raise TrainingFault("not_for_these")
    take_turn()
    register, opened = _register(place)
    common = {
        "register": register,
        "kind": kind,
        "trained_on": trained_on,
        "expires_on": trained.expiry(chosen, trained_on),
        "entered_at": now(),
        "entered_by": actor,
    }
    rows = [TrainingRecord(of=TrainingRecord.Of.PERSON, person=person, **common) for person in those]
    rows += [
        _named(TrainingRecord(of=TrainingRecord.Of.STAFF, **common), name, opened, place) for name in named
    ]
    if group is not None:
        row = TrainingRecord(of=TrainingRecord.Of.GROUP, trained=group.trained, out_of=group.out_of, **common)
        rows.append(_named(row, group.name.strip(), opened, place))
    for row in rows:
        seal(opened, row, trainer=trainer.strip())
        row.save(force_insert=True)
    record(
        actor=actor,
        verb="training.entered",
        about=register_thing(place),
        organization_id=place.pk,
        detail={
            "kind": kind,
            "on": trained_on.isoformat(),
            "people": ",".join(str(person.pk) for person in those)[:200],
            "rows": len(rows),
        },
    )
    if chosen.team:
        for person in those:
            raise_training_duty(person=person, place=place)
    return rows


@transaction.atomic
def withdraw_training(*, actor: Person, place: Organization, row: TrainingRecord) -> None:
    """It was entered by mistake. Raises NotAllowed."""
    require(actor, Permission.TRAINING_EDIT, place)
    take_turn()
    if not TrainingRecord.objects.filter(pk=row.pk, register__place=place, withdrawn_at__isnull=True).update(
        withdrawn_at=now(), withdrawn_by=actor
    ):
        return
    record(
        actor=actor,
        verb="training.withdrawn",
        about=register_thing(place),
        organization_id=place.pk,
        detail={"row": row.pk},
    )
    if row.person is not None and row.kind == trained.team_training().key:
        raise_training_duty(person=row.person, place=place)


@transaction.atomic
def end_trainings(*, place: Organization, at: datetime) -> int:
    """Destroy what counts no more since long ago (doctrine/content/training_kinds.yaml) and was marked a week
    before `at`, a moment that has surely come; mark what is next, and tell those who lead the team there.
    Returns how many records were destroyed."""
    take_turn()
    last = at.astimezone(place.zone).date() - timedelta(days=training_kept().days)
    ended = TrainingRecord.objects.filter(register__place=place)
    gone, _by_table = ended.filter(expires_on__lt=last, end_told_at__lte=at - MARKED_BEFORE).delete()
    if gone:
        record(
            actor=None,
            verb="training.ended",
            about=register_thing(place),
            organization_id=place.pk,
            detail={"rows": gone},
        )
    marked = ended.filter(expires_on__lt=last + MARKED_BEFORE, end_told_at__isnull=True).update(
        end_told_at=at
    )
    if marked:
        record(
            actor=None,
            verb="training.end_near",
            about=register_thing(place),
            organization_id=place.pk,
            detail={"rows": marked},
        )
        for person in people_with_any_role(
            place, [Role.TEAM_LEAD, Role.DISTRICT_SAFETY_LEAD], include_above=True
        ):
            notify(person=person, kind=END_NEAR, organization=place)
    return gone


@transaction.atomic
def look_at_register(*, actor: Person, place: Organization) -> OpenRecord | None:
    """Open the names in the records of a place; None where there is none yet. Raises NotAllowed,
    VaultLocked."""
    require(actor, Permission.TRAINING_VIEW, place)
    register = TrainingRegister.objects.filter(place=place).first()
    if register is None:
        return None
    record(actor=actor, verb="training.read", about=register_thing(place), organization_id=place.pk)
    return open_record(register.record, *_recipients(place))


@transaction.atomic
def require_training(*, actor: Person | None, district: Organization, required_from: date | None) -> None:
    """From that day nobody whose training does not count is asked onto a team; None: it only warns. Raises
    NotAllowed, TrainingFault."""
    if actor is not None:
        require(actor, Permission.PLAN_EDIT, district)
    if district.kind != Organization.Kind.DISTRICT:
        raise TrainingFault("districts_only")
    take_turn()
    if required_from is None:
        TrainingRule.objects.filter(district=district).delete()
    else:
        TrainingRule.objects.update_or_create(
            district=district, defaults={"required_from": required_from, "set_at": now(), "set_by": actor}
        )
    detail = {"from": required_from.isoformat() if required_from is not None else None}
    record(
        actor=actor,
        verb="training.required",
        about=register_thing(district),
        organization_id=district.pk,
        detail=detail,
    )


@transaction.atomic
def raise_training_duty(*, person: Person, place: Organization) -> bool:
    """One duty from a month before the training for the team runs out: the person, a week before their lead,
    then the superintendent. It ends with a new training. Returns whether one was raised."""
    rule, thing = trained.rule_of(place), thing_of(person)
    last = trained.last_days([person], trained.team_training()).get(person.pk)
    owed = list(open_about(thing, RUNS_OUT))
    due_day = max(last or rule.required_from, rule.required_from) if rule is not None else None
    due = datetime.combine(due_day, time(8, 0), place.zone) if due_day is not None else None
    if due is None or due - ASKED > now():
        for duty in owed:
            discharge(duty=duty, actor=None, outcome="trained")
        return False
    if owed:
        return False
    moments = [max(now(), due - ASKED), max(now(), due - REMINDED), max(now(), due)]
    names = ["holder", "role:team_lead", ladders.SUPERINTENDENT]
    raise_duty(
        kind=RUNS_OUT,
        thing=thing,
        organization=place,
        ladder=[Rung(at=moment, audience=name) for moment, name in zip(moments, names, strict=True)],
        actor=None,
        due_at=max(due, moments[0]),
        holder=person,
        path=f"/training/{place.slug}/of/{trained.team_training().key}/",
        repeat_minutes=7 * 24 * 60,
    )
    return True


@transaction.atomic
def drop_training_of(*, person: Person, actor: Person | None) -> None:
    """The person works on no team any more, so nothing is asked of them."""
    cancel_about(thing=thing_of(person), kind=RUNS_OUT, actor=actor, outcome="no_team")


def thing_of(person: Person) -> str:
    return f"training:{person.pk}"


def register_thing(place: Organization) -> str:
    return f"training_register:{place.pk}"


def token_of(place: Organization, name: str) -> bytes:
    return blind(district_id=place.district.pk, kind="name", value=name, realm=REALM)


def _recipients(place: Organization) -> list[str]:
    return desk_recipients(place, place.district)


def _register(place: Organization) -> tuple[TrainingRegister, OpenRecord]:
    found = TrainingRegister.objects.filter(place=place).first()
    if found is not None:
        return found, open_record(found.record, *_recipients(place))
    opened = save_record(prepare_record(recipients=_recipients(place)))
    register = TrainingRegister(place=place, district=place.district, record=opened.record)
    register.save(force_insert=True)
    return register, opened


def _named(row: TrainingRecord, name: str, opened: OpenRecord, place: Organization) -> TrainingRecord:
    seal(opened, row, name=name)
    row.token = token_of(place, name)
    return row


# --- many at once
# ----------------------------------------------------------------------------------------------------


class FaultyTrainings(Exception):
    """Some rows cannot be taken; nothing was. `faults`: each with its line and what to do."""

    def __init__(self, faults: list[RowFault]) -> None:
        super().__init__(len(faults))
        self.faults = faults


@transaction.atomic
def import_trainings(
    *, actor: Person, place: Organization, kind: str, text: str, day: date | None = None
) -> int:
    """Enter the trainings of pasted rows: all of them, or none. Whose e-mail address is known here is entered
    as that person. Returns how many.

    Raises NotAllowed, TrainingFault, FaultyTrainings.
    """
    require(actor, Permission.TRAINING_EDIT, place)
    parsed = parse_trainings(text, day)
    today = place.today()
    faults = list(parsed.faults)
    wrong_day = _("The day must lie in the past, and at most five years ago.")
    faults += [
        RowFault(row.line, wrong_day)
        for row in parsed.rows
        if not today - timedelta(days=LONGEST_AGO) <= row.day <= today
    ]
    if faults:
        raise FaultyTrainings(sorted(faults, key=lambda fault: fault.line))
    known = {
        person.email.lower(): person for person in people_with_any_role(place, list(Role), include_above=True)
    }
    batches: dict[tuple[date, str], tuple[list[Person], list[str]]] = {}
    for row in parsed.rows:
        people, staff = batches.setdefault((row.day, row.trainer), ([], []))
        person = known.get(row.email) if row.email else None
        if person is not None:
            people.append(person)
        else:
            staff.append(row.name)
    for (on, trainer), (people, staff) in batches.items():
        enter_training(
            actor=actor, place=place, kind=kind, trained_on=on, trainer=trainer, people=people, staff=staff
        )
    return len(parsed.rows)
