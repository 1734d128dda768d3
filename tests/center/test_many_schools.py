"""A state of many districts and schools: what is said is true of all of them, every page stays one page, and
no page asks more for more schools."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_scopes import scopes_disabled
from tests.cast import Cast

from security_center.center.queries.broken import broken_for
from security_center.center.queries.rollups import RollUp
from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Organization
from security_center.prevention.models import PublishedForm

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]
LISTS = ("/", "/set-up/", "/readiness/", "/plan/", "/schools/", "/alerts/", "/organizations/", "/people/")
LARGEST = 100 * 1024


def add_districts(cast: Cast, count: int, schools: int) -> None:
    """Districts whose names come behind every other one, each with so many schools, all forms open but that
    of the last school of each."""
    common = {"created_at": now(), "time_zone": "America/Chicago"}
    names = [f"Zebra {number:03} School District" for number in range(count)]
    Organization.objects.bulk_create(
        Organization(
            kind="district",
            parent=cast.state,
            name=name,
            slug=f"zebra-{number:03}",
            dispatch_number="1",
            **common,
        )
        for number, name in enumerate(names)
    )
    add_schools(list(Organization.objects.filter(name__in=names).order_by("name")), schools)


def add_schools(districts: list[Organization], count: int, called: str = "Academy") -> None:
    rows = [
        Organization(
            kind="school",
            parent=one,
            name=f"{one.name} {called} {number:03}",
            slug=f"{one.slug}-{called.lower()}-{number:03}",
            created_at=now(),
            time_zone="America/Chicago",
        )
        for one in districts
        for number in range(count)
    ]
    Organization.objects.bulk_create(rows)
    made = [*districts, *Organization.objects.filter(slug__in=[row.slug for row in rows])]
    PublishedForm.objects.bulk_create(
        PublishedForm(
            organization=place,
            open=not place.slug.endswith(f"-{count - 1:03}") or place.kind == "district",
            closed_because="no_reader" if place.slug.endswith(f"-{count - 1:03}") else "",
            windows=[[now().isoformat(), now().replace(year=now().year + 1).isoformat()]],
            renewed_at=now(),
        )
        for place in made
        if not PublishedForm.objects.filter(organization=place).exists()
    )


def pages_of(client: Client, path: str) -> list[str]:
    """The page and those that follow it by “Next”."""
    found = [client.get(path).content.decode()]
    while following := re.search(r'rel="next"\s+href="([^"]+)"', found[-1]):
        assert len(found) < 20
        found.append(client.get(path + following[1].replace("&amp;", "&")).content.decode())
    return found


def test_figures_are_true_beyond_five_hundred_desks(cast: Cast, signed_in: SignIn) -> None:
    add_districts(cast, 60, 9)
    with scopes_disabled():
        together = RollUp(cast.root)
        assert len(together.desks) == 60 * 10 + 6
        zebras = [
            row for row in together.district_rows(together.districts) if row.district.name.startswith("Zebra")
        ]
    assert {(row.district.schools, row.closed_forms) for row in zebras} == {(9, 1)}
    page = signed_in(cast.root).get("/").content.decode()
    assert "62 districts, 544 schools. Report forms closed: 66." in page
    assert "66 report forms are closed" in {one.title for one in broken_for(cast.root)}, (
        "the ten of the cast were never opened"
    )
    assert "of 606 desks have all they need." in signed_in(cast.root).get("/readiness/").content.decode()


@pytest.mark.parametrize("path", ["/set-up/", "/readiness/", "/plan/", "/schools/"])
def test_every_district_stands_on_one_of_the_pages_and_none_on_two(
    cast: Cast, signed_in: SignIn, path: str
) -> None:
    add_districts(cast, 110, 1)
    pages = pages_of(signed_in(cast.root), path)
    names = [name for page in pages for name in re.findall(r"Zebra \d{3} School District(?=\s*</a>)", page)]
    assert sorted(names) == [f"Zebra {number:03} School District" for number in range(110)]
    assert max(len(page) for page in pages) < LARGEST


@pytest.mark.parametrize("path", ["/readiness/", "/plan/", "/schools/"])
def test_every_desk_of_a_large_district_stands_on_one_of_the_pages(
    cast: Cast, signed_in: SignIn, path: str
) -> None:
    add_schools([cast.district], 120)
    pages = pages_of(signed_in(cast.omar), path)
    numbers = [
        int(found)
        for page in pages
        for found in re.findall(r"Academy (\d{3})(?=\s*<)", page.replace("</a>", "<"))
    ]
    assert {numbers.count(number) for number in range(120)} <= set(range(1, 9))
    assert len(pages) == (4 if path == "/readiness/" else 3)
    assert max(len(page) for page in pages) < LARGEST


@pytest.mark.parametrize("path", ["/readiness/", "/plan/", "/schools/"])
def test_a_school_is_found_by_a_part_of_its_name_in_whatever_district_it_is(
    cast: Cast, signed_in: SignIn, path: str
) -> None:
    add_districts(cast, 60, 2)
    page = signed_in(cast.root).get(path, {"q": "zebra 041 academy 001"}).content.decode()
    page += signed_in(cast.root).get(path, {"q": "041 aCADemy"}).content.decode()
    assert "Zebra 041 School District Academy 001" in page
    assert "Zebra 042" not in page
    assert (
        "No school or district has this name"
        in signed_in(cast.root).get(path, {"q": "nowhere at all"}).content.decode()
    )


def test_a_search_finds_nothing_of_another_district(cast: Cast, signed_in: SignIn) -> None:
    add_schools([cast.district, cast.district_elsewhere], 60)
    for path in ("/readiness/", "/plan/", "/schools/"):
        assert (
            cast.district_elsewhere.name
            not in signed_in(cast.omar).get(path, {"q": "academy"}).content.decode()
        )
        assert signed_in(cast.omar).get(path, {"district": cast.district_elsewhere.slug}).status_code == 404


def queries_of(client: Client, path: str) -> int:
    client.get(path)  # the first time also fills what a process keeps
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
    assert answer.status_code == 200, path
    assert len(answer.content) < LARGEST, path
    return len(captured)


@pytest.mark.long
@pytest.mark.parametrize("short", ["root", "ada"])
def test_no_page_asks_more_for_more_schools(cast: Cast, signed_in: SignIn, short: str) -> None:
    client = signed_in(getattr(cast, short))
    steps = [
        f"/set-up/{cast.district.slug}/{step}"
        for step in ("", "schools/", "people/", "coverage/", "alerts/", "open/")
    ]
    paths = [path for path in LISTS if short == "root" or path != "/set-up/"] + steps
    add_districts(cast, 60, 1)  # so that both times many stand side by side
    add_schools([cast.district], 14)
    few = {path: queries_of(client, path) for path in paths}
    add_schools([cast.district], 60, "Lyceum")
    add_schools([cast.district_elsewhere], 60)
    many = {path: queries_of(client, path) for path in paths}
    assert {path: count for path, count in many.items() if count > few[path]} == {}
    assert max(many.values()) <= 40, many


def test_the_calendars_of_a_large_district_are_chosen_desk_by_desk(cast: Cast, signed_in: SignIn) -> None:
    add_schools([cast.district], 40)
    path, ada = f"/set-up/{cast.district.slug}/coverage/", signed_in(cast.ada)
    page = ada.get(path).content.decode()
    assert f'href="?desk={cast.school_a.slug}"' in page
    assert f"{cast.school_a.slug}-preset" not in page
    one = ada.get(path, {"desk": cast.school_a.slug}).content.decode()
    assert f"{cast.school_a.slug}-preset" in one
    assert f"{cast.school_b.slug}-preset" not in one
    assert ada.get(path, {"desk": cast.school_elsewhere.slug}).status_code == 404
    sent = {
        "desk": cast.school_a.slug,
        f"{cast.school_a.slug}-preset": "school_hours",
        f"{cast.school_a.slug}-first": cast.rosa.pk,
    }
    assert ada.post(path, sent).status_code == 302
    assert cast.rosa.name in ada.get(path, {"q": "maple high"}).content.decode()
