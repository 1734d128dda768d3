"""Failures that happened, replayed: the system refuses, rings or shows (reporting.md 11).

reporting.md R14 to R18 are in test_follow_up_failure_modes.py; reporting.md R7, R12, R13, R19 need rooms and
channels to come. reporting.md R9, R14 are also played on the reporter's pages, in
test_public_failure_modes.py."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.reporting.acts import Valley, everything_in_the_database, fresh
from tests.reporting.test_intake import upload

from security_center.foundation.duties.models import Duty
from security_center.foundation.notifications.models import Message
from security_center.foundation.organizations import actions as people
from security_center.foundation.organizations.models import Role
from security_center.foundation.vault import files as vault_files
from security_center.foundation.vault import provider
from security_center.foundation.vault.columns import unseal
from security_center.foundation.vault.errors import SealBroken
from security_center.foundation.vault.models import SealedKey
from security_center.foundation.vault.provider import KeyFileMissing, VaultLocked
from security_center.prevention.content_loader import categories
from security_center.project import data_folder as data_folder_of_a_start
from security_center.reporting.actions import decisions, desk, subjects, thread, told
from security_center.reporting.models import Approval, Disposition, Report
from security_center.reporting.queries import Filters, desk_page, report_page
from security_center.reporting.queries.told import promises_of


def files_under(place: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in place.rglob("*") if path.is_file())


# --- reporting.md R1: a tip database was stolen, with plain text and names in it
# -------------------------------------


def test_r01_a_stolen_database_reveals_nothing_that_anybody_typed(valley: Valley, data_folder: Path) -> None:
    words = [f"marker{number}word" for number in range(16)]
    mark = iter(words)
    received = valley.receive(
        next(mark),
        who=next(mark),
        when_where=next(mark),
        weapon=next(mark),
        how_do_you_know=next(mark),
        category=next(mark),
        language=next(mark),
        danger_now=next(mark),
        files=[upload(next(mark).encode(), name=f"{next(mark)}.jpg")],
    )
    rosa, report = valley.cast.rosa, received.report
    desk.look(actor=rosa, report=report)
    thread.desk_writes(actor=rosa, report=report, body=next(mark))
    thread.reporter_writes(receipt=received.receipt, report=report, body=next(mark))
    desk.write_note(actor=rosa, report=fresh(report), body=next(mark))
    subjects.name_subject(actor=rosa, report=fresh(report), name=next(mark), identifiers=next(mark))
    decisions.decide(
        actor=rosa, report=fresh(report), actions=["counseling"], validity="plausible", considered=next(mark)
    )
    stolen = everything_in_the_database() + files_under(data_folder / "files")
    assert b"report.received" in stolen
    assert [word for word in words if word.encode() in stolen] == []
    phrase = received.receipt.phrase("en")
    assert phrase.encode() not in stolen
    assert received.receipt.secret not in stolen
    assert received.receipt.secret.hex().encode() not in stolen


def test_r01_without_the_key_file_the_stolen_keys_open_nothing(
    valley: Valley, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    report = valley.report()
    monkeypatch.setattr(provider, "key_path", lambda: tmp_path / "vault.key")
    assert not provider.is_open()
    with pytest.raises(VaultLocked):
        desk.look(actor=valley.cast.rosa, report=report)


def test_r01_a_ciphertext_moved_to_another_row_or_field_opens_nowhere(valley: Valley) -> None:
    mine, other = valley.report("Mine.", who="A"), valley.report("Other.", who="B")
    opened = desk.look(actor=valley.cast.rosa, report=mine)
    mine.who = mine.what_happened
    with pytest.raises(SealBroken):
        unseal(opened, mine, "who")
    mine.who = other.who
    with pytest.raises(SealBroken):
        unseal(opened, mine, "who")
    SealedKey.objects.filter(record=mine.record).update(
        sealed=SealedKey.objects.filter(record=other.record).first().sealed
    )  # type: ignore[union-attr]
    mine.refresh_from_db()
    opened = desk.look(actor=valley.cast.rosa, report=mine)
    with pytest.raises(SealBroken):
        unseal(opened, mine, "who")


# --- reporting.md R2: files stood open to anybody who knew the address
# -----------------------------------------------


def test_r02_a_data_folder_that_others_could_look_into_is_shut_at_the_start(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    data_folder_of_a_start.make(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_r02_the_key_is_its_owners_alone_and_a_sealed_file_is_open_to_no_stranger(
    db: None, tmp_path: Path, settings: Any
) -> None:
    settings.SSC_DATA = tmp_path / "data"
    data_folder_of_a_start.make(settings.SSC_DATA)
    provider.create_key_file()
    file_id, _key, _size = vault_files.write([b"a picture"])
    assert stat.S_IMODE(provider.key_path().stat().st_mode) == 0o600
    assert stat.S_IMODE(provider.key_path().parent.stat().st_mode) & 0o077 == 0
    sealed = vault_files.path_of(file_id)
    for path in (sealed, sealed.parent):  # the programs' group may read what is sealed; nobody else
        assert stat.S_IMODE(path.stat().st_mode) & 0o007 == 0, path


def test_r02_a_key_is_never_made_anew_where_data_exists(
    valley: Valley, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    valley.report()
    monkeypatch.setattr(provider, "key_path", lambda: tmp_path / "keys" / "vault.key")
    with pytest.raises(KeyFileMissing):
        provider.create_key_file()
    assert not (tmp_path / "keys" / "vault.key").exists()


# --- reporting.md R3: a detailed call was closed because an earlier one had been
# -------------------------------------


def test_r03_an_earlier_closing_about_the_same_person_raises_the_next_report_and_is_shown(
    valley: Valley,
) -> None:
    rosa = valley.cast.rosa
    earlier = valley.taken(what="He posts pictures of guns.", category="concerning_interest")
    subject = subjects.name_subject(actor=rosa, report=earlier, name="Nik Doe").subject
    decisions.decide(
        actor=rosa,
        report=fresh(earlier),
        actions=["discipline"],
        validity="unsubstantiated",
        considered="Looked.",
    )
    decisions.close(actor=rosa, report=fresh(earlier), reason="Looked.")
    for approval in Approval.objects.filter(decision=Approval.Decision.WAITING):
        decisions.answer_approval(actor=valley.cast.ben, approval=approval, agree=True, answer="Agreed.")
    assert fresh(earlier).closed_at is not None
    valley.pass_time(days=60)
    later = valley.taken(what="He bought something and talks about a day.", category="theft_vandalism")
    subjects.match_subject(actor=rosa, report=later, subject=subject, same=True, compared=["name", "grade"])
    assert fresh(later).urgency_because == "history"
    page = report_page(rosa, fresh(later), desk.unsealed(later))
    assert [report.number for report in page.subjects[0].earlier] == [earlier.number]
    with pytest.raises(decisions.NoWrittenBasis):
        decisions.decide(
            actor=rosa,
            report=fresh(later),
            actions=["no_action_reason"],
            validity="unsubstantiated",
            considered="",
        )
    with pytest.raises(decisions.NothingDecided):
        decisions.close(actor=rosa, report=fresh(later), reason="There was one before.")


# --- reporting.md R4: thirty knew, nobody had written it down
# --------------------------------------------------------


def test_r04_what_was_told_in_person_becomes_a_report_with_a_receipt_and_a_clock(valley: Valley) -> None:
    filed = valley.receive(
        "A pupil told me that he brings a knife.", actor=valley.cast.dana, channel="in_person"
    )
    assert filed.report.channel == Report.Channel.IN_PERSON
    assert set(valley.duties(filed.report)) == {"acknowledge"}
    assert filed.report.urgency == "U1"
    # Whoever was told keeps the receipt: they see whether anybody acts, and can push.
    thread.reporter_writes(receipt=filed.receipt, report=filed.report, body="Nobody has called me back.")
    assert fresh(filed.report).new_facts_at == valley.at


def test_r04_what_an_adult_was_told_is_written_down_the_same_day_or_the_district_hears_of_it(
    valley: Valley,
) -> None:
    dana, school = valley.cast.dana, valley.school
    kept = told.promise_to_record(actor=dana, organization=school)
    local = kept.due_at.astimezone(school.zone)
    assert (local.date(), local.hour, local.minute) == (valley.at.astimezone(school.zone).date(), 23, 59)
    assert list(promises_of(dana)) == [kept]
    valley.pass_time(hours=1)
    forgotten = told.promise_to_record(actor=dana, organization=school)
    valley.receive("A pupil told me that he is afraid to come.", actor=dana, channel="in_person")
    told.keep_promise(actor=dana, organization=school)
    assert list(promises_of(dana)) == [forgotten]  # one report keeps one promise, the older one
    valley.ring()
    messages = Message.objects.filter(kind="reporting.record_today", duty_id=forgotten.pk)
    assert not messages.filter(person=valley.cast.nia).exists()
    valley.set_clock(forgotten.due_at + timedelta(minutes=1))
    valley.ring()
    assert messages.filter(person=valley.cast.nia).exists()
    told_of_the_kept_one = Message.objects.filter(kind="reporting.record_today", duty_id=kept.pk)
    assert not told_of_the_kept_one.filter(person=valley.cast.nia).exists()
    heard = messages.count()
    valley.pass_time(days=1)
    valley.ring()
    assert messages.count() > heard  # it rings each day until somebody has written it down
    told.keep_promise(actor=dana, organization=school)
    assert not Duty.objects.open().filter(kind="reporting.record_today").exists()


# --- reporting.md R5: three warnings in a day stopped at one desk
# ----------------------------------------------------


def test_r05_several_warnings_about_one_person_in_a_day_reach_the_district_whatever_the_school_does(
    valley: Valley,
) -> None:
    rosa = valley.cast.rosa
    first = valley.taken(what="He hit a teacher.")
    subject = subjects.name_subject(actor=rosa, report=first, name="A Pupil").subject
    for hours in (2, 4):
        valley.pass_time(hours=hours)
        report = valley.taken(what="He says that he has something in his bag.")
        subjects.match_subject(
            actor=rosa, report=report, subject=subject, same=True, compared=["name", "grade"]
        )
        decisions.decide(
            actor=rosa,
            report=fresh(report),
            actions=["no_action_reason"],
            validity="unsubstantiated",
            considered="Searched.",
        )
        desk.assign(actor=rosa, report=fresh(report), to=rosa)
        decisions.close(actor=rosa, report=fresh(report), reason="Searched.")
    patterns = Duty.objects.open().filter(kind="reporting.pattern")
    assert patterns.count() == 2
    assert {duty.organization for duty in patterns} == {valley.cast.district}
    valley.ring()
    assert Message.objects.filter(kind="reporting.pattern", person=valley.cast.nia).exists()
    valley.pass_time(minutes=61)
    valley.ring()
    assert Message.objects.filter(kind="reporting.pattern", person=valley.cast.omar).exists()


# --- reporting.md R6: the right warning, the wrong student
# -----------------------------------------------------------


def test_r06_nobody_is_taken_for_a_namesake(valley: Valley) -> None:
    rosa = valley.cast.rosa
    one, two = (
        valley.taken(what="Colt in 9th grade."),
        valley.taken(what="Colt has something.", danger_now="yes"),
    )
    other = subjects.name_subject(actor=rosa, report=one, name="Colt Gray").subject
    mention = subjects.name_subject(actor=rosa, report=two, name="Colt Grey", unknown=True)
    with pytest.raises(subjects.TwoIdentifiersNeeded):
        subjects.match_subject(actor=rosa, report=two, subject=other, same=True, compared=["name"])
    with pytest.raises(subjects.TwoIdentifiersNeeded):
        subjects.confirm_identity(actor=valley.cast.ben, mention=mention)
    subjects.check_identifiers(actor=rosa, mention=mention, compared=["photo", "schedule"])
    with pytest.raises(subjects.TwoIdentifiersNeeded):
        subjects.confirm_identity(actor=rosa, mention=mention)
    assert subjects.confirm_identity(actor=valley.cast.ben, mention=mention).second_by == valley.cast.ben


# --- reporting.md R8, R9: vague tips without a way to ask
# ------------------------------------------------------------


def test_r08_a_vague_report_is_asked_about_before_anybody_is_sent(valley: Valley) -> None:
    received = valley.receive("Something will happen")
    assert received.report.urgency == "U2"
    valley.ring()
    assert not Message.objects.filter(kind="prevention.call_dispatch").exists()
    desk.look(actor=valley.cast.rosa, report=received.report)
    thread.desk_writes(actor=valley.cast.rosa, report=received.report, body="How do you know?")
    thread.reporter_writes(
        receipt=received.receipt, report=received.report, body="My brother heard it on the bus."
    )
    corroborating = [valley.taken(what="I heard it on the bus too.") for _ in range(2)]
    for report in corroborating:
        desk.link_duplicate(actor=valley.cast.rosa, report=report, first=fresh(received.report))
    page = report_page(valley.cast.rosa, fresh(received.report), desk.unsealed(received.report))
    assert len(page.linked) == 2
    for validity in ("mistaken", "knowingly_false"):
        assert validity in Disposition.Validity.values


def test_r09_too_little_to_act_on_gets_its_questions_and_its_answers(valley: Valley) -> None:
    received = valley.receive(
        "Somebody is in trouble", how_do_you_know="", files=[upload(name="screenshot.png")]
    )
    assert set(valley.duties(received.report)) == {"acknowledge"}
    desk.look(actor=valley.cast.rosa, report=received.report)
    desk.acknowledge(actor=valley.cast.rosa, report=received.report)
    # A person has to write back; saying "too vague" is not an end
    assert "reply" in valley.duties(received.report)
    with pytest.raises(decisions.NoWrittenBasis):
        decisions.decide(
            actor=valley.cast.rosa,
            report=received.report,
            actions=["unable_to_identify"],
            validity="unsubstantiated",
            considered="",
        )


# --- reporting.md R10: a catch-all category swamped the top of the list
# ----------------------------------------------


def test_r10_complaints_have_their_own_categories_and_stand_below_danger(valley: Valley) -> None:
    assert {"staff_concern", "facility", "policy_safety"} <= set(categories())
    complaint = [valley.report("The lunch line is too long.", category="conduct") for _ in range(3)]
    danger = valley.report("He has a gun in his bag")
    rows = desk_page(valley.cast.rosa, Filters()).rows
    assert rows[0] == danger
    assert [row.urgency for row in rows[1:]] == ["U4"] * len(complaint)


# --- reporting.md R11: nobody of mental health in the loop
# -----------------------------------------------------------


def test_r11_police_alone_do_not_end_a_suicide_report(valley: Valley) -> None:
    report = valley.taken(valley.cast.sam, "She says she wants to kill herself")
    with pytest.raises(decisions.MentalHealthNeeded):
        decisions.decide(
            actor=valley.cast.sam,
            report=report,
            actions=["welfare_check"],
            validity="plausible",
            considered="Knocked at the door.",
        )
    decisions.decide(
        actor=valley.cast.ben,
        report=report,
        actions=["suicide_assessment"],
        validity="plausible",
        considered="Talked to her.",
    )
    for assignment in valley.cast.ben.role_assignments.filter(role=Role.COUNSELOR):
        people.end_role(actor=valley.cast.ada, assignment=assignment)
    other = valley.taken(valley.cast.sam, "He says he wants to kill himself")
    decisions.decide(
        actor=valley.cast.sam,
        report=other,
        actions=["hospitalised"],
        validity="plausible",
        considered="Nobody else was there.",
    )
