"""What the tests of this room's pages share."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse
from tests.threat_assessment.team import Team

from security_center.foundation.organizations.models import Person
from security_center.threat_assessment.actions import inquiry
from security_center.threat_assessment.models import Case, Interview

SignIn = Callable[[Person], Client]


def seen(client: Client, case: Case, place: str = "") -> str:
    """The page's text as a person reads it. It must be there."""
    answer: Any = client.get(f"/cases/{case.number}/{place}")
    assert answer.status_code == 200, (place, answer.status_code)
    return words(answer)


def words(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def send(client: Client, case: Case, place: str, name: str, /, **fields: Any) -> Any:
    """Post a form whose fields are prefixed with `name`. What stands in `plain` goes without the prefix."""
    plain = fields.pop("plain", {})
    data = {f"{name}-{key}": value for key, value in fields.items()} if name else fields
    return client.post(f"/cases/{case.number}/{place}", {**data, **plain}, follow=True)


def path(name: str, case: Case, **more: Any) -> str:
    return reverse(f"threat_assessment:{name}", kwargs={"number": case.number, **more})


def opening_form(**changes: Any) -> dict[str, Any]:
    given = {
        "open-concern": "Marker-Typed: he says he will hurt someone.",
        "open-life_safety": "no",
        "open-subject_name": "Sam Doe",
        "open-subject_facts": "Grade 9",
        "open-compared": ["name", "grade"],
        "open-origin": "staff",
        "open-disciplines": ["administration"],
    }
    return {**given, **changes}


def begun(team: Team, case: Case) -> Interview:
    source = inquiry.add_source(actor=team.ben, case=case, kind="teacher_current", name="Ms. Hill")
    return inquiry.begin_interview(actor=team.ben, case=case, source=source, place="Room 4")
