"""The seven steps: who may not, what is refused without anything being lost, and that it can be left and
taken up again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.cast import Cast

from security_center.center.queries import set_up
from security_center.foundation.notifications.models import TestAlert
from security_center.foundation.organizations.models import Organization, Person, RoleAssignment
from security_center.prevention import queries as plan_queries

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]
KEYS = ("", "district/", "schools/", "people/", "coverage/", "plan/", "alerts/", "open/")


def base(cast: Cast) -> str:
    return f"/set-up/{cast.district.slug}/"


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    ("short", "status"), [("rosa", 404), ("dana", 404), ("ivy", 403), ("omar", 403), ("aud", 403)]
)
def test_nobody_but_the_administrator_is_let_into_the_set_up(
    cast: Cast, signed_in: SignIn, short: str, status: int, key: str
) -> None:
    """403 for the district's own people, 404 for a school's, who do not see the district's page at all."""
    assert signed_in(cast.everyone[short]).get(f"{base(cast)}{key}").status_code == status


@pytest.mark.parametrize("key", KEYS)
def test_the_administrator_of_another_district_gets_404(cast: Cast, signed_in: SignIn, key: str) -> None:
    stranger = signed_in(cast.ada_elsewhere)
    assert stranger.get(f"{base(cast)}{key}").status_code == 404
    assert stranger.post(f"{base(cast)}{key}", {"rows": "Nowhere High"}).status_code in {404, 405}


@pytest.mark.parametrize("path", ["people/links/", "people/mail/"])
def test_links_are_made_for_nobody_elses_people(cast: Cast, signed_in: SignIn, path: str) -> None:
    assert signed_in(cast.ada_elsewhere).post(f"{base(cast)}{path}").status_code == 404
    assert signed_in(cast.ivy).post(f"{base(cast)}{path}").status_code == 403


def test_a_school_is_no_district_to_be_set_up(cast: Cast, signed_in: SignIn) -> None:
    assert signed_in(cast.ada).get(f"/set-up/{cast.school_a.slug}/schools/").status_code == 403


def test_a_reader_is_refused_at_the_beginning_too(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.rosa)
    assert client.get("/set-up/").status_code == 403
    assert (
        client.post(
            "/set-up/", {"name": "My own district", "dispatch_number": "1", "time_zone": "America/Chicago"}
        ).status_code
        == 403
    )
    assert not Organization.objects.filter(name="My own district").exists()


# --- step 1
# ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def first(open_vault: None, fast_passwords: None) -> Person:
    return Person.objects.create_user(
        "admin@localhost", "First administrator", "a long enough phrase", is_first_administrator=True
    )


DISTRICT = {
    "name": "Pine Valley School District",
    "city": "Pine Valley",
    "time_zone": "America/Chicago",
    "dispatch_number": "555-0123",
    "own_name": "Ada Stone",
    "own_email": "ada@pine.example.org",
}


def test_the_first_administrator_enters_the_district_and_their_own_name(
    first: Person, signed_in: SignIn
) -> None:
    answer = signed_in(first).post("/set-up/", DISTRICT)
    district = Organization.objects.get()
    assert answer["Location"] == f"/set-up/{district.slug}/schools/"
    assert (district.kind, district.time_zone, district.dispatch_number) == (
        "district",
        "America/Chicago",
        "555-0123",
    )
    first.refresh_from_db()
    assert (first.name, first.email) == ("Ada Stone", "ada@pine.example.org")
    assert RoleAssignment.objects.get().role == "administrator"


def test_a_state_may_stand_above_it(first: Person, signed_in: SignIn) -> None:
    signed_in(first).post("/set-up/", {**DISTRICT, "state": "Franklin"})
    district = Organization.objects.get(kind="district")
    assert district.parent is not None
    assert district.parent.name == "Franklin"


def test_without_a_dispatch_number_nothing_is_entered_and_every_word_stays(
    first: Person, signed_in: SignIn
) -> None:
    answer = signed_in(first).post("/set-up/", {**DISTRICT, "dispatch_number": ""})
    assert answer.status_code == 422
    assert "Pine Valley School District" in answer.content.decode()
    assert not Organization.objects.exists()


def test_a_name_that_is_taken_undoes_the_state_too(first: Person, signed_in: SignIn) -> None:
    Person.objects.create_user("taken@pine.example.org", "Somebody")
    answer = signed_in(first).post(
        "/set-up/", {**DISTRICT, "state": "Franklin", "own_email": "taken@pine.example.org"}
    )
    assert answer.status_code in {200, 422}
    assert not Organization.objects.exists()


def test_a_second_visit_takes_up_where_one_stopped(first: Person, signed_in: SignIn) -> None:
    client = signed_in(first)
    client.post("/set-up/", DISTRICT)
    again = client.get("/set-up/", follow=True)
    assert "You stopped at: Schools" in again.content.decode()


# --- steps 2 and 3
# ---------------------------------------------------------------------------------------------------


def test_a_wrong_row_is_named_and_no_row_is_lost(cast: Cast, signed_in: SignIn) -> None:
    rows = "Fir High School, high\n, middle\nOak School, strange"
    answer = signed_in(cast.ada).post(f"{base(cast)}schools/", {"rows": rows})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Fir High School, high" in page
    assert "The name of the school is missing." in page
    assert "“strange” is no level." in page
    assert not Organization.objects.filter(name="Fir High School").exists()


def test_schools_come_from_a_file_too(cast: Cast, signed_in: SignIn, tmp_path: Any) -> None:
    file = tmp_path / "schools.csv"
    file.write_text("name;level\nFir High School;high\n", encoding="utf-8")
    with file.open("rb") as handle:
        answer = signed_in(cast.ada).post(f"{base(cast)}schools/", {"rows": "", "file": handle})
    assert answer.status_code == 302
    assert Organization.objects.get(name="Fir High School").parent == cast.district


PEOPLE = (
    "Una Ray, una.ray@maple.example.org, reader, Maple High School\nUna Ray, una.ray@maple.example.org, "
    "counselor, Birch Middle School"
)


def test_one_person_may_stand_on_two_lines_with_two_roles(cast: Cast, signed_in: SignIn) -> None:
    assert signed_in(cast.ada).post(f"{base(cast)}people/", {"rows": PEOPLE}).status_code == 302
    una = Person.objects.get(email="una.ray@maple.example.org")
    assert {(role.role, role.organization.name) for role in una.role_assignments.all()} == {
        ("reader", "Maple High School"),
        ("counselor", "Birch Middle School"),
    }


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("Una Ray, una.ray, reader, Maple High School", "is no e-mail address"),
        ("Una Ray, una@example.org, boss, Maple High School", "“boss” is no role."),
        ("Una Ray, una@example.org, reader, Cedar High School", "“Cedar High School” is not entered here."),
        (", una@example.org, reader, Maple High School", "The name is missing."),
        (
            "Rosa, rosa.ortiz@maple.example.org, reader, Maple High School",
            "They already hold this role there.",
        ),
        ("Rosa, rosa.ortiz@cedar.example.org, reader, Maple High School", "looked after elsewhere"),
    ],
)
def test_a_wrong_row_of_people_is_named_and_nobody_is_entered(
    cast: Cast, signed_in: SignIn, row: str, sentence: str
) -> None:
    before = Person.objects.count()
    answer = signed_in(cast.ada).post(f"{base(cast)}people/", {"rows": f"{PEOPLE}\n{row}"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert "una.ray@maple.example.org" in page
    assert Person.objects.count() == before


def test_whoever_is_entered_and_not_on_the_list_of_the_staff_is_named_and_nothing_is_changed(
    cast: Cast, signed_in: SignIn
) -> None:
    ada, before = signed_in(cast.ada), Person.objects.filter(is_active=True).count()
    page = ada.post(
        f"{base(cast)}people/", {"rows": f"Rosa\t{cast.rosa.email.upper()}\nwhoever", "compare": "1"}
    ).content.decode()
    absent = page.partition('id="absent-title"')[2].partition("</section>")[0]
    assert cast.dana.name in absent
    assert f"/people/{cast.dana.pk}/" in absent
    assert cast.rosa.name not in absent
    assert cast.ada.name not in absent
    assert "cedar" not in absent, "of another district nobody"
    assert Person.objects.filter(is_active=True).count() == before
    assert (
        "There is no e-mail address in it."
        in ada.post(f"{base(cast)}people/", {"rows": "x", "compare": "1"}).content.decode()
    )


def test_links_are_shown_once_and_work(cast: Cast, signed_in: SignIn, client: Client) -> None:
    ada = signed_in(cast.ada)
    ada.post(f"{base(cast)}people/", {"rows": PEOPLE})
    page = ada.post(f"{base(cast)}people/links/").content.decode()
    link = page.split("/invitation/")[1].split("/")[0]
    assert client.get(f"/invitation/{link}/").status_code == 200
    assert link not in ada.get(f"{base(cast)}people/").content.decode()


# --- steps 4 to 7
# ----------------------------------------------------------------------------------------------------


def test_empty_calendars_are_filled_with_each_desks_own_people(cast: Cast, signed_in: SignIn) -> None:
    signed_in(cast.ada).post(f"{base(cast)}coverage/", {"all": "around_the_clock"})
    assert cast.rosa in plan_queries.readers_in_calendar(cast.school_a)
    assert cast.lena in plan_queries.readers_in_calendar(cast.school_b)
    assert cast.lena not in plan_queries.readers_in_calendar(cast.school_a)
    assert plan_queries.coverage_gaps_at([cast.school_a])[cast.school_a.pk] == []


def test_a_filled_calendar_is_left_alone_by_the_press_for_all(cast: Cast, signed_in: SignIn) -> None:
    ada = signed_in(cast.ada)
    slug = cast.school_a.slug
    ada.post(
        f"{base(cast)}coverage/",
        {"desk": slug, f"{slug}-preset": "school_hours", f"{slug}-first": cast.dana.pk},
    )
    ada.post(f"{base(cast)}coverage/", {"all": "around_the_clock"})
    assert plan_queries.readers_in_calendar(cast.school_a) == [cast.dana]


def test_nobody_without_a_reading_role_can_be_put_into_a_calendar(cast: Cast, signed_in: SignIn) -> None:
    slug = cast.school_a.slug
    answer = signed_in(cast.ada).post(
        f"{base(cast)}coverage/",
        {"desk": slug, f"{slug}-preset": "school_hours", f"{slug}-first": cast.aud.pk},
    )
    assert answer.status_code == 422
    assert plan_queries.readers_in_calendar(cast.school_a) == []


def test_the_starting_plan_is_adopted_as_it_is(cast: Cast, signed_in: SignIn) -> None:
    signed_in(cast.ada).post(f"{base(cast)}plan/", {"act": "adopt"})
    plan = plan_queries.adopted_plan(cast.school_a)
    assert plan is not None
    assert plan.organization == cast.district


def test_test_alerts_go_to_those_who_have_not_confirmed(cast: Cast, signed_in: SignIn) -> None:
    ada = signed_in(cast.ada)
    ada.post(f"{base(cast)}coverage/", {"all": "around_the_clock"})
    ada.post(f"{base(cast)}alerts/", {})
    alerted = set(TestAlert.objects.values_list("person__email", flat=True))
    assert {cast.rosa.email, cast.lena.email, cast.omar.email} <= alerted
    assert "Not confirmed yet." in ada.get(f"{base(cast)}alerts/").content.decode()


def test_a_confirmation_on_the_screen_counts_only_where_no_mail_server_is_set_up(
    cast: Cast, signed_in: SignIn, settings: Any
) -> None:
    settings.SSC_EMAIL_CONFIGURED = False
    ada, rosa = signed_in(cast.ada), signed_in(cast.rosa)
    ada.post(f"{base(cast)}coverage/", {"all": "around_the_clock"})
    ada.post(f"{base(cast)}alerts/", {"person": cast.rosa.pk})
    alert = TestAlert.objects.get(person=cast.rosa)
    assert alert.delivery is not None
    path = f"/inbox/{alert.delivery.message_id}/confirm/"
    assert signed_in(cast.ben).post(path).status_code == 404, "Nobody confirms for another."
    rosa.post(path)
    alert.refresh_from_db()
    assert alert.confirmed_at is not None
    assert alert.channel == "screen"


def test_where_mail_is_set_up_the_screen_proves_nothing(cast: Cast, signed_in: SignIn, settings: Any) -> None:
    settings.SSC_EMAIL_CONFIGURED = True
    ada = signed_in(cast.ada)
    ada.post(f"{base(cast)}coverage/", {"all": "around_the_clock"})
    ada.post(f"{base(cast)}alerts/", {"person": cast.rosa.pk})
    alert = TestAlert.objects.get(person=cast.rosa)
    assert alert.delivery is not None
    signed_in(cast.rosa).post(f"/inbox/{alert.delivery.message_id}/confirm/")
    alert.refresh_from_db()
    assert alert.confirmed_at is None


def test_the_last_step_names_what_is_missing_for_each_school(cast: Cast, signed_in: SignIn) -> None:
    page = signed_in(cast.ada).get(f"{base(cast)}open/").content.decode()
    assert "No plan is adopted." in page
    assert "The coverage calendar names no reader." in page
    assert f"/set-up/{cast.district.slug}/coverage/" in page


def test_progress_is_read_from_what_is_there(cast: Cast) -> None:
    progress = set_up.progress(cast.district)
    done = {step.key: step.done for step in progress.steps}
    assert done == {
        "district": True,
        "schools": True,
        "people": True,
        "coverage": False,
        "plan": False,
        "alerts": False,
        "open": False,
    }
    assert progress.next.key == "coverage"
