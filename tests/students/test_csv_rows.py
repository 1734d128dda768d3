"""Reading a register's file: headings by many names, faults with their rows, what a spreadsheet does to a
text."""

from __future__ import annotations

from datetime import date

import pytest

from security_center.foundation.students.csv_rows import (
    Fault,
    FaultyRow,
    RegisterRow,
    RowReader,
    UnreadableFile,
    encoding_of,
    text_lines,
)
from security_center.foundation.students.households import from_text

SCHOOLS = {"maplehigh": 1, "birchmiddle": 2, "0412": 1}
TODAY = date(2026, 11, 24)
HEAD = "Student Number,Name,Grade,School"


def read(content: str | bytes, only_school: int | None = None) -> list[RegisterRow | FaultyRow]:
    raw = content.encode() if isinstance(content, str) else content
    lines = text_lines([raw[:7], raw[7:]], encoding_of([raw[:7], raw[7:]]))
    return list(RowReader(lines, schools=SCHOOLS, today=TODAY, only_school=only_school).rows())


def good(content: str | bytes, only_school: int | None = None) -> list[RegisterRow]:
    return [row for row in read(content, only_school) if isinstance(row, RegisterRow)]


def faults(content: str) -> list[tuple[int, str]]:
    return [
        (fault.row, fault.code) for row in read(content) if isinstance(row, FaultyRow) for fault in row.faults
    ]


def refused(content: str | bytes) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read(content)
    return caught.value.code


@pytest.mark.parametrize(
    "headings",
    ["student_number,last_name,first_name,dob,grade_level,school_name",
        "studentNumber;lastName;firstName;birthDate;gradeLevel;School",
     "ID\tApellidos\tNombres\tFecha de nacimiento\tGrado\tEscuela"],
)  # fmt: skip
def test_headings_of_different_systems_are_understood(headings: str) -> None:
    mark = next(each for each in "\t;," if each in headings)
    values = ["0042", "García López", "Ana María", "5/30/2012", "09", "MAPLE high"]
    [row] = good(f"{headings}\n{mark.join(values)}\n")
    assert (row.identifier, row.grade, row.school) == ("0042", "9", 1)
    assert row.texts == {"name": "Ana María García López", "birth_date": "2012-05-30"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_file_is_read_in_the_encoding_that_it_was_written_in(encoding: str) -> None:
    [row] = good(f"{HEAD}\n1,José Muñoz,K,0412\n".encode(encoding))
    assert row.texts["name"] == "José Muñoz"


def test_a_spreadsheet_file_an_empty_file_and_one_without_the_columns_are_refused() -> None:
    assert refused(b"PK\x03\x04 rest") == "spreadsheet"
    assert refused("\n \n") == "empty"
    assert refused("Student Number,Grade,School\n") == "no_name"
    assert refused("Name,Grade,School\n") == "no_identifier"
    assert refused("Student Number,Name,Grade\n") == "no_school"
    assert refused("Student Number,Name,Name,Grade,School\n") == "column_twice"
    assert refused(f'{HEAD}\n1,"Ann,9,Maple High\n') == "quotes"


def test_a_file_of_one_school_needs_no_column_of_schools() -> None:
    [row] = good("id,name,grade\n1,Ann Lee,3\n", only_school=2)
    assert row.school == 2


def test_rows_are_counted_as_a_spreadsheet_counts_them() -> None:
    content = f'{HEAD}\n1,Ann Lee,9,Maple High\n\n2,"Bo\nRoe",9,Nowhere\n3,Cy Fox,x,Maple High\n'
    assert faults(content) == [(4, "school"), (5, "grade")]


def test_each_fault_of_a_row_is_named() -> None:
    content = "id,name,grade,school,dob,iep\n,,13,Oak,1912-01-01,perhaps\n"
    assert faults(content) == [
        (2, code)
        for code in ("identifier_missing", "name_missing", "grade", "school", "birth_date", "yes_no")
    ]


@pytest.mark.parametrize("cell", ["=1+1", "@SUM(A1)", "+cmd", "-2+3", "|x", "%x"])
def test_what_a_spreadsheet_would_run_is_refused(cell: str) -> None:
    assert faults(f"{HEAD}\n1,{cell},9,Maple High\n")[0] == (2, "formula")


def test_leading_zeros_that_a_spreadsheet_was_told_to_keep_are_kept() -> None:
    [row] = good(f'{HEAD}\n"=""00042""",Ann Lee,9,Maple High\n')
    assert row.identifier == "00042"


@pytest.mark.parametrize(
    ("cell", "grade"),
    [
        ("PK", "PK"),
        ("Pre-K", "PK"),
        ("kg", "K"),
        ("0", "K"),
        ("01", "1"),
        ("12th", "12"),
        ("Grade 7", "7"),
        ("3.0", "3"),
        ("-1", "PK"),
    ],
)
def test_grades_are_read_as_people_write_them(cell: str, grade: str) -> None:
    [row] = good(f"{HEAD}\n1,Ann Lee,{cell},Maple High\n")
    assert row.grade == grade


@pytest.mark.parametrize(
    "cell", ["2012-05-30", "5/30/2012", "05/30/12", "20120530", "2012-05-30T00:00:00", "5-30-2012"]
)
def test_dates_are_read_as_people_write_them(cell: str) -> None:
    [row] = good(f"{HEAD},dob\n1,Ann Lee,9,Maple High,{cell}\n")
    assert row.texts["birth_date"] == "2012-05-30"


@pytest.mark.parametrize("cell", ["30/05/2012", "2012-02-30", "yesterday", "2026-01-01", "1990-01-01"])
def test_a_date_on_which_no_student_was_born_is_a_fault(cell: str) -> None:
    assert faults(f"{HEAD},dob\n1,Ann Lee,9,Maple High,{cell}\n") == [(2, "birth_date")]


def test_guardians_are_kept_by_household() -> None:
    head = (
        "id,name,grade,school,guardian1 name,guardian1 phone,guardian1 home,Guardian 2 Name,guardian2 "
        "home,father name,father phone"
    )
    [row] = good(f"{head}\n1,Ann Lee,9,Maple High,Dee Lee,+1 555 0101,A,Al Lee,a,Bo Roe,555-0102\n")
    first, second = from_text(row.texts["guardians"])
    assert [(one.name, one.phone) for one in first.guardians] == [("Dee Lee", "+1 555 0101"), ("Al Lee", "")]
    assert [(one.name, one.relation, one.phone) for one in second.guardians] == [
        ("Bo Roe", "father", "555-0102")
    ]


def test_what_the_file_has_no_column_for_is_not_touched() -> None:
    [row] = good(f"{HEAD},IEP,Shoe size\n1,Ann Lee,9,Maple High,Y,44\n")
    assert row.texts == {"name": "Ann Lee", "iep": "yes"}


def test_too_many_cells_and_a_text_that_is_too_long_are_faults() -> None:
    assert faults(f"{HEAD}\n1,Ann Lee,9,Maple High,more\n2,{'x' * 130},9,Maple High\n") == [
        (2, "too_many_cells"),
        (3, "too_long"),
    ]
    assert Fault(2, "x").cell == ""
