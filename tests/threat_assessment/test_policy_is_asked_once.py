"""Closing a case: the policy is asked once for the page, and once under the lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django_scopes import scopes_disabled
from tests.threat_assessment.team import SCREEN, Team

from security_center.foundation.organizations.models import Person
from security_center.threat_assessment import policies
from security_center.threat_assessment.actions import screening, state_transitions
from security_center.threat_assessment.models import Case, Closure, State

SignIn = Callable[[Person], Client]


def test_closing_a_case_asks_the_policy_at_most_twice(
    team: Team, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = state_transitions.advance(actor=team.tess, case=team.open(), to=State.SCREENING)
    for person in (team.tess, team.ben):
        screening.screen(actor=person, case=case, **{**SCREEN, "view": "unfounded"})
    asked: list[str] = []
    ask = policies.ask

    def counted(person: Person, case: Case, *rest: Any) -> frozenset[Any]:
        asked.append(case.number)
        return ask(person, case, *rest)

    monkeypatch.setattr(policies, "ask", counted)
    lead, counselor = signed_in(team.tess), signed_in(team.ben)
    team.valley.stack.close()

    def step(client: Client, place: str, status: int, data: dict[str, str] | None = None) -> None:
        asked.clear()
        url = f"{case.path}{place}"
        answer = client.get(url) if data is None else client.post(url, data)
        assert answer.status_code == status, answer.content.decode()[-3000:]
        assert 1 <= len(asked) <= 2, (place, data, len(asked))

    step(lead, "", 200)
    step(lead, "close/", 200)
    step(lead, "close/", 302, {"close-reason": "unfounded", "close-text": "It was a line of a song."})
    step(counselor, "close/", 200)
    with scopes_disabled():
        row = Closure.objects.get(case=case.pk)
    step(counselor, f"close/{row.uuid}/", 302, {"answer-text": "Yes.", "agree": "yes"})
    step(lead, "", 200)
