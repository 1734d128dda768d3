"""The page and the paper of a large case, over HTTP; the list of cases at three sizes; the equity figures of
a district of 100,000 students."""

from __future__ import annotations

import http.client
import itertools
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import school, system
from .figures import Figure, percentile

SIZES = (1_000, 10_000, 100_000)
TIMES, PAPERS = 60, 10
LEAD = "mia.torres@cedarvalley.example"
OVERSEER = "ivy.chen@cedarvalley.example"
STUDENTS = 100_000
LISTS = ("/cases/", "/cases/?tab=open", "/cases/?tab=late", "/cases/?tab=closed")
FINDINGS, SOURCES, INTERVIEWS, ACTIONS = 200, 60, 20, 40


def run() -> list[Figure]:
    data = school.ready("cases")
    made = _inside(data, "measure_lists")
    figures = _pages_over_http(data, made)
    figures.append(
        Figure(
            "query counts of that page, of a small case and of this one",
            len(set(made["counts"])),
            "",
            1,
            note=f"{made['counts']}",
        )
    )
    for row in made["lists"]:
        worst = max(row["ms"].items(), key=lambda pair: pair[1])
        figures.append(
            Figure(
                f"case list at {row['size']:,} cases, 95 of 100 within",
                worst[1],
                "ms",
                100,
                note=f"slowest list: {worst[0]}",
            )
        )
    counts = {row["queries"] for row in made["lists"]}
    figures.append(
        Figure(
            "different query counts of the case list across sizes",
            len(counts),
            "",
            1,
            note=f"{sorted(counts)} queries",
        )
    )
    equity = made["equity"]
    figures.append(
        Figure(f"equity page, district of {STUDENTS:,} students, 95 of 100 within", equity["ms"], "ms", 1000)
    )
    figures.append(
        Figure(f"protected fields of {STUDENTS:,} students, checked and used", equity["import_s"], "s")
    )
    figures.append(
        Figure(
            "figures of a year, made by the worker",
            equity["publish_s"],
            "s",
            note=f"{equity['cases']:,} cases in that year",
        )
    )
    return figures


def _inside(data: Path, function: str) -> Any:
    """Run one function of this module inside the staff program's settings; what it printed last, read as
    JSON."""
    settings = system.environment(data, SSC_PROGRAM="staff", SSC_DEMO="yes")
    code = f"import django; django.setup(); from benchmarks import cases; cases.{function}()"
    ended = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], env=settings, check=True, stdout=subprocess.PIPE, text=True
    )
    return json.loads(ended.stdout.splitlines()[-1])


def _pages_over_http(data: Path, made: dict[str, Any]) -> list[Figure]:
    def taken(port: int, path: str, times: int) -> list[float]:
        """Milliseconds of each answer, after five that fill what a process keeps."""
        connection, found = http.client.HTTPConnection("127.0.0.1", port, timeout=60), []
        for _turn in range(times + 5):
            began = time.perf_counter()
            connection.request("GET", path, headers={"Cookie": made["cookie"], "Host": f"localhost:{port}"})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{path} answered {answer.status}.")
            found.append((time.perf_counter() - began) * 1000)
        return found[5:]

    with system.running(data) as running:
        page = taken(running.staff_port, made["path"], TIMES)
        summary = taken(running.staff_port, f"{made['path']}privacy/summary/", PAPERS)
    what = (
        f"case page, {FINDINGS} findings, {SOURCES} sources, {INTERVIEWS} interviews, {ACTIONS} steps: "
        "95 of 100 within"
    )
    return [
        Figure(what, percentile(page, 0.95), "ms", 150),
        Figure("summary of that case as a PDF, slowest of ten", max(summary), "ms", 5000),
    ]


def measure_lists() -> None:
    """Makes a small and a large case by acts, asks both, then fills the list step by step and asks it."""
    from django.db import connection
    from django_scopes import scopes_disabled

    with scopes_disabled():
        small, large = make_case(large=False), make_case(large=True)
    lead = signed_in(LEAD)
    counts = [queries_of(lead, case.path) for case in (small, large)]
    browser, found, there = signed_in(OVERSEER), [], 2
    for size in SIZES:
        fill(there, size)
        there = size
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        times = {path: _times(browser, path) for path in LISTS}
        found.append({"size": size, "ms": times, "queries": queries_of(browser, "/cases/?tab=open")})
    cookie = "; ".join(f"{name}={one.value}" for name, one in lead.cookies.items())
    equity = measure_equity(browser)
    sys.stdout.write(
        json.dumps({"path": large.path, "cookie": cookie, "counts": counts, "lists": found, "equity": equity})
        + "\n"
    )


def measure_equity(browser: Any) -> dict[str, float]:
    """Protected fields and enrolment of a large district, the figures of the last school year that is over,
    and the page that shows them."""
    from datetime import timedelta

    from django_scopes import scope

    from security_center.equity.actions import importing, publishing
    from security_center.foundation.clock import clock_at, now
    from security_center.foundation.organizations.models import Organization, Role
    from security_center.foundation.organizations.queries import people_with_role
    from security_center.foundation.school_years import last_school_years
    from security_center.threat_assessment.queries.list import cases_opened_in

    district = Organization.objects.select_related("parent").get(slug="cedar-valley")
    schools, officer = (
        list(Organization.objects.filter(parent=district)),
        people_with_role(district, Role.ADMINISTRATOR)[0],
    )
    year = last_school_years(now(), district.zone, 2)[1]
    races, each = ("white", "black", "hispanic", "asian"), STUDENTS // 4 // len(schools)
    protected = "\n".join(
        [
            "student_id,race,disability,english_learner,gender",
            *(f"{number},{races[number % 4]},no,no,f" for number in range(STUDENTS)),
        ]
    )
    lines = [f"{place.slug},{year.key},race,{race},{each}" for place in schools for race in races]
    with scope(district=[district.pk]):
        began = time.perf_counter()
        importing.use(
            actor=officer,
            source=importing.send(actor=officer, district=district, kind="protected", text=protected),
        )
        imported = time.perf_counter()
        enrolment = "\n".join(["school,school_year,field,group,students", *lines])
        importing.use(
            actor=officer,
            source=importing.send(actor=officer, district=district, kind="enrolment", text=enrolment),
        )
        before = time.perf_counter()
        with clock_at(now() + timedelta(days=publishing.DAYS_TO_LOOK_OVER)):
            publishing.publish(district=district, period=year)
        published = time.perf_counter()
        count = cases_opened_in(district, *year.bounds(district.zone)).count()
    took = _times(browser, "/figures/equity/?by=race")
    return {"ms": took, "import_s": imported - began, "publish_s": published - before, "cases": count}


def signed_in(email: str) -> Any:
    """A browser in which this person has signed in with both factors."""
    from allauth.account.internal.flows.login import (
        _AUTHENTICATION_METHODS_USER_SESSION_KEY,
        AUTHENTICATION_METHODS_SESSION_KEY,
    )
    from django.contrib.auth import get_user_model
    from django.test import Client

    person: Any = get_user_model().objects.get(email=email)
    browser = Client(HTTP_HOST="localhost")
    browser.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = browser.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "mfa", "type": "totp", "at": time.time(), "reauthenticated": True}
    ]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(person.pk)
    session.save()
    return browser


def queries_of(browser: Any, path: str) -> int:
    from django.core.signals import request_started
    from django.db import connection, reset_queries

    request_started.disconnect(reset_queries)  # or the log would be emptied as the request begins
    for _turn in range(2):  # the first time also fills what a process keeps
        connection.force_debug_cursor = True
        connection.queries_log.clear()
        if browser.get(path).status_code != 200:
            raise RuntimeError(f"{path} did not open.")
    connection.force_debug_cursor = False
    request_started.connect(reset_queries)
    return len(connection.queries_log)


def _times(browser: Any, path: str) -> float:
    taken = []
    for _turn in range(TIMES):
        began = time.perf_counter()
        answer = browser.get(path)
        taken.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}.")
    return percentile(taken, 0.95)


def make_case(*, large: bool) -> Any:
    """A case in monitoring, by the acts of its team; a large one with many findings, sources, interviews and
    steps."""
    from datetime import timedelta

    from sample_district.case_team import TEAM
    from security_center.foundation.clock import now
    from security_center.foundation.organizations.models import Organization, Role
    from security_center.foundation.organizations.queries import people_with_role
    from security_center.threat_assessment import content_loader as doctrine
    from security_center.threat_assessment.actions import (
        case_opening,
        inquiry,
        judgement_signing,
        management_plan,
        screening,
        state_transitions,
    )

    place = Organization.objects.select_related("parent__parent").get(slug=school.SCHOOL)
    people = {role: people_with_role(place, role)[0] for role in TEAM}
    lead, counselor = people[Role.TEAM_LEAD], people[Role.COUNSELOR]
    case = case_opening.open_case(
        actor=lead,
        school=place,
        concern="A concern to measure. " * 20,
        lead=lead,
        disciplines=TEAM[Role.TEAM_LEAD],
        known_subject=True,
    )
    for role in (Role.COUNSELOR, Role.READER, Role.SRO):
        case_opening.join(actor=lead, case=case, person=people[role], disciplines=TEAM[role])
    state_transitions.advance(actor=lead, case=case, to="screening")
    for person in (lead, counselor):
        screening.screen(
            actor=person,
            case=case,
            weapon="no",
            target="no",
            whereabouts="yes",
            self_harm="no",
            view="assess",
            note="Somebody said something.",
        )
    case = state_transitions.advance(actor=lead, case=case, to="assessing")
    kinds = itertools.cycle(
        ["student_of_concern", "parent_guardian", "teacher_current", "friend", "rec_discipline"]
    )
    sources = [
        inquiry.add_source(actor=counselor, case=case, kind=next(kinds), name="Somebody", note="Kind.")
        for _one in range(SOURCES if large else 5)
    ]
    for number in range(INTERVIEWS if large else 5):
        row = inquiry.begin_interview(actor=counselor, case=case, source=sources[number], place="Room 4")
        inquiry.save_interview(
            actor=counselor,
            case=case,
            interview=row,
            version=1,
            quotes="“I was angry.” " * 10,
            notes="Calm. " * 40,
            ended=True,
        )
    asked = list(doctrine.prompts()) if large else list(doctrine.mandatory_prompts())
    for number in range(FINDINGS if large else len(asked)):
        prompt, version = asked[number % len(asked)], number // len(asked)
        inquiry.find(
            actor=counselor,
            case=case,
            prompt=prompt,
            answer="no",
            note="Asked about it. " * 10,
            version=version,
            sources=sources[:3],
        )
    judgement = judgement_signing.judge(
        actor=lead,
        case=case,
        conclusion="needs_support",
        level="",
        facts_for="Words. " * 20,
        facts_against="Words. " * 20,
        unknowns="Words. " * 20,
        would_change="Words. " * 20,
    )
    for role in TEAM:
        judgement_signing.sign(actor=people[role], case=case, judgement=judgement, view="agrees")
    case = state_transitions.advance(actor=lead, case=case, to="classified")
    for notice in case.notices.filter(settled_at__isnull=True):
        judgement_signing.settle_notice(actor=lead, case=case, notice=notice, state="told", note="By phone.")
    management_plan.write_plan(
        actor=lead,
        case=case,
        goal="Safe.",
        raises_concern="Threats.",
        lowers_concern="Talks.",
        out_of_hours="Mia",
        version=0,
    )
    management_plan.approve_plan(actor=lead, case=case)
    case = state_transitions.advance(actor=lead, case=case, to="managing")
    option, due = next(iter(doctrine.plan_options())), (now() + timedelta(days=7)).date()
    for number in range(ACTIONS if large else 1):
        management_plan.add_action(
            actor=lead,
            case=case,
            option=option,
            what=f"Step {number}.",
            owner=counselor,
            backup=lead,
            due_on=due,
        )
    return state_transitions.advance(actor=lead, case=case, to="monitoring")


def fill(have: int, want: int) -> None:
    """Copies of one real case, spread over schools and five years, one in fifty open; written as rows, since
    only the reading is measured."""
    from datetime import timedelta

    from django.db import connection, transaction
    from django_scopes import scopes_disabled

    from security_center.foundation.clock import now
    from security_center.foundation.organizations.models import Organization
    from security_center.threat_assessment.models import Case

    schools = list(Organization.objects.filter(kind="school", parent__slug="cedar-valley"))
    with scopes_disabled(), connection.cursor() as cursor:
        first: Any = Case.objects.order_by("pk").values().first()
        model = {
            name: json.dumps(value) if isinstance(value, list) else value
            for name, value in first.items()
            if name != "id"
        }
        at, moment = now(), connection.ops.adapt_datetimefield_value

        def rows() -> Iterator[list[Any]]:
            for number in range(have, want):
                place = schools[number % len(schools)]
                came = at - timedelta(minutes=26 * (want - number) % (5 * 365 * 24 * 60), seconds=number % 60)
                is_open = number % 50 == 0
                row = dict(model) | {
                    "uuid": f"{number:032x}",
                    "record": f"{number + 2**100:032x}",
                    "number": f"{number:08d}",
                    "school_id": place.pk,
                    "state": "assessing" if is_open else "closed",
                    "opened_at": moment(came),
                    "state_since": moment(came),
                    "state_due": moment(came + timedelta(days=1)) if is_open else None,
                    "closed_at": None if is_open else moment(came + timedelta(days=20)),
                    "close_reason": "" if is_open else "unfounded",
                }
                yield [row[name] for name in model]

        columns = ", ".join(connection.ops.quote_name(name) for name in model)
        statement = f"INSERT INTO {Case._meta.db_table} ({columns}) VALUES ({', '.join(['%s'] * len(model))})"  # noqa: S608 - names of columns
        with transaction.atomic():
            for batch in itertools.batched(rows(), 5_000):
                cursor.executemany(statement, list(batch))
