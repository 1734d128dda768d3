"""Every address of this room × role × tenant, beginning with who may NOT; then what the pages do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.module_loading import import_string
from django_scopes import get_scope
from tests.cast import BEGAN, Cast

from security_center.foundation.organizations import actions, policies
from security_center.foundation.organizations.middleware import OPEN_PATHS, OPEN_PREFIXES
from security_center.foundation.organizations.models import AccessSession, Organization, Person, Supervision

SignedIn = Callable[..., Client]

EVERYBODY = {"rosa", "ben", "dana", "sam", "tess", "nia", "ivy", "omar", "aud", "ada"}
SEE_PEOPLE = {"dana", "ivy", "omar", "ada"}
SEE_DISTRICT = {"nia", "ivy", "omar", "aud", "ada"}

# name → (method, address with places from the cast, who of the district gets in, answer to the others of the
# district)
TABLE: dict[str, tuple[str, str, set[str], int]] = {
    "people": ("get", "/people/", SEE_PEOPLE, 403),
    "person_add": ("get", "/people/add/", {"ada"}, 403),
    "person": ("get", "/people/{cast.rosa.pk}/", SEE_PEOPLE, 403),
    "person_edit": ("get", "/people/{cast.rosa.pk}/edit/", {"ada"}, 403),
    "person_invite": ("post", "/people/{cast.rosa.pk}/invite/", {"ada"}, 403),
    "person_leave": ("get", "/people/{cast.rosa.pk}/leave/", {"ada"}, 403),
    "person_readmit": ("post", "/people/{cast.rosa.pk}/readmit/", {"ada"}, 403),
    "role_give": ("post", "/people/{cast.rosa.pk}/roles/", {"ada"}, 403),
    "role_end": ("post", "/people/{cast.rosa.pk}/roles/{role}/end/", {"ada"}, 403),
    "second_factor_reset": ("post", "/people/{cast.rosa.pk}/second-factor/reset/", {"ada"}, 403),
    "supervision_set": ("post", "/people/{cast.rosa.pk}/supervision/", {"ada"}, 403),
    "supervision_remove": ("post", "/people/{cast.rosa.pk}/supervision/{cast.dana.pk}/remove/", {"ada"}, 403),
    "organizations": ("get", "/organizations/", EVERYBODY, 403),
    "organization_add": ("get", "/organizations/add/", {"ada"}, 403),
    "organization": ("get", "/organizations/{cast.school_a.pk}/", EVERYBODY, 403),
    "schools_import": ("get", "/organizations/{cast.district.pk}/schools/import/", {"ada"}, 403),
    "access_sessions": ("get", "/organizations/{cast.school_a.pk}/access/", EVERYBODY, 403),
    "access_session_end": ("post", "/access-sessions/{session}/end/", {"ada"}, 403),
    "second_factor": ("get", "/account/second-factor/", EVERYBODY, 403),
    "security": ("get", "/account/security/", EVERYBODY, 403),
    "sign_ins": ("get", "/account/sessions/", EVERYBODY, 403),
}
# Addresses that name no thing of the district: a stranger meets their own district there.
OF_ONESELF = {
    "people",
    "person_add",
    "organizations",
    "organization_add",
    "second_factor",
    "security",
    "sign_ins",
}
WITHOUT_SIGN_IN = {"invitation"}
WHILE_SOMEBODY_WAITS = {"let_in", "waiting"}  # tests/attacks/test_second_factor_reset.py
REFUSED = {302, 403, 404}


@pytest.fixture
def address(cast: Cast) -> Callable[[str], str]:
    session = actions.start_access_session(
        actor=cast.ada, organization=cast.school_a, reason="A parent called and nobody is here."
    )
    Supervision.objects.create(supervisor=cast.dana, supervised=cast.rosa)
    role = policies.held(cast.rosa)[0].pk

    def fill(template: str) -> str:
        return template.format(cast=cast, role=role, session=session.pk)

    return fill


def call(client: Client, method: str, path: str) -> Any:
    return client.get(path) if method == "get" else client.post(path)


def own_names(resolver: URLResolver | None = None) -> set[str]:
    found: set[str] = set()
    for pattern in (resolver or get_resolver(settings.STAFF_URLCONF)).url_patterns:
        if isinstance(pattern, URLResolver):
            found |= own_names(pattern) if pattern.namespace is None else set()
            if pattern.namespace == "organizations":
                found |= {
                    entry.name
                    for entry in pattern.url_patterns
                    if isinstance(entry, URLPattern) and entry.name
                }
    return found


def test_every_address_of_the_room_stands_in_the_table() -> None:
    assert own_names() == set(TABLE) | WITHOUT_SIGN_IN | WHILE_SOMEBODY_WAITS


@pytest.mark.parametrize("name", TABLE)
def test_somebody_who_is_not_signed_in_is_led_to_the_sign_in(
    address: Callable[[str], str], name: str
) -> None:
    method, template, _allowed, _refusal = TABLE[name]
    answer = call(Client(), method, address(template))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/?next=")


@pytest.mark.parametrize("name", sorted(set(TABLE) - OF_ONESELF))
def test_a_stranger_from_another_district_gets_404(
    cast: Cast, signed_in: SignedIn, address: Callable[[str], str], name: str
) -> None:
    method, template, _allowed, _refusal = TABLE[name]
    for stranger in cast.strangers.values():
        answer = call(signed_in(stranger), method, address(template))
        assert answer.status_code == 404, stranger.name


@pytest.mark.parametrize("name", TABLE)
def test_a_colleague_whose_role_does_not_include_it_gets_403_and_the_others_get_in(
    cast: Cast, signed_in: SignedIn, address: Callable[[str], str], name: str
) -> None:
    method, template, allowed, refusal = TABLE[name]
    path = address(template)
    for short in sorted(EVERYBODY - allowed):
        answer = call(signed_in(cast.everyone[short]), method, path)
        # Whoever works at a school does not see the district's page, so to them it does not exist.
        unseen = "cast.district" in template and short not in SEE_DISTRICT
        assert answer.status_code == (404 if unseen else refusal), (short, answer.status_code)
    for short in sorted(allowed):
        answer = call(signed_in(cast.everyone[short]), method, path)
        assert answer.status_code in {200, 302, 422}, (short, answer.status_code)
        if answer.status_code == 302:
            assert not answer["Location"].startswith("/account/login/"), short


def test_a_reader_of_one_school_does_not_see_the_other(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.rosa)
    for path in (
        f"/organizations/{cast.school_b.pk}/",
        f"/organizations/{cast.district.pk}/",
        f"/people/{cast.lena.pk}/",
        f"/people/{cast.ada.pk}/",
    ):
        assert client.get(path).status_code == 404, path
    assert signed_in(cast.dana).get(f"/people/{cast.lena.pk}/").status_code == 404


def test_a_reader_does_not_change_the_school_they_see(cast: Cast, signed_in: SignedIn) -> None:
    assert (
        signed_in(cast.rosa).post(f"/organizations/{cast.school_a.pk}/", {"name": "Mine"}).status_code == 403
    )
    assert (
        signed_in(cast.rosa)
        .post(f"/organizations/{cast.school_a.pk}/access/", {"reason": "I want to look", "hours": 1})
        .status_code
        == 403
    )
    assert Organization.objects.get(pk=cast.school_a.pk).name == "Maple High School"


def test_every_address_of_the_staff_program_is_closed_unless_it_is_named() -> None:
    """Walks the whole URL table: a new page is behind sign-in without anybody thinking of it."""
    patterns = import_string(f"{settings.STAFF_URLCONF}.urlpatterns")

    def paths(entries: list[Any], before: str = "") -> list[str]:
        found: list[str] = []
        for entry in entries:
            if isinstance(entry, URLResolver):
                found += paths(entry.url_patterns, before + str(entry.pattern))
            else:
                found.append("/" + before + str(entry.pattern))
        return found

    client = Client()
    closed = [
        path
        for path in paths(patterns)
        if path not in OPEN_PATHS and not path.replace("^", "").startswith(OPEN_PREFIXES)
    ]
    assert len(closed) > 25
    for path in closed:
        probe = path.replace("^", "").replace("\\Z", "").replace("$", "")
        import re

        probe = re.sub(r"<int:\w+>", "1", probe)
        probe = re.sub(r"<\w+:\w+>", "x", probe)
        probe = re.sub(r"\(\?P<\w+>[^)]*\)", "x", probe)
        answer = client.get(probe)
        assert (answer.status_code, answer.headers.get("Location", "").split("?")[0]) == (
            302,
            "/account/login/",
        ), probe


@pytest.mark.usefixtures("db")
def test_an_address_that_does_not_exist_is_not_told_apart_before_sign_in() -> None:
    assert Client().get("/no/such/page/")["Location"] == "/account/login/?next=/no/such/page/"
    assert (
        Client().get("/people/", headers={"HX-Request": "true"})["HX-Redirect"].startswith("/account/login/")
    )


def test_a_request_runs_in_the_scope_of_the_persons_districts(
    cast: Cast, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []
    from security_center.foundation.organizations import queries

    real = queries.tree
    monkeypatch.setattr(queries, "tree", lambda person: (seen.append(get_scope()), real(person))[1])
    signed_in(cast.rosa).get("/organizations/")
    signed_in(cast.root).get("/organizations/")
    assert seen[0]["district"] == [cast.district.pk]
    assert seen[1]["district"] == sorted([cast.state.pk, cast.district.pk, cast.district_elsewhere.pk])
    assert "district" not in get_scope()


def test_an_administrator_enters_a_person_with_a_role_and_makes_the_link(
    cast: Cast, signed_in: SignedIn
) -> None:
    client = signed_in(cast.ada)
    facts = {
        "name": "Joy Hill",
        "email": "joy@maple.example.org",
        "organization": cast.school_a.pk,
        "role": "counselor",
        "language": "es",
    }
    answer = client.post("/people/add/", facts)
    joy = Person.objects.get(email="joy@maple.example.org")
    assert answer["Location"] == f"/people/{joy.pk}/"
    assert [a.role for a in policies.held(joy)] == ["counselor"]
    made = client.post(f"/people/{joy.pk}/invite/")
    assert f"{settings.SSC_STAFF_URL}/invitation/" in made.content.decode()
    assert "/invitation/" not in client.get(f"/people/{joy.pk}/").content.decode(), "the link is shown once"


def test_a_refused_form_keeps_every_word_and_says_what_to_do(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.ada)
    page = client.post(
        "/people/add/",
        {"name": "Other Rosa", "email": cast.rosa.email, "organization": cast.school_a.pk, "language": "en"},
    )
    body = page.content.decode()
    assert "already entered" in body
    assert 'value="Other Rosa"' in body
    foreign = client.post(
        "/people/add/",
        {"name": "X", "email": "x@example.org", "organization": cast.school_elsewhere.pk, "language": "en"},
    )
    assert foreign.status_code == 200
    assert not Person.objects.filter(email="x@example.org").exists()


def test_roles_and_lines_are_kept_from_the_page(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.ada)
    client.post(f"/people/{cast.rosa.pk}/roles/", {"role": "counselor", "organization": cast.school_b.pk})
    client.post(f"/people/{cast.rosa.pk}/supervision/", {"supervisor": cast.dana.pk})
    body = client.get(f"/people/{cast.rosa.pk}/").content.decode()
    assert "Birch Middle School" in body
    assert Supervision.objects.filter(supervisor=cast.dana, supervised=cast.rosa).exists()
    again = client.post(
        f"/people/{cast.rosa.pk}/roles/", {"role": "counselor", "organization": cast.school_b.pk}
    )
    assert again.status_code == 422
    assert "already hold this role" in again.content.decode()
    client.post(f"/people/{cast.rosa.pk}/supervision/{cast.dana.pk}/remove/")
    assert not Supervision.objects.exists()


def test_a_person_leaves_from_the_page_only_with_the_mark(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.ada)
    assert client.post(f"/people/{cast.rosa.pk}/leave/", {}).status_code == 200
    assert Person.objects.get(pk=cast.rosa.pk).is_active
    assert client.post(f"/people/{cast.rosa.pk}/leave/", {"sure": "on"}).status_code == 302
    assert not Person.objects.get(pk=cast.rosa.pk).is_active
    assert cast.rosa.name in client.get("/people/?left=yes").content.decode()
    assert cast.rosa.name not in client.get("/people/?q=ortiz").content.decode()


def test_what_a_person_does_in_another_district_is_not_shown(cast: Cast, signed_in: SignedIn) -> None:
    actions.assign_role(
        actor=cast.root, person=cast.rosa, organization=cast.school_elsewhere, role="counselor"
    )
    body = signed_in(cast.ada).get(f"/people/{cast.rosa.pk}/").content.decode()
    assert "Cedar High School" not in body
    assert "Only an administrator of all their places" in body
    assert "Cedar High School" not in signed_in(cast.ada).get("/people/").content.decode()


def test_an_access_session_is_opened_shown_and_ended(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.ada)
    path = f"/organizations/{cast.school_a.pk}/access/"
    short = client.post(path, {"reason": "why not", "hours": 1})
    assert "Say in a sentence" in short.content.decode()
    client.post(path, {"reason": "The reader is away, a parent called.", "hours": 2})
    session = AccessSession.objects.get()
    page = signed_in(cast.rosa).get(path).content.decode()
    assert "The reader is away, a parent called." in page
    assert "Ada Stone" in page
    client.post(f"/access-sessions/{session.pk}/end/")
    assert AccessSession.objects.get().ended_at is not None


def test_the_first_administrator_begins_with_the_district(open_vault: None, signed_in: SignedIn) -> None:
    beginner = Person.objects.create_user(email="a@example.org", name="A", is_first_administrator=True)
    client = signed_in(beginner)
    assert "Begin with your district" in client.get("/organizations/").content.decode()
    facts = {"kind": "district", "name": "Small District", "time_zone": "America/Chicago"}
    assert client.post("/organizations/add/", facts).status_code == 302
    assert client.get("/people/").status_code == 200
    assert client.post("/organizations/add/", {**facts, "name": "Second"}).status_code == 200
    assert Organization.objects.count() == 1


def test_the_list_of_people_costs_the_same_with_many_rows_and_pages_by_key(
    cast: Cast, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(cast.ada)
    client.get("/people/")
    with django_assert_max_num_queries(20) as few:
        client.get("/people/")
    made = [
        Person(
            email=f"p{number}@maple.example.org",
            name=f"Person {number:03}",
            organization=cast.school_a,
            created_at=BEGAN,
            password="!",
        )
        for number in range(120)
    ]
    Person.objects.bulk_create(made)
    with django_assert_max_num_queries(len(few.captured_queries)):
        body = client.get("/people/?q=person").content.decode()
    assert "Person 049" in body
    assert "Person 050" not in body
    after = Person.objects.get(name="Person 049").pk
    assert f"after={after}" in body
    assert "Person 050" in client.get(f"/people/?q=person&after={after}").content.decode()


@pytest.mark.parametrize(
    "query",
    ["organization=²", "after=²", "organization=99999999999999999999999", "after=99999999999999999999999"],
)
def test_a_spoilt_address_of_the_people_list_shows_the_list(
    cast: Cast, signed_in: SignedIn, query: str
) -> None:
    assert signed_in(cast.ada).get(f"/people/?{query}").status_code == 200


def test_a_nul_in_an_address_is_refused_before_any_query(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.ada)
    assert client.get("/people/?q=%00").status_code == 400
    assert client.get("/people/", {"q": "x" * 60_000}).status_code == 200, "longer than a database compares"
    assert client.get("/desk/reports/%00/").status_code == 400
