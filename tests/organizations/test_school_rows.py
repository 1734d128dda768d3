"""Schools by rows: pasted or from a file; all of them or none; every fault with its line and what to do."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.cast import Cast

from security_center.foundation.organizations import actions, policies
from security_center.foundation.organizations.models import Organization
from security_center.foundation.organizations.school_rows import SchoolRow, parse


def faults_of(text: str) -> list[tuple[int, str]]:
    return [(fault.line, fault.sentence) for fault in parse(text).faults]


def test_cells_pasted_from_a_spreadsheet_are_read_in_the_usual_order() -> None:
    parsed = parse("Elm School\telementary\tMaple Valley\t412\t0101\nOak School\tHS\n")
    assert parsed.faults == []
    assert parsed.rows == [
        SchoolRow(1, "Elm School", "elementary", "Maple Valley", 412, "0101"),
        SchoolRow(2, "Oak School", "high"),
    ]


def test_headings_put_the_columns_in_any_order_and_language() -> None:
    parsed = parse("Número;Nombre;Nivel;Alumnos\n7;Escuela Olmo;primaria;1.240\n")
    assert parsed.faults == []
    assert parsed.rows == [SchoolRow(2, "Escuela Olmo", "elementary", "", 1240, "7")]


def test_a_csv_file_of_a_spreadsheet_program_is_read() -> None:
    parsed = parse(
        '\ufeffname,level,city,students\r\n"Elm School, East",K-5,Maple,"1,012"\r\n\r\nOak,"Junior '
        'High School",,\r\n'
    )
    assert parsed.faults == []
    assert parsed.rows == [
        SchoolRow(2, "Elm School, East", "elementary", "Maple", 1012),
        SchoolRow(4, "Oak", "middle"),
    ]


def test_names_alone_are_enough() -> None:
    assert [row.name for row in parse("Elm School\nOak School").rows] == ["Elm School", "Oak School"]
    assert [row.name for row in parse("name\nElm School").rows] == ["Elm School"]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 0, "no rows yet"),
        ("   \n \n", 0, "no rows yet"),
        ("name,level\n", 0, "only headings"),
        ("level,city\nhigh,Maple", 1, "no column for the school's name"),
        ("Elm\n\tmiddle\nOak", 2, "name of the school is missing"),
        ("Elm,university", 1, "“university” is no level"),
        ("Elm,high,Maple,many", 1, "“many” is no number of students"),
        ("Elm,high,Maple,-3", 1, "“-3” is no number of students"),
        ("Elm\nOak\nELM ", 3, "also on line 1"),
        ("Elm,high,Maple,3,4,Valley", 1, "remove “Valley”"),
        ("E" * 201, 1, "longer than 200"),
        ("Elm,high," + "M" * 121, 1, "longer than 120"),
        ('"Elm,high\nOak', 0, "cannot be read as rows"),
    ],
)
def test_every_fault_names_its_line_and_what_to_do(text: str, line: int, said: str) -> None:
    assert any(found == line and said in sentence for found, sentence in faults_of(text)), faults_of(text)


def test_all_faults_are_named_at_once_not_only_the_first() -> None:
    assert [line for line, _sentence in faults_of("Elm,none\nOak,high\nAsh,none,,x")] == [1, 3, 3]


def test_more_rows_than_any_district_has_are_refused_before_work() -> None:
    assert any(
        "more than 2000 rows" in sentence
        for _line, sentence in faults_of("\n".join(f"School {number}" for number in range(2001)))
    )


def test_who_may_not_edit_the_district_imports_nothing(cast: Cast) -> None:
    for name in ("rosa", "dana", "ivy", "omar", "ada_elsewhere"):
        with pytest.raises(policies.NotAllowed):
            actions.import_schools(actor=cast.everyone[name], district=cast.district, text="Elm")
    for place in (cast.school_a, cast.state):
        with pytest.raises((policies.NotAllowed, actions.WrongParent)):
            actions.import_schools(actor=cast.ada, district=place, text="Elm")


def test_one_bad_row_keeps_all_of_them_out(cast: Cast) -> None:
    with pytest.raises(actions.FaultyRows) as refused:
        actions.import_schools(
            actor=cast.ada, district=cast.district, text="Elm,middle\nOak,none\nmaple HIGH school,high"
        )
    assert [fault.line for fault in refused.value.faults] == [2, 3]
    assert "already there" in refused.value.faults[1].sentence
    assert not Organization.objects.filter(name="Elm").exists()


def test_good_rows_become_schools_with_desks(cast: Cast) -> None:
    created = actions.import_schools(
        actor=cast.ada, district=cast.district, text="Elm,middle,Maple,300,11\nOak,high"
    )
    assert [(school.name, school.level, school.enrollment, school.parent) for school in created] == [
        ("Elm", "middle", 300, cast.district),
        ("Oak", "high", None, cast.district),
    ]


def test_the_page_gives_the_typed_rows_back_with_the_faults(cast: Cast, signed_in: Any) -> None:
    client: Client = signed_in(cast.ada)
    page = client.post(
        f"/organizations/{cast.district.pk}/schools/import/", {"rows": "Elm,none\nOak <b>,high"}
    )
    body = page.content.decode()
    assert page.status_code == 422
    assert "Oak &lt;b&gt;,high" in body
    assert "“none” is no level" in body


def test_the_page_takes_a_file(cast: Cast, signed_in: Any) -> None:
    client: Client = signed_in(cast.ada)
    address = f"/organizations/{cast.district.pk}/schools/import/"
    bad = client.post(
        address, {"rows": "", "file": SimpleUploadedFile("schools.csv", b"name,level\nElm,none\n")}
    )
    assert bad.status_code == 422
    assert "Elm,none" in bad.content.decode(), "the file's rows stand in the field, to be mended there"
    assert (
        "PK"
        not in client.post(
            address, {"file": SimpleUploadedFile("schools.xlsx", b"PK\x03\x04zip")}
        ).content.decode()
    )
    good = client.post(
        address,
        {"file": SimpleUploadedFile("schools.csv", "name,level\nÑandú School,high\n".encode("cp1252"))},
    )
    assert good.status_code == 302
    assert Organization.objects.filter(name="Ñandú School", parent=cast.district).exists()


STATE_ROWS = """district,name,level,city,students,NCES ID,time zone,dispatch number
Pine Valley,Pine High School,high,Pine,900,390438400412,America/Chicago,555-0160
Pine Valley,Pine Middle School,middle,Pine,,,America/Chicago,
Maple Valley School District,Fir High School,high,,,,,
Maple Valley School District,Maple High School,high,,,,,
Oak Plains,,,Oak,,,America/Denver,555-0170
"""


def test_a_state_enters_its_districts_and_schools_at_once_and_may_send_the_same_rows_again(
    cast: Cast,
) -> None:
    would = actions.check_districts(actor=cast.root, state=cast.state, text=STATE_ROWS)
    assert (would.districts, would.schools, would.there) == (2, 3, 1)
    assert not Organization.objects.filter(name="Pine Valley").exists()
    assert actions.import_districts(actor=cast.root, state=cast.state, text=STATE_ROWS) == would
    pine = Organization.objects.get(name="Pine Valley")
    assert (pine.parent, pine.kind, pine.time_zone, pine.dispatch_number) == (
        cast.state,
        "district",
        "America/Chicago",
        "555-0160",
    )
    school = Organization.objects.get(name="Pine High School")
    assert (school.parent, school.external_id, school.enrollment) == (pine, "390438400412", 900)
    assert Organization.objects.get(name="Fir High School").parent == cast.district
    assert Organization.objects.get(name="Oak Plains").time_zone == "America/Denver"
    again = actions.import_districts(actor=cast.root, state=cast.state, text=STATE_ROWS)
    assert (again.districts, again.schools, again.there) == (0, 0, 4)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (",Elm School,high,,,,,", "The name of the district is missing."),
        ("Pine Valley,Elm School,high,,,,Mars/Base,", "“Mars/Base” is no time zone."),
        ("Pine Valley,Pine High School,high,,,,,", "is also on line 2"),
    ],
)
def test_a_wrong_row_of_a_state_is_named_and_nothing_is_stored(
    cast: Cast, signed_in: Any, row: str, sentence: str
) -> None:
    page = signed_in(cast.root).post(
        f"/organizations/{cast.state.pk}/schools/import/", {"rows": STATE_ROWS + row}
    )
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert not Organization.objects.filter(name="Pine Valley").exists()


def test_only_a_states_administrator_enters_districts(cast: Cast, signed_in: Any) -> None:
    address = f"/organizations/{cast.state.pk}/schools/import/"
    assert signed_in(cast.ada).post(address, {"rows": STATE_ROWS}).status_code == 404
    client = signed_in(cast.root)
    checked = client.post(address, {"rows": STATE_ROWS, "act": "check"}).content.decode()
    assert "2 districts would be entered." in checked
    assert "Pine High School" in checked, "the rows stand in the field, to be sent as they are"
    assert not Organization.objects.filter(name="Pine Valley").exists()
    assert client.post(address, {"rows": STATE_ROWS}).status_code == 302
    assert Organization.objects.filter(name="Pine Valley").exists()
