"""Who the student of a case is: a person compares two things at least, and what tells a student from whoever
is easily taken for them (threat-assessment.md F7)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal
from security_center.foundation.students import actions as register
from security_center.foundation.students.models import Student
from security_center.foundation.students.queries import Match, file_of
from security_center.reporting.actions.subjects import TwoIdentifiersNeeded, known_identifiers

from .. import policies
from ..case_ledger import to_ledger
from ..models import Case
from ..queries.subject import tells_apart
from ..sealing import seal, unsealed
from .case_opening import PracticeIsMadeUp
from .state_transitions import locked_for
from .student_tokens import remember_student

__all__ = ["DoesNotTellApart", "NameWanted", "TwoIdentifiersNeeded"]


class DoesNotTellApart(Refusal):
    """Somebody else has the same name, or one that sounds alike, and nothing of what was compared is
    different for them."""

    fields = ("compared",)
    sentence = _lazy(
        "Somebody else has the same name or one that sounds alike. Compare something that is "
        "different for them, such as the student number."
    )


class NameWanted(Refusal):
    """What was compared has to be of somebody."""

    fields = ("student_name",)
    sentence = _lazy("Write the name that you compared, or untick what you compared.")


@transaction.atomic
def look_for_student(
    *, actor: Person, case: Case, name: str = "", identifier: str = "", birth_date: str = ""
) -> list[Match]:
    """Students who fit, each with whoever is easily taken for them. Raises NotAllowed, PracticeIsMadeUp,
    NothingToLookFor, VaultLocked."""
    policies.require(actor, Permission.CASE_WRITE, case)
    if case.practice:
        raise PracticeIsMadeUp
    return register.look_up(
        actor=actor, organization=case.school, name=name, identifier=identifier, birth_date=birth_date
    )


@transaction.atomic
def confirm_student(*, actor: Person, case: Case, student: Student, compared: Sequence[str]) -> Case:
    """A person says that the case is about this student of the register, and what they compared to be sure.

    Raises NotAllowed, PracticeIsMadeUp, TwoIdentifiersNeeded, DoesNotTellApart.
    """
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    if fresh.practice:
        raise PracticeIsMadeUp
    codes = _two(compared)
    match = register.open_student(actor=actor, organization=fresh.school, student=student)
    if match.look_alikes and not tells_apart(match) & set(codes):
        raise DoesNotTellApart
    found = file_of(student)
    if found is not None and found.supports.said:
        fresh.special_education = found.supports.any
    elif fresh.student_id != student.pk:
        fresh.special_education = False
    seal(unsealed(fresh), fresh, subject_name=match.identity.name)
    remember_student(name=match.identity.name, district=fresh.district, case=fresh)
    fresh.student = student
    _set(fresh, actor, codes)
    to_ledger(
        fresh,
        actor,
        "case.student_confirmed",
        student=str(student.uuid),
        compared="+".join(codes),
        alike=len(match.look_alikes),
    )
    return fresh


@transaction.atomic
def describe_student(
    *, actor: Person, case: Case, name: str, facts: str, compared: Sequence[str] = ()
) -> Case:
    """Somebody whom the register does not hold, in words; known when two things were compared, else the
    search goes on.

    Raises NotAllowed, NameWanted, TwoIdentifiersNeeded (one thing alone).
    """
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    codes = _two(compared) if compared else []
    if codes and not name.strip():
        raise NameWanted
    seal(unsealed(fresh), fresh, subject_name=name, subject_facts=facts)
    remember_student(name=name, district=fresh.district, case=fresh)
    fresh.student, fresh.special_education = None, fresh.special_education and fresh.student_id is None
    _set(fresh, actor, codes)
    to_ledger(fresh, actor, "case.student_described", compared="+".join(codes))
    return fresh


def _two(compared: Sequence[str]) -> list[str]:
    codes = known_identifiers(compared)
    if len(codes) < 2:
        raise TwoIdentifiersNeeded
    return codes


def _set(case: Case, actor: Person, codes: list[str]) -> None:
    case.known_subject, case.subject_compared = bool(codes), codes
    case.subject_set_by, case.subject_set_at = actor, now()
    case.save()
