"""The public page of a school's plan: only what is adopted and published, from the published row alone."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast
from tests.reporting.public_side import opened_school, text  # noqa: F401 - a fixture

from security_center.foundation.organizations.models import Organization
from security_center.prevention import actions
from security_center.prevention.models import Plan

pytestmark = pytest.mark.django_db


def page(client: Client, school: Organization, language: str = "en") -> str:
    answer = client.get(f"/report/{school.slug}/plan/?lang={language}")
    assert answer.status_code == 200
    return text(answer)


def test_there_is_no_page_where_no_plan_is_adopted(cast: Cast, public_client: Client) -> None:
    assert public_client.get(f"/report/{cast.school_a.slug}/plan/").status_code == 404
    assert public_client.get("/report/no-such-school/plan/").status_code == 404


def test_it_says_how_to_report_and_what_the_plan_says(
    opened_school: Organization,  # noqa: F811
    public_client: Client,
) -> None:
    said = page(public_client, opened_school)
    assert f'href="/report/{opened_school.slug}/' in said
    assert "Each report is read by a person and followed up." in said
    assert "Cada reporte lo lee una persona" in page(public_client, opened_school, "es")
    assert f"/report/{opened_school.slug}/plan/" in text(public_client.get(f"/report/{opened_school.slug}/"))


def test_a_draft_is_not_public_until_it_is_adopted_and_a_withdrawn_step_is_gone(
    opened_school: Organization,  # noqa: F811
    cast: Cast,
    public_client: Client,
) -> None:
    words = {"en": ["We greet each other."], "es": ["Nos saludamos."]}
    actions.save_step(
        actor=cast.ivy, organization=cast.district, step="climate", seen=0, paragraphs=words, public=True
    )
    assert "We greet each other." not in page(public_client, opened_school)
    actions.adopt_draft(actor=cast.ivy, organization=cast.district, adopted_for="Board of Education")
    said = page(public_client, opened_school)
    assert "We greet each other." in said
    assert "Version 2 of the plan" in said
    assert "Board of Education." in said
    actions.save_step(
        actor=cast.ivy, organization=cast.district, step="climate", seen=0, paragraphs=words, public=False
    )
    actions.adopt_draft(actor=cast.ivy, organization=cast.district)
    assert "We greet each other." not in page(public_client, opened_school)


def test_no_name_of_staff_is_public_unless_its_step_was_published(
    opened_school: Organization,  # noqa: F811
    cast: Cast,
    public_client: Client,
) -> None:
    names = {
        "leader": cast.tess.name,
        "alternate": cast.dana.name,
        "interviewer": cast.ben.name,
        "recorder": cast.rosa.name,
    }
    team = [
        {
            "expertise": "counseling",
            "person": cast.ben.pk,
            "name": cast.ben.name,
            "alternate": cast.tess.pk,
            "alternate_name": cast.tess.name,
        }
    ]
    actions.adopt_plan(
        actor=cast.ivy,
        organization=cast.district,
        names={**names, "police_contact": cast.sam.name},
        team=team,
    )
    said = page(public_client, opened_school)
    for person in cast.everyone.values():
        assert person.name not in said
    steps = [*Plan.objects.get(state="adopted").public_steps, "team"]
    actions.adopt_plan(actor=cast.ivy, organization=cast.district, public_steps=steps)
    assert cast.tess.name in page(public_client, opened_school)


def test_the_page_reads_the_published_row_and_neither_plan_nor_people(
    opened_school: Organization,  # noqa: F811
    public_client: Client,
) -> None:
    with CaptureQueriesContext(connection) as asked:
        page(public_client, opened_school)
    for query in asked.captured_queries:
        for table in ('"prevention_plan"', '"organizations_person"', '"prevention_coverageshift"'):
            assert table not in query["sql"]
