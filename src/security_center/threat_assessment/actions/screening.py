"""Two disciplines look at a new case on the same school day."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal

from .. import content_loader as doctrine
from .. import gate_checks, policies
from ..case_ledger import to_ledger
from ..models import Case, Screening, State
from ..sealing import seal, unsealed
from .called_meetings import call
from .outside_reviews import note_grave_words
from .protective_paths import start, start_by_words
from .state_transitions import NotATransition, locked_for


class NoteWanted(Refusal):
    """A screening says in a sentence what its view rests on."""

    fields = ("note",)
    sentence = _lazy("Answer each question, and write in a sentence what your view rests on.")


@transaction.atomic
def screen(
    *,
    actor: Person,
    case: Case,
    weapon: str,
    target: str,
    whereabouts: str,
    self_harm: str,
    view: str,
    note: str,
) -> Screening:
    """One member's screening, for their own discipline. A second by the same person replaces nothing: it
    stands beside the first, and is taken only while a question of immediate safety is not answered by
    anybody. Else two people who did not know about a weapon at first could never go on.

    Raises NotAllowed, NotATransition (not in screening, or screened by this person and nothing is open),
    NoteWanted."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    member = policies.member_of(actor, fresh)
    if (
        fresh.state != State.SCREENING
        or member is None
        or (screened_by(actor, fresh) and not gate_checks.safety_questions_open(fresh))
    ):
        raise NotATransition(fresh, State.SCREENING)
    answers = {"weapon": weapon, "target": target, "whereabouts": whereabouts, "self_harm": self_harm}
    if (
        any(answer not in Screening.Answer.values for answer in answers.values())
        or view not in Screening.View.values
        or not note.strip()
    ):
        raise NoteWanted
    row = Screening(
        case=fresh,
        person=actor,
        disciplines=member.disciplines,
        at=now(),
        round=fresh.round,
        view=view,
        **answers,
    )
    seal(unsealed(fresh), row, note=note)
    row.save(force_insert=True)
    to_ledger(fresh, actor, "case.screened", disciplines=",".join(member.disciplines), view=view, **answers)
    grave = {name for name, answer in answers.items() if answer == Screening.Answer.YES}
    start(
        case=fresh,
        paths=[key for key, one in doctrine.paths().items() if grave & set(one.screening)],
        actor=actor,
    )
    start_by_words(case=fresh, texts=[note], actor=actor)
    note_grave_words(case=fresh, texts=[note], weapon=weapon == Screening.Answer.YES)
    call(
        case=fresh,
        triggers=[key for key, one in doctrine.triggers().items() if grave & set(one.screening)],
        actor=actor,
    )
    return row


def screened_by(person: Person, case: Case) -> bool:
    """Whether this person has screened the case in its present round."""
    return Screening.objects.filter(case=case, person=person, round=case.round).exists()
