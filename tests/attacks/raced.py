"""A program of its own: whatever two people do together, and one-time links, each by 50 threads at the same
moment, on connections of their own.

Prints what came of it as JSON. Started by test_approvals.py and test_reset_links.py, on one SQLite file and
on PostgreSQL."""

from __future__ import annotations

import contextvars
import json
import sys
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import django

AT_ONCE = 50


def main() -> None:
    django.setup()
    from django.conf import settings

    settings.SSC_DEMO = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}

    from tests.cast import assembled
    from tests.reporting.acts import at_work

    from security_center.foundation.ledger.queries import verify
    from security_center.foundation.vault.provider import create_key_file

    create_key_file()
    with at_work(assembled()) as valley:
        found: dict[str, Any] = {"reports": reports(valley), "cases": cases(valley), "links": links(valley)}
        found["ledger"] = list(map(str, verify().problems))
    sys.stdout.write(json.dumps(found) + "\n")


def at_once(valley: Any, bodies: Sequence[Callable[[], object]]) -> dict[str, int]:
    """How often each outcome came: "done", or the name of what was raised."""
    from django.db import connection
    from django_scopes import scope

    together, lock, outcomes = threading.Barrier(len(bodies)), threading.Lock(), Counter[str]()

    def run(body: Callable[[], object]) -> None:
        with scope(district=[valley.cast.district.pk]):
            together.wait(timeout=60)
            try:
                said = body()
                outcome = said if isinstance(said, str) else "done"
            except Exception as error:
                outcome = type(error).__name__
            finally:
                connection.close()
        with lock:
            outcomes[outcome] += 1

    # With the clock of the valley
    threads = [threading.Thread(target=contextvars.copy_context().run, args=[run, body]) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return dict(outcomes)


def entries(thing: str, *verbs: str) -> list[int]:
    from security_center.foundation.ledger.models import Entry

    return [Entry.objects.filter(thing=thing, verb=verb).count() for verb in verbs]


def reports(valley: Any) -> dict[str, Any]:
    from tests.reporting.acts import fresh

    from security_center.reporting.actions import decisions
    from security_center.reporting.models import Approval

    cast = valley.cast
    report = valley.taken(danger_now="yes")
    decisions.decide(
        actor=cast.rosa,
        report=report,
        actions=["counseling"],
        validity="plausible",
        considered="We talked to both.",
    )
    found: dict[str, Any] = {}

    def answers(approval: Approval, *, doubts: bool) -> list[Callable[[], object]]:
        seconds = (cast.ben, cast.nia, cast.ivy)

        def body(number: int) -> Callable[[], object]:
            agree = not (doubts and number % 2)
            actor, mine = (
                seconds[number % 3],
                Approval.objects.select_related("report__desk", "asked_by").get(pk=approval.pk),
            )
            return lambda: (
                decisions.answer_approval(
                    actor=actor, approval=mine, agree=agree, answer="I asked him myself."
                )
                and None
            )

        return [body(number) for number in range(AT_ONCE)]

    def asks(act: Callable[[], object]) -> dict[str, int]:
        return at_once(valley, [act] * AT_ONCE)

    mine = fresh(report)
    found["lowering asked"] = asks(
        lambda: (
            decisions.ask_to_lower(actor=cast.rosa, report=mine, urgency="U3", reason="He has none.") and None
        )
    )
    approval = Approval.objects.get(report=report, kind="lower_urgency")
    found["lowering answered"] = at_once(valley, answers(approval, doubts=True))
    approval.refresh_from_db()
    found["lowered as it was answered"] = (fresh(report).urgency == "U3") == (
        approval.decision == Approval.Decision.AGREED
    )
    mine = fresh(report)
    found["closing asked"] = asks(
        lambda: decisions.close(actor=cast.rosa, report=mine, reason="All is done.") and None
    )
    approval = Approval.objects.get(report=report, kind="close")
    found["closing answered"] = at_once(valley, answers(approval, doubts=False))
    found["left"] = sorted(valley.duties(report))
    found["entries"] = entries(report.thing, "approval.asked", "report.closed")
    found["answers"] = sum(entries(report.thing, "approval.agreed", "approval.refused"))
    return found


def cases(valley: Any) -> dict[str, Any]:
    from tests.threat_assessment.team import SCREEN, Team

    from security_center.foundation.duties.queries import open_about
    from security_center.threat_assessment.actions import case_closing, screening, state_transitions
    from security_center.threat_assessment.models import Case, Closure, Screening, State

    team = Team(valley)
    case = state_transitions.advance(actor=team.tess, case=team.open(), to=State.SCREENING)
    found: dict[str, Any] = {}

    def each(act: Callable[[Any, Any], object]) -> dict[str, int]:
        """Half of the threads are Tess's and half are Ben's, each with a page of its own."""
        pages = [
            Case.objects.select_related("school__parent__parent", "district", "lead").get(pk=case.pk)
            for _ in range(AT_ONCE)
        ]
        return at_once(
            valley,
            [
                lambda page=page, who=who: act(who, page)
                for page, who in zip(pages, [team.tess, team.ben] * AT_ONCE, strict=False)
            ],
        )

    found["screened"] = each(
        lambda who, page: screening.screen(actor=who, case=page, **{**SCREEN, "view": "unfounded"}) and None
    )
    found["screenings"] = Screening.objects.filter(case=case).count()
    found["closing asked"] = each(
        lambda who, page: (
            case_closing.ask_to_close(
                actor=who, case=page, reason="unfounded", text="It was a line of a song."
            )
            and None
        )
    )
    found["still asked"] = Closure.objects.filter(case=case, agreed_at__isnull=True, refused=False).count()
    closure = case_closing.ask_to_close(
        actor=team.tess, case=case, reason="unfounded", text="It was a line of a song."
    )
    found["closing answered"] = each(
        lambda who, page: (
            case_closing.answer_closing(actor=who, case=page, closure=closure, agree=True, text="Yes.").state
            == State.CLOSED
            or "open"
        )
    )
    found["agreed"] = list(
        Closure.objects.filter(case=case, agreed_at__isnull=False).values_list("agreed_by__name", flat=True)
    )
    found["left"] = open_about(case.thing).count()
    found["moves"] = list(case.moves.order_by("pk").values_list("to_state", flat=True))
    return found


def links(valley: Any) -> dict[str, Any]:
    from allauth.account.utils import user_pk_to_url_str
    from django.conf import settings
    from django.contrib.auth.hashers import check_password
    from django.test import Client
    from django.urls import reverse

    from security_center.foundation.organizations import actions
    from security_center.foundation.organizations.models import Person
    from security_center.foundation.organizations.reset_links import ResetLinks

    cast = valley.cast
    invitation = actions.invite(actor=cast.ada, person=cast.tess)
    rosa = Person.objects.get(pk=cast.rosa.pk)
    reset = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(rosa), "key": ResetLinks().make_token(rosa)},
    )
    found: dict[str, Any] = {}

    def post(path: str, fields: tuple[str, str], number: int) -> Callable[[], object]:
        client, word = (
            Client(REMOTE_ADDR=f"203.0.113.{number}", headers={"host": settings.ALLOWED_HOSTS[0]}),
            f"a-Quiet-harbor-{number:03}",
        )
        page = client.get(path, follow=True)

        def body() -> str:
            answer = client.post(page.request["PATH_INFO"], dict.fromkeys(fields, word))
            return "in" if answer.status_code == 302 else f"{answer.status_code}"

        return body

    found["reset"] = at_once(valley, [post(reset, ("password1", "password2"), number) for number in range(8)])
    found["invited"] = at_once(
        valley, [post(invitation, ("password", "again"), number) for number in range(8)]
    )
    found["changes"] = [
        sum(entries(f"person:{one.pk}", "person.password_changed", "invitation.accepted"))
        for one in (cast.rosa, cast.tess)
    ]
    stored = Person.objects.get(pk=cast.rosa.pk).password
    found["one of the eight"] = sum(
        check_password(f"a-Quiet-harbor-{number:03}", stored) for number in range(8)
    )
    return found


if __name__ == "__main__":
    main()
