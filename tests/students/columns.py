"""What the columns of this room hold: see tests/house/test_sealed_columns.py."""

from tests.house.columns import CODE

SEALED = {
    "students.Revision.content",
    "students.Student.birth_date",
    "students.Student.content",
    "students.Student.custody_note",
    "students.Student.guardians",
    "students.Student.identifier",
    "students.Student.identifier_token",
    "students.Student.iep",
    "students.Student.name",
    "students.Student.recognize",
    "students.Student.schedule",
    "students.Student.section_504",
    "students.StudentImport.faults",
    "students.StudentImport.file_seal",
    "students.StudentToken.token",
}

# room.Model.column → why it may be clear
CLEAR = {
    "students.Revision.grade": CODE,
    "students.Revision.kind": CODE,
    "students.Student.grade": CODE,
    "students.StudentImport.state": CODE,
    "students.StudentToken.kind": CODE,
}
