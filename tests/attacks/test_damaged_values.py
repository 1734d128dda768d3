"""B11: one damaged sealed value made the whole page of a report or case a 500, with the reporters' words; no
list and no first page said a thing."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse
from django_scopes import scopes_disabled
from tests.reporting.acts import Valley
from tests.threat_assessment.team import Team, team

from security_center.center.sealed_values import sealed_columns
from security_center.foundation.clock import clock_at
from security_center.foundation.vault.errors import SealBroken
from security_center.foundation.vault.models import SealedKey
from security_center.reporting.actions import decisions, desk, groups, thread
from security_center.reporting.models import Report
from security_center.threat_assessment.models import Plan
from security_center.threat_assessment.sealing import seal, unsealed

__all__ = ["team"]

SignIn = Callable[..., Client]
SENTENCE = "This part cannot be read: it is damaged."
LOOK = "the last backup may still have it"
CASE_PAGES = (
    "case", "hold", "imminent", "law_enforcement", "lead", "case_reports", "case_screen", "case_subject",
    "case_team",
    "close", "judgement", "notices", "plan", "plan_write", "action_new", "reviews", "themes", "sources",
    "special_paths", "removals",
)  # fmt: skip


@pytest.fixture(autouse=True)
def own_notes(settings: Any, tmp_path: Path, valley: Valley) -> Iterator[None]:
    """What is damaged here is not told to the tests that come after."""
    yield
    for name in ("damaged-values.json", "damaged.json"):
        (Path(settings.SSC_DATA) / name).unlink(missing_ok=True)


def damage_all(*labels: str) -> int:
    """One bit of every sealed text that is stored, of these models or of all."""
    found = 0
    with scopes_disabled():
        for model, names in sealed_columns():
            if labels and model._meta.label not in labels:
                continue
            for row in model._base_manager.all():
                broken = {name: _broken(bytes(sealed)) for name in names if (sealed := getattr(row, name))}
                if broken:
                    model._base_manager.filter(pk=row.pk).update(**broken)
                    found += len(broken)
    return found


def _broken(sealed: bytes) -> bytes:
    return sealed[:-1] + bytes([sealed[-1] ^ 1])


def said(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def test_a_report_with_one_damaged_value_shows_all_the_rest_and_says_so_in_its_place(
    valley: Valley, signed_in: SignIn
) -> None:
    report = valley.taken(what="They hide in the washroom.", who="A boy of grade nine")
    client = signed_in(valley.cast.rosa)
    Report.objects.filter(pk=report.pk).update(what_happened=_broken(bytes(report.what_happened)))
    answer = client.get(f"/desk/reports/{report.number}/")
    assert answer.status_code == 200
    for words in (SENTENCE, LOOK, "A boy of grade nine", "Rosa Ortiz has it"):
        assert words in said(answer), words
    other = client.get(f"/desk/reports/{valley.report('Another one.').number}/")
    assert "is damaged" not in said(other), "a page with nothing damaged on it says nothing of damage"


def test_desk_and_home_say_that_a_value_is_damaged_and_where_to_look(
    valley: Valley, signed_in: SignIn
) -> None:
    report = valley.report("They hide in the washroom.")
    damage_all("reporting.Report")
    signed_in(valley.cast.rosa).get(f"/desk/reports/{report.number}/")
    for who, address in (("rosa", "/"), ("rosa", "/desk/"), ("dana", "/"), ("ada", "/")):
        assert "A stored text is damaged" in said(signed_in(valley.cast.everyone[who]).get(address)), (
            who,
            address,
        )
    home = said(signed_in(valley.cast.ada).get("/"))
    assert "/mend/damaged_value/" in home
    assert "./ssc restore" in said(signed_in(valley.cast.ada).get("/mend/damaged_value/"))
    with clock_at(valley.at + timedelta(days=8)):
        assert "A stored text is damaged" not in said(signed_in(valley.cast.rosa).get("/")), (
            "met no more for a week"
        )


def test_where_it_cannot_be_read_who_waits_for_a_second_reader_the_desk_does_not_say_that_nobody_does(
    valley: Valley, signed_in: SignIn
) -> None:
    report = valley.taken(danger_now="yes")
    decisions.ask_to_lower(
        actor=valley.cast.rosa, report=report, urgency="U2", reason="They are friends again."
    )
    client = signed_in(valley.cast.rosa)
    assert "waits for a second reader" in said(client.get("/desk/"))

    def malformed(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if "reporting_approval" in sql:
            raise DatabaseError("database disk image is malformed")
        return execute(sql, *rest)

    with connection.execute_wrapper(malformed):
        page = said(client.get("/desk/"))
    assert "may wait for a second reader" in page
    assert report.number in page


def test_a_report_whose_key_is_damaged_shows_what_stands_beside_it_and_nothing_is_written_into_it(
    valley: Valley, signed_in: SignIn
) -> None:
    report = valley.report("They hide in the washroom.")
    for row in SealedKey.objects.filter(record=report.record):
        SealedKey.objects.filter(pk=row.pk).update(sealed=_broken(bytes(row.sealed)))
    client = signed_in(valley.cast.rosa, raise_request_exception=False)
    answer = client.get(f"/desk/reports/{report.number}/")
    assert (answer.status_code, SENTENCE in said(answer)) == (200, True)
    answer = client.post(f"/desk/reports/{report.number}/note/", {"note-body": "Called the parents."})
    assert answer.status_code == 503
    assert "nothing was changed" in said(answer)
    assert "If you were sending something" not in said(answer)
    with pytest.raises(SealBroken):
        desk.write_note(actor=valley.cast.rosa, report=report, body="Called the parents.")


def test_with_every_sealed_text_damaged_each_page_of_a_report_a_case_and_the_lists_opens(
    team: Team, signed_in: SignIn
) -> None:
    valley, case = team.valley, team.managed()
    report = valley.taken(what="They hide in the washroom.")
    thread.desk_writes(actor=valley.cast.rosa, report=report, body="When was it?")
    groups.open_group(actor=valley.cast.rosa, desk=report.desk, title="Washroom", reports=[report])
    assert damage_all() > 20
    reader, lead = signed_in(valley.cast.rosa), signed_in(valley.cast.tess)
    for address in ("", "desk/", f"desk/reports/{report.number}/", "desk/groups/"):
        assert reader.get(f"/{address}", follow=True).status_code == 200, address
    pages = [
        *(f"threat_assessment:{name}" for name in CASE_PAGES),
        "student_transfers:handoff",
        "student_transfers:student_left",
    ]
    seen = {
        name.partition(":")[2]: lead.get(reverse(name, args=[case.number]), follow=True) for name in pages
    }
    assert {name: answer.status_code for name, answer in seen.items() if answer.status_code != 200} == {}
    assert SENTENCE in said(seen["case"])
    assert LOOK in said(seen["case"])
    assert lead.get("/cases/").status_code == 200


def test_the_sentence_in_the_place_of_a_text_is_never_kept_as_the_text(team: Team) -> None:
    case = team.managed()
    row = Plan.objects.get(case=case)
    for sentence in (SENTENCE, "Esta parte no se puede leer: está dañada."):
        with pytest.raises(SealBroken):
            seal(unsealed(case), row, goal=sentence)


def test_the_reporter_still_reads_their_thread(valley: Valley) -> None:
    from security_center.reporting.queries.thread_page import thread_page

    received = valley.receive("They hide in the washroom.", who="A boy of grade nine")
    Report.objects.filter(pk=received.report.pk).update(
        what_happened=_broken(bytes(received.report.what_happened))
    )
    received.report.refresh_from_db()
    words = thread_page(received.receipt, received.report).words
    assert (words["what_happened"], words["who"]) == (SENTENCE, "A boy of grade nine")
