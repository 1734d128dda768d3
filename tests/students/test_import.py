"""A file of the register: nothing is in force before somebody says so, then all of it is, and all of it can
be taken back."""

from __future__ import annotations

import pytest
from django_scopes import scope
from tests.reporting.acts import everything_in_the_database
from tests.students.people import Register

from security_center.foundation.ledger.models import Entry
from security_center.foundation.organizations.identity import desk_recipient
from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.students import actions, queries, tasks
from security_center.foundation.students.actions import checking
from security_center.foundation.students.csv_rows import RegisterRow
from security_center.foundation.students.models import Revision, Student, StudentImport, StudentToken
from security_center.foundation.students.preparing import prepare
from security_center.foundation.vault import files
from security_center.foundation.vault.actions import keys_of
from security_center.foundation.vault.models import SealedKey

pytestmark = pytest.mark.django_db
State = StudentImport.State
HEAD = "id,name,grade,school,dob,guardian 1 name,guardian 1 phone,custody,iep\n"
ANN = "100,Ann Lee,9,Maple High School,2011-05-30,Dee Lee,555-0101,,no\n"
BO = "200,Bo Roe,10,Maple High School,2010-05-30,Cy Roe,555-0102,Mother only,yes\n"
CAM = "300,Cam Fox,7,Birch Middle School,2013-01-02,,,,\n"


def names(register: Register, name: str) -> list[str]:
    return [match.identity.name for match in queries.look_up(register.valley.cast.district, name=name)]


@pytest.mark.parametrize("who", ["tess", "ivy", "omar", "aud", "ada_elsewhere"])
def test_whoever_is_not_the_districts_administrator_imports_nothing(register: Register, who: str) -> None:
    person, row = getattr(register.valley.cast, who), register.send(HEAD + ANN)
    file_id, file_key, _size = files.write([b"x"])
    with pytest.raises(NotAllowed):
        actions.begin_import(
            actor=person, district=register.valley.cast.district, file_id=file_id, file_key=file_key
        )
    for act in (actions.apply_import, actions.undo_import, actions.discard_import):
        with pytest.raises(NotAllowed):
            act(actor=person, student_import=row)


def test_nothing_is_in_force_until_somebody_says_so(register: Register) -> None:
    row = register.send(HEAD + ANN + BO)
    assert (row.state, row.rows, row.came, row.faulty) == (State.READY, 2, 2, 0)
    assert names(register, "Ann Lee") == []
    assert not queries.has_register(register.valley.cast.district)
    actions.apply_import(actor=register.valley.cast.ada, student_import=row)
    assert names(register, "Ann Lee") == ["Ann Lee"]
    student = queries.student_of_identifier(register.valley.cast.district, "200")
    assert student is not None
    found = queries.file_of(student)
    assert found is not None
    [home] = found.households
    assert (home.guardians[0].name, home.guardians[0].phone, found.custody_note) == (
        "Cy Roe",
        "555-0102",
        "Mother only",
    )
    assert found.supports.iep


def test_a_second_file_says_who_is_new_changed_moved_gone_back_and_as_before(register: Register) -> None:
    register.apply(HEAD + ANN + BO + CAM + "400,Di Gray,8,Birch Middle School,,,,,\n")
    gone = register.apply(HEAD + ANN + BO + CAM, whole=True)
    assert (gone.left, gone.unchanged) == (1, 3)
    row = register.send(
        HEAD
        + ANN
        + BO.replace("555-0102", "555-0199")
        + CAM.replace("7,Birch Middle School", "8,Maple High School")
        + "400,Di Gray,8,Birch Middle School,,,,,\n500,Ed Hay,K,0412,,,,,\n".replace(
            "0412", "birch middle school"
        )
    )
    assert (row.came, row.changed, row.moved, row.back, row.left, row.unchanged) == (1, 1, 1, 1, 0, 1)
    shown = queries.import_page(row).shown
    assert [(one.identity.name, one.columns) for one in shown["changed"]] == [("Bo Roe", ["guardians"])]
    assert [one.columns for one in shown["moved"]] == [["grade", "school"]]
    assert [one.identity.name for one in shown["new"]] == ["Ed Hay"]


def test_a_file_without_a_column_leaves_what_is_known(register: Register) -> None:
    register.apply(HEAD + BO)
    row = register.apply("id,name,grade,school\n200,Bo Roe,11,Maple High School\n")
    student = queries.student_of_identifier(register.valley.cast.district, "200")
    assert student is not None
    found = queries.file_of(student)
    assert found is not None
    assert (row.changed, student.grade, found.custody_note, found.identity.birth_date) == (
        1,
        "11",
        "Mother only",
        "2010-05-30",
    )


def test_undoing_restores_every_byte(register: Register) -> None:
    register.apply(HEAD + ANN + BO + CAM)
    before = register.everything()
    zoe = "900,Zoe New,3,Birch Middle School,,,,,\n"
    changed = (
        HEAD
        + ANN.replace("Ann Lee", "Ann Marie Lee")
        + CAM.replace("7,Birch Middle School", "8,Maple High School")
        + zoe
    )
    row = register.apply(changed, whole=True)
    assert names(register, "Ann Marie Lee") == ["Ann Marie Lee"]
    [bo] = queries.look_up(register.valley.cast.district, name="Bo Roe")
    assert not bo.student.active
    row = actions.undo_import(actor=register.valley.cast.ada, student_import=row)
    assert names(register, "Zoe New") == []
    assert names(register, "Ann Lee") == ["Ann Lee"]
    # What the queue does twice changes nothing
    tasks.check_import.call(import_id=row.pk, district_id=row.district_id)
    tasks.clear_import.call(import_id=row.pk, district_id=row.district_id)
    assert register.everything() == before
    assert not Revision.objects.filter(student_import=row).exists()
    assert row.state == State.UNDONE


def test_only_the_last_import_is_undone_and_none_after_a_month(register: Register) -> None:
    ada = register.valley.cast.ada
    first, second = register.apply(HEAD + ANN), register.apply(HEAD + BO)
    with pytest.raises(actions.CannotBeUndone):
        actions.undo_import(actor=ada, student_import=first)
    actions.undo_import(actor=ada, student_import=second)
    register.valley.pass_time(days=31)
    with pytest.raises(actions.CannotBeUndone):
        actions.undo_import(actor=ada, student_import=first)
    assert tasks.settle_old_imports() == 1
    assert names(register, "Ann Lee") == ["Ann Lee"]


def test_a_name_that_is_no_longer_true_finds_nobody(register: Register) -> None:
    register.apply(HEAD + ANN)
    register.apply(HEAD + ANN.replace("Ann Lee", "Robin Hale"))
    assert names(register, "Ann Lee") == []
    assert names(register, "Robin Hale") == ["Robin Hale"]
    register.valley.pass_time(days=31)
    tasks.settle_old_imports()
    assert not StudentToken.objects.filter(gone_by__isnull=False).exists()
    assert not Revision.objects.exists()


def test_a_faulty_row_is_named_and_left_out_only_when_somebody_says_so(register: Register) -> None:
    register.apply(HEAD + ANN + BO)
    row = register.send(HEAD + ANN.replace("2011-05-30", "30.5.") + BO + BO + CAM)
    assert register.faults(row) == [(2, "birth_date", "30.5."), (4, "twice", "3")]
    with pytest.raises(actions.RowsWouldBeLeftOut):
        actions.apply_import(actor=register.valley.cast.ada, student_import=row)
    applied = actions.apply_import(actor=register.valley.cast.ada, student_import=row, leave_out=True)
    # Ann's row could not be used; that does not make her one who left.
    assert (applied.came, applied.left, names(register, "Ann Lee")) == (1, 0, ["Ann Lee"])


def test_a_file_that_cannot_be_read_is_refused_with_its_reason(register: Register) -> None:
    row = register.send("name,grade\nAnn,9\n")
    assert (row.state, register.faults(row)) == (State.REFUSED, [(0, "no_identifier", "")])
    assert register.send(HEAD).state == State.REFUSED


def test_a_file_of_a_part_does_not_make_everybody_else_leave_unnoticed(register: Register) -> None:
    many = "".join(f"{number},Kim Lee {number},9,Maple High School,,,,,\n" for number in range(1, 41))
    register.apply(HEAD + many)
    row = register.send(HEAD + many[: many.index("11,")])
    assert row.left == 30
    with pytest.raises(actions.ManyWouldLeave):
        actions.apply_import(actor=register.valley.cast.ada, student_import=row)
    assert (
        actions.apply_import(actor=register.valley.cast.ada, student_import=row, many_left=True).state
        == State.APPLIED
    )


def test_a_file_of_one_school_lets_nobody_of_another_leave(register: Register) -> None:
    register.apply(HEAD + ANN + CAM)
    row = register.send("id,name,grade\n777,Ivy New,9\n", school=register.valley.school)
    assert (row.came, row.left) == (1, 1)


def test_one_file_at_a_time_and_a_thrown_away_one_leaves_nothing(register: Register) -> None:
    before = register.everything()
    row = register.send(HEAD + ANN)
    with pytest.raises(actions.OpenImport):
        register.send(HEAD + BO)
    actions.discard_import(actor=register.valley.cast.ada, student_import=row)
    with pytest.raises(actions.NotReady):
        actions.apply_import(actor=register.valley.cast.ada, student_import=row)
    tasks.clear_import.call(import_id=row.pk, district_id=row.district_id)
    keys = {key.record for key in SealedKey.objects.all()} - {row.record}
    assert register.everything()[str(Student)] == before[str(Student)]
    assert not StudentToken.objects.exists()
    assert not Student.everyone.filter(record__in=keys).exists()


def test_a_check_that_was_killed_leaves_nothing_half_imported(register: Register) -> None:
    """The worker dies after its first batch: nobody is in force, and the next attempt begins anew and is
    whole."""
    rows = "".join(f"{number},Kim Lee {number},9,Maple High School,,,,,\n" for number in range(1, 6))
    row = register.send(HEAD + rows, check=False)
    begun = checking._begin(row.pk)
    assert begun is not None
    school = register.valley.school.pk
    aside = checking._Check(begun)._take(
        [RegisterRow(number, f"{number}", "9", school, {"name": "Kim Lee 1"}) for number in (1, 2)]
    )
    aside.store(prepare(aside.work(keys_of([desk_recipient(row.district)]))))
    assert (Student.objects.count(), Student.everyone.count()) == (0, 2)
    assert names(register, "Kim Lee 1") == []
    checked = checking.check_import(import_id=row.pk)
    assert checked is not None
    assert (checked.state, checked.came, Student.everyone.count()) == (State.READY, 5, 5)


def test_an_attempt_that_was_overtaken_keeps_nothing_more_aside(register: Register) -> None:
    row = register.send(HEAD + ANN, check=False)
    begun = checking._begin(row.pk)
    assert begun is not None
    StudentImport.objects.filter(pk=row.pk).update(attempt=7)
    with pytest.raises(checking.TakenOver):
        checking._Check(begun).run()
    assert not Student.everyone.exists()


def test_look_alikes_and_namesakes_are_shown_before_anything_is_in_force(register: Register) -> None:
    register.apply(HEAD + ANN)
    row = register.send(
        HEAD + '101,Anne Lee,9,Birch Middle School,,,,,\n102,"Lee, Ann",10,Maple High School,,,,,\n'
    )
    assert row.alike == 1
    [alike] = queries.import_page(row).alike
    assert (alike.identity.identifier, alike.alike[0].identity.identifier) == ("102", "100")


def test_another_district_sees_no_import_and_may_have_the_same_numbers(register: Register) -> None:
    cast = register.valley.cast
    register.apply(HEAD + ANN)
    file_id, file_key, _size = files.write(
        [(HEAD + ANN.replace("Maple High School", "Cedar High School")).encode()]
    )
    with scope(district=[cast.district_elsewhere.pk]):
        assert not queries.imports_visible_to(cast.ada_elsewhere).exists()
        row = actions.begin_import(
            actor=cast.ada_elsewhere, district=cast.district_elsewhere, file_id=file_id, file_key=file_key
        )
        checked = checking.check_import(import_id=row.pk)
        assert checked is not None
        assert (checked.came, checked.unchanged) == (1, 0)
    with pytest.raises(actions.NotOfThisDistrict):
        register.send(HEAD, school=cast.school_elsewhere)


def test_every_step_is_recorded_and_no_word_of_a_file_is_in_the_clear(register: Register) -> None:
    text = (
        "id,name,grade,school,dob,guardian 1 name,custody\nMARKER-1,Markername Markerson,9,Maple High "
        "School,2011-05-30,Markermother,MARKERNOTE\n"
    )
    row = register.send(text + "MARKER-2,Markerfault,x,Maple High School,,,\n", check=False)
    everything = [everything_in_the_database()]
    checking.check_import(import_id=row.pk)
    everything.append(everything_in_the_database())
    row = actions.apply_import(actor=register.valley.cast.ada, student_import=row, leave_out=True)
    everything.append(everything_in_the_database())
    everything += [path.read_bytes() for path in files.folder().rglob("*") if path.is_file()]
    assert not any(b"marker" in found.lower() or b"2011-05-30" in found for found in everything)
    verbs = Entry.objects.filter(thing=row.thing).order_by("sequence").values_list("verb", flat=True)
    assert list(verbs) == [f"student_import.{verb}" for verb in ("begun", "checked", "applied")]
