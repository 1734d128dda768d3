"""The tests of the gates before a case closes (see gates)."""

from __future__ import annotations

from django.db.models import QuerySet

from . import content_loader as doctrine
from .decision_tree import assessed_since
from .gate_checks import last_judgement, unless
from .gate_rules import two_disciplines
from .models import Action, Case, CaseReport, Closure, Incoming, Review


def actions_settled(case: Case) -> list[str]:
    waiting = Action.objects.filter(plan__case=case, state=Action.State.OPEN)
    return list(waiting.values_list("option", flat=True))


def reviewed(case: Case) -> list[str]:
    plan = getattr(case, "plan", None)
    if plan is None or plan.approved_at is None:
        return ["review"]
    since = max(plan.approved_at, assessed_since(case))
    return unless(Review.objects.filter(case=case, at__gte=since).exists(), "review")


def no_unseen_reports(case: Case) -> list[str]:
    reports = CaseReport.objects.filter(case=case, seen_at__isnull=True)
    others = Incoming.objects.filter(case=case, seen_at__isnull=True)
    return [*reports.values_list("report_number", flat=True), *others.values_list("number", flat=True)]


def _agreed(case: Case) -> Closure | None:
    """The wish to close that two people of different disciplines share, since the case came into its
    state."""
    found = _wishes(case).filter(agreed_at__isnull=False).order_by("-asked_at").first()
    return found if found is not None and two_disciplines(found.asked_as, found.agreed_as) else None


def two_to_close(case: Case) -> list[str]:
    return unless(_agreed(case) is not None, "another_discipline")


def quorum(case: Case) -> list[str]:
    """The chair is one of the two."""
    agreed = _agreed(case)
    return unless(agreed is not None and case.lead_id in {agreed.asked_by_id, agreed.agreed_by_id}, "chair")


def judged_so(case: Case) -> list[str]:
    """Where the team has judged, it was judged to be nothing: else the word "unfounded" would undo the
    judgement, its plan and its long keeping."""
    last = last_judgement(case)
    if last is None or last.made_at < assessed_since(case):
        return []
    return unless(doctrine.conclusions()[last.conclusion].may_close, "judgement")


def written(case: Case) -> list[str]:
    return unless(_wishes(case).exists(), "reasons")


def _wishes(case: Case) -> QuerySet[Closure]:
    return Closure.objects.filter(case=case, refused=False, asked_at__gte=case.state_since)
