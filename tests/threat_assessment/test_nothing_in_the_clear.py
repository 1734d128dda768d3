"""After the whole life of a case no word of it lies anywhere in the clear: in no table, file, log, message or
mail. And no paper of it is kept."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.db import connection
from django.test import Client
from tests.case_records.privacy import one, tag, text_of
from tests.reporting.test_marker_strings import forms_of
from tests.threat_assessment.pages import send
from tests.threat_assessment.team import Team

from security_center.case_records.actions import amendments, break_glass, destruction, inspections
from security_center.threat_assessment.actions import case_closing, inquiry, management_plan
from security_center.threat_assessment.models import Case

SignIn = Callable[..., Client]


def mark(number: int) -> str:
    return f"Zq{number}Marker{number}Vw"


class Life:
    """Everything that can be typed about the privacy of a case, each text with a mark of its own; and every
    paper, printed."""

    def __init__(self, team: Team, sign_in: SignIn) -> None:
        self.team, self.used = team, 0
        self.papers: list[bytes] = []
        self.case = self.live(sign_in)

    def next(self) -> str:
        self.used += 1
        return mark(self.used)

    def live(self, sign_in: SignIn) -> Case:
        team, tess = self.team, sign_in(self.team.tess)
        case = team.managed()
        first = self.next()
        source = inquiry.add_source(
            actor=team.ben, case=case, kind="student_of_concern", name=self.next(), note=first
        )
        part = one(team.tess, case, first)
        break_glass.break_glass(actor=team.valley.cast.ivy, case=case, reason=self.next())
        tag(team.tess, case, "student", first, wording=self.next())
        fields = {"ground": "emergency", "way": "packet", "relied_on": self.next(), "who": self.next()}
        self.keep(send(tess, case, "privacy/told/police/", "packet", **fields, plain={"part": [part.name]}))
        self.keep(tess.get(f"{case.path}privacy/summary/"))
        given: dict[str, Any] = {
            "actor": team.tess,
            "case": case,
            "relation": "parent",
            "received_on": case.today(),
        }
        request = inspections.ask_to_see(**given, name=self.next())
        checked = {"identity": "photo_id", "custody": "no_order", "note": self.next()}
        inspections.check_asker(actor=team.tess, case=case, inspection=request, **checked)
        self.keep(tess.post(f"{case.path}privacy/inspections/{request.uuid}/", {"act": "copy"}))
        inspections.answer_asker(
            actor=team.tess, case=case, inspection=request, state="shown", text=self.next()
        )
        wrong = amendments.ask_to_amend(**given, part=part, name=self.next(), what=self.next())
        again: dict[str, Any] = {"actor": team.tess, "case": case, "amendment": wrong}
        amendments.answer_amendment(**again, agree=False, text=self.next())
        amendments.ask_hearing(**again)
        amendments.decide_hearing(**again, agree=False, text=self.next())
        amendments.leave_statement(**again, text=self.next())
        inquiry.settle_source(actor=team.ben, case=case, source=source, state="refused", note=self.next())
        # What must fail on the way, fails with the words in hand.
        send(tess, case, "privacy/told/police/", "packet", **{**fields, "relied_on": "", "who": self.next()})
        send(
            tess,
            case,
            "privacy/inspections/new/",
            "inspection",
            who=self.next(),
            relation="",
            received_on="never",
        )
        tess.get("/cases/looks/", {"number": self.next()})
        management_plan.settle_action(
            actor=team.ben, case=case, action=case.plan.actions.get(), state="done", evidence=self.next()
        )
        management_plan.review(actor=team.tess, case=case, text=self.next(), next_in_days=14)
        closure = case_closing.ask_to_close(
            actor=team.tess, case=case, reason="resolved_support_in_place", text=self.next()
        )
        return case_closing.answer_closing(
            actor=team.ben, case=case, closure=closure, agree=True, text=self.next()
        )

    def keep(self, answer: Any) -> None:
        assert "Zq" in text_of(answer), "the paper holds the words; it is the disk that does not"
        self.papers.append(answer.content)


def in_tables(word: str = "Marker") -> set[str]:
    """The tables with a value in which this word stands, however it is written."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - the names come from the database itself
            for row in cursor.fetchall():
                content = b"\0".join(
                    bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    for value in row
                )
                if any(spelled in content for spelled in forms_of(word)[:4]):
                    found.add(table)
    return found


@pytest.mark.long
def test_no_word_lies_in_any_table_log_message_or_mail(
    team: Team, signed_in: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        life = Life(team, signed_in)
    assert life.used > 20
    assert "organizations_organization" in in_tables("Maple High"), "this search would find what lies open"
    assert in_tables() == set()
    assert "Marker" not in caplog.text
    assert not [letter for letter in mail.outbox if "Marker" in letter.body + letter.subject]
    team.valley.pass_time(days=1826)
    certificate = destruction.expunge(case=life.case)
    assert certificate is not None
    assert in_tables() == set()


@pytest.mark.long
def test_f14_no_paper_of_a_case_is_ever_stored_and_no_address_of_one_opens_without_a_session(
    team: Team, signed_in: SignIn
) -> None:
    folder = Path(settings.SSC_DATA)
    before = {path for path in folder.rglob("*") if path.is_file()}
    life = Life(team, signed_in)
    assert len(life.papers) == 3
    for path in folder.rglob("*"):
        if not path.is_file() or path.stat().st_size > 50_000_000:
            continue
        content = path.read_bytes()
        assert b"Marker" not in content or path in before, path
        assert not content.startswith(b"%PDF"), path
    for place in ("privacy/summary/", "privacy/certificate/?as=paper"):
        answer = Client().get(f"{life.case.path}{place}")
        assert (answer.status_code, answer["Location"].startswith("/account/login/")) == (302, True)
        assert signed_in(team.valley.cast.rosa).get(f"{life.case.path}{place}").status_code == 404
    # A form that makes a paper takes a signed-in member's press: the address alone gives none.
    assert (
        signed_in(team.tess)
        .get(f"{life.case.path}privacy/told/police/")["Content-Type"]
        .startswith("text/html")
    )
