"""The district's services: who may keep the list, what a plan takes from it, and the duty to ask again each
quarter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from tests.reporting.acts import everything_in_the_database
from tests.threat_assessment.pages import seen, send, words
from tests.threat_assessment.team import Team

from security_center.foundation.duties.models import Duty
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.policies import NotAllowed
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment.actions import services
from security_center.threat_assessment.models import Service

SignIn = Callable[[Person], Client]


def entered(team: Team, **fields: int | None) -> Service:
    given = {"places_free": 3, "wait_days": 5, **fields}
    district = team.valley.cast.district
    return services.enter_service(
        actor=team.ben,
        district=district,
        kind="counseling",
        name="Marker-Name",
        contact="Marker-Contact",
        **given,
    )


def test_another_district_sees_no_service_and_an_officer_changes_none(team: Team, signed_in: SignIn) -> None:
    row = entered(team)
    for who in ("ben_elsewhere", "ivy_elsewhere", "omar", "aud", "ada"):
        assert signed_in(team.valley.cast.everyone[who]).get(row.path).status_code == 404, who
    assert signed_in(team.sam).get(row.path).status_code == 200
    assert signed_in(team.sam).post(row.path, {"end": "1"}).status_code == 403
    with pytest.raises(NotAllowed):
        services.end_service(actor=team.valley.cast.ben_elsewhere, service=row)


def test_names_and_contacts_of_services_are_nowhere_in_clear(team: Team) -> None:
    entered(team)
    assert b"Marker-" not in everything_in_the_database()


def test_a_service_is_entered_checked_and_taken_out_on_its_pages(team: Team, signed_in: SignIn) -> None:
    client = signed_in(team.ben)
    client.post(
        "/services/new/",
        {"service-kind": "family", "service-called": "Family house", "service-places_free": "2"},
    )
    row = Service.objects.get()
    page = words(client.get("/services/"))
    assert ("Family house" in page, "2 places free" in page, "wait: not known" in page) == (True, True, True)
    client.post(
        row.path, {"service-places_free": "0", "service-wait_days": "30", "service-contact": "555-0101"}
    )
    assert "no place free" in words(client.get("/services/"))
    client.post(row.path, {"end": "1"})
    assert "No service is entered yet" in words(client.get("/services/"))
    assert not Duty.objects.open().filter(thing=row.thing).exists()
    assert "Write what it is called." in words(client.post("/services/new/", {"service-kind": "family"}))


def test_f12_each_service_is_asked_again_every_quarter(team: Team) -> None:
    row = entered(team)
    duty = Duty.objects.open().get(thing=row.thing)
    assert (duty.holder, duty.due_at) == (
        team.ben,
        row.checked_at + timedelta(days=doctrine.service_check_days()),
    )
    team.valley.pass_time(days=100)
    team.valley.ring()
    told = {person.name for step in duty.steps.all() for person in step.told.all()}
    assert {"Ben Cole", "Ivy Chen"} <= told
    services.check_service(actor=team.tess, service=row, contact="", note="", places_free=1, wait_days=None)
    assert Duty.objects.open().get(thing=row.thing).holder == team.tess


def test_several_services_to_be_asked_again_are_told_apart_on_the_first_page(
    team: Team, signed_in: SignIn
) -> None:
    first = entered(team)
    services.enter_service(
        actor=team.ben, district=team.valley.cast.district, kind="family", name="Marker-Name", contact=""
    )
    page = words(signed_in(team.ben).get("/"))
    assert ("<span>Counseling</span>" in page, "<span>Help for the family</span>" in page) == (True, True)
    assert f"<span>{first.pk}</span>" not in page
    assert "Marker-" not in page


def test_f12_a_step_of_a_plan_takes_the_service_from_the_list(team: Team, signed_in: SignIn) -> None:
    entered(team)
    case, client = team.managed(), signed_in(team.tess)
    listed = "Counseling: Marker-Name (3 places free, 5 days to wait)"
    assert listed in seen(client, case, "plan/actions/new/")
    option, due = next(iter(doctrine.plan_options())), (team.valley.at.date() + timedelta(days=5)).isoformat()
    send(
        client,
        case,
        "plan/actions/new/",
        "step",
        option=option,
        service=listed,
        what="Refer.",
        owner=team.ben.pk,
        backup=team.dana.pk,
        due_on=due,
    )
    action = case.plan.actions.order_by("-pk").first()
    assert action is not None
    assert "Marker-Name, Marker-Contact" in seen(client, case, f"plan/actions/{action.pk}/")
