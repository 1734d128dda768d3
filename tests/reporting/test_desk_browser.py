"""The desk in a real browser: axe finds nothing at a phone's and a desk's width, keys work, nothing typed is
lost, all of it without script too."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect
from tests.browser import session_cookies
from tests.reporting.acts import Valley, every_hour, fresh

from security_center.foundation.organizations.models import Person
from security_center.prevention import actions as plan
from security_center.reporting.actions import decisions, desk, groups, handoffs, subjects, thread
from security_center.reporting.models import Handoff, IncidentGroup, Report

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SignIn = Callable[[Person], Client]


@dataclass
class Busy:
    """A desk with something in every state."""

    valley: Valley
    urgent: Report
    worked: Report
    waiting: Report
    group: IncidentGroup
    handoff: Handoff
    confidential: Report

    def page(self, report: Report, act: str = "") -> str:
        return f"/desk/reports/{report.number}/{act}"


@pytest.fixture
def busy(valley: Valley) -> Busy:
    """The browser's server runs on the real clock, so this desk's day is today."""
    cast = valley.cast
    valley.set_clock(datetime.now(UTC) - timedelta(hours=2))
    plan.set_coverage(actor=None, organization=cast.school_a, rows=every_hour(cast.rosa, cast.ben, cast.tess))
    earlier = valley.taken(category="drugs", what="He sells pills behind the gym.")
    mention = subjects.name_subject(
        actor=cast.rosa, report=earlier, name="Sam Hill", identifiers="Grade 9, red jacket"
    )
    decisions.decide(
        actor=cast.rosa,
        report=earlier,
        actions=["counseling", "parent_notified"],
        validity="plausible",
        considered="Spoke with both.",
    )
    decisions.close(actor=cast.rosa, report=earlier)
    came = valley.receive(
        "Dice que va a traer una pistola.\nLo escribió en el chat.",
        category="weapon",
        weapon="una pistola",
        who="Sam, 9.º",
        language="es",
    )
    worked = came.report
    desk.look(actor=cast.rosa, report=worked)
    desk.acknowledge(actor=cast.rosa, report=worked)
    thread.desk_writes(actor=cast.rosa, report=worked, body="Gracias. ¿En qué chat fue?")
    thread.reporter_writes(receipt=came.receipt, report=worked, body="En el de la clase.")
    desk.write_note(actor=cast.rosa, report=worked, body="Called the officer.")
    subjects.name_subject(actor=cast.rosa, report=worked, name="Sam Hill", identifiers="Grade 9")
    subjects.match_subject(
        actor=cast.rosa, report=worked, subject=mention.subject, same=True, compared=["name", "grade"]
    )
    linked = valley.report("Somebody has a gun.", category="weapon")
    desk.link_duplicate(actor=cast.rosa, report=linked, first=worked, new_facts="Locker 12.")
    waiting = valley.taken(category="planned_attack", what="They want to do it on Friday.")
    decisions.decide(
        actor=cast.rosa,
        report=waiting,
        actions=["btam_opened"],
        validity="unsubstantiated",
        considered="A rumor of last year.",
    )
    decisions.close(actor=cast.rosa, report=waiting, reason="Nothing supports it.")
    rumor = [valley.report(f"A picture goes around, {n}.", danger_now="unsure") for n in range(5)]
    group = groups.open_group(
        actor=cast.rosa, desk=cast.school_a, title="The picture", reports=[fresh(r) for r in rumor[:3]]
    )
    handed = valley.taken(category="theft_vandalism")
    handoff = handoffs.hand_to_desk(
        actor=cast.rosa, report=handed, to_desk=cast.school_b, reason="It is their bike."
    )
    confidential = valley.report(
        "The coach shouts.", channel="staff", actor=cast.tess, mode="confidential", reporter_name="Tess Moran"
    )
    for _number in range(4):
        valley.report("Something about the bus.")
    valley.pass_time(minutes=110)
    urgent = valley.report(
        "He has a knife in class.", danger_now="yes", who="A boy in 9b", when_where="Room 12", weapon="knife"
    )
    return Busy(valley, urgent, worked, waiting, group, handoff, confidential)


def test_the_pages_of_the_desk_owe_nothing(
    busy: Busy, signed_in: SignIn, staff_site: str, visitor: Any
) -> None:
    cast = busy.valley.cast
    pages = {
        "rosa": {
            "desk": "/desk/",
            "choose": "/desk/?choose=1",
            "mine": "/desk/?tab=mine&urgency=U1",
            "closed": "/desk/?closed=1",
            "urgent": busy.page(busy.urgent),
            "worked": busy.page(busy.worked),
            "now": busy.page(busy.urgent, "now/"),
            "decide": busy.page(busy.worked, "decide/"),
            "close": busy.page(busy.worked, "close/"),
            "urgency": busy.page(busy.worked, "urgency/"),
            "hand-over": busy.page(busy.worked, "hand-over/"),
            "conflict": busy.page(busy.worked, "conflict/"),
            "link": busy.page(busy.worked, "link/"),
            "intake": "/desk/new/",
            "intake-phone": "/desk/new/phone/",
            "intake-staff": "/desk/new/staff/",
            "intake-bomb": "/desk/new/phone/bomb/",
            "groups": "/desk/groups/",
            "group": f"/desk/groups/{busy.group.uuid}/",
            "group-new": f"/desk/groups/new/?around={busy.urgent.number}",
        },
        "ben": {"second-reader": busy.page(busy.waiting)},
        "lena": {"handoff": f"/desk/handoffs/{busy.handoff.uuid}/"},
        "ivy": {
            "identity": busy.page(busy.confidential, "identity/"),
            "hold": busy.page(busy.worked, "hold/"),
        },
        "omar": {"refused": busy.page(busy.worked)},
    }
    for name, addresses in pages.items():
        tab = visitor(cookies=session_cookies(signed_in(cast.everyone[name]), staff_site))
        for page, path in addresses.items():
            tab.goto(f"{staff_site}{path}")
            tab.owes_nothing_at_any_width(f"desk-{page}")


@pytest.mark.parametrize("script", [False, True])
def test_a_report_is_taken_asked_decided_and_closed_from_a_phone(
    busy: Busy, signed_in: SignIn, staff_site: str, visitor: Any, script: bool
) -> None:
    cast, report = busy.valley.cast, busy.urgent
    rosa = visitor(390, script=script, cookies=session_cookies(signed_in(cast.rosa), staff_site))
    rosa.goto(f"{staff_site}/desk/")
    rosa.get_by_role("link", name="Take the next one").click()
    assert "/desk/reports/" in rosa.url
    rosa.goto(f"{staff_site}{busy.page(report)}")
    rosa.get_by_role("button", name="I have it").click()
    rosa.get_by_role("link", name="Answer the reporter").click()
    rosa.get_by_label("Write to the reporter").fill("Hello.")
    rosa.get_by_label("Start from a ready sentence").select_option("right_to_tell")
    rosa.get_by_role("button", name="Put it in the field").click()
    expect(rosa.locator("#id_message-body")).to_have_value(re.compile("courage"))
    assert (
        rosa.get_by_label("Write to the reporter").input_value().startswith("Hello.\nYou did the right thing")
    )
    rosa.get_by_role("button", name="Send", exact=True).click()
    assert rosa.get_by_text("Sent. The reporter sees it").is_visible()
    rosa.get_by_role("link", name="Write a decision").first.click()
    rosa.get_by_label("Weapon recovered").check()
    rosa.get_by_role("button", name="Save the decision").click()
    assert rosa.get_by_label("Weapon recovered").is_checked()
    rosa.locator("input[value=substantiated]").check()
    rosa.get_by_label("What did you look at").fill("I saw the knife.")
    rosa.get_by_role("button", name="Save the decision").click()
    rosa.get_by_role("link", name="Close the report").click()
    rosa.get_by_label("Why can it be closed?").fill("The officer has the knife.")
    rosa.get_by_role("button", name="Ask the second reader").click()
    ben = visitor(390, script=script, cookies=session_cookies(signed_in(cast.ben), staff_site))
    ben.goto(f"{staff_site}/desk/reports/{report.number}/")
    ben.get_by_role("link", name="Answer as second reader").click()
    ben.get_by_label("Your own reading of it").fill("I saw it too.")
    ben.get_by_role("button", name="I agree", exact=True).click()
    assert ben.get_by_text("Closed by Ben Cole").is_visible()


def test_the_list_is_walked_with_keys(busy: Busy, signed_in: SignIn, staff_site: str, visitor: Any) -> None:
    rosa = visitor(1280, cookies=session_cookies(signed_in(busy.valley.cast.rosa), staff_site))
    rosa.goto(f"{staff_site}/desk/")
    rosa.keyboard.press("j")
    rosa.keyboard.press("j")
    rosa.keyboard.press("k")
    first = rosa.locator("[data-keyboard-row] .row__main a").first
    assert first.evaluate("element => element === document.activeElement")
    rosa.keyboard.press("Enter")
    rosa.wait_for_url("**/desk/reports/**")
    rosa.goto(f"{staff_site}/desk/")
    rosa.keyboard.press("/")
    rosa.keyboard.type(busy.worked.number.lower())
    rosa.keyboard.press("Enter")
    rosa.wait_for_url(f"**/desk/reports/{busy.worked.number}/")


def test_the_four_presses_need_no_typing_and_no_script(
    busy: Busy, signed_in: SignIn, staff_site: str, visitor: Any
) -> None:
    rosa = visitor(390, script=False, cookies=session_cookies(signed_in(busy.valley.cast.rosa), staff_site))
    rosa.goto(f"{staff_site}{busy.page(busy.urgent, 'now/')}")
    for press in ("911 called", "School officer told", "Lockdown: yes"):
        rosa.get_by_role("button", name=press).click()
    rosa.get_by_label("Photo").check()
    rosa.get_by_label("Class schedule").check()
    rosa.get_by_role("button", name="Student found").click()
    rosa.picture("desk-now-done-390")
    assert rosa.locator(".press--done").count() == 4
    rosa.does_not_scroll_sideways()
    seen = visitor(390, cookies=session_cookies(signed_in(busy.valley.cast.ben), staff_site))
    seen.goto(rosa.url)
    seen.owes_nothing()
