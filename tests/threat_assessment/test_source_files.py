"""Files of a source: who sees them, that a hostile one ends in a sentence, and that they go with the case."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pypdf import PdfReader
from tests.case_records.privacy import one, parts, tag, text_of
from tests.case_records.test_end_of_a_case import managed
from tests.reporting.acts import everything_in_the_database
from tests.reporting.test_intake import upload
from tests.threat_assessment.pages import seen, words
from tests.threat_assessment.team import Team

from security_center.case_records.actions import destruction, inspections
from security_center.foundation.ledger.queries import entries_about
from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.vault import files as vault_files
from security_center.foundation.vault.attached import FileIsolated
from security_center.threat_assessment.actions import case_opening, files, inquiry
from security_center.threat_assessment.actions.edit_conflicts import Unknown
from security_center.threat_assessment.models import Case, Source, SourceFile

SignIn = Callable[..., Client]


def photo(name: str = "IMG_of_Sam_Hill.jpg") -> SimpleUploadedFile:
    picture = BytesIO()
    Image.new("RGB", (64, 48), "red").save(picture, "JPEG")
    return SimpleUploadedFile(name, picture.getvalue(), "image/jpeg")


def send(
    client: Client,
    source: Source,
    *given: SimpleUploadedFile,
    shows: str = "Marker-Drawing: a map of the school.",
) -> Any:
    place = f"/cases/{source.case.number}/sources/{source.uuid}/files/"
    return client.post(place, {"files-files": list(given), "files-shows": shows}, follow=True)


def address(row: SourceFile, act: str) -> str:
    return f"/cases/{row.source.case.number}/files/{row.uuid}/{act}/"


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def verbs(case: Case) -> list[str]:
    return [entry.verb for entry in entries_about(case.thing)]


@pytest.fixture
def case(team: Team) -> Case:
    return team.screened()


@pytest.fixture
def source(team: Team, case: Case) -> Source:
    return inquiry.add_source(actor=team.ben, case=case, kind="student_of_concern", name="Sam Hill")


@pytest.fixture
def drawing(team: Team, source: Source, signed_in: SignIn) -> SourceFile:
    send(signed_in(team.ben), source, photo())
    row = SourceFile.objects.get()
    files.make_clean_copy(file_id=row.pk)
    row.refresh_from_db()
    return row


def test_nobody_outside_of_the_team_gets_a_file(team: Team, drawing: SourceFile, signed_in: SignIn) -> None:
    cast = team.valley.cast
    for person in (cast.rosa, cast.lena, cast.tess_elsewhere, cast.ivy):
        client = signed_in(person)
        for act in ("clean", "original", "state", "isolate"):
            assert client.get(address(drawing, act)).status_code in {403, 404}
        assert client.post(address(drawing, "original")).status_code in {403, 404}
        with pytest.raises(NotAllowed):
            files.hand_out(actor=person, case=drawing.source.case, file=drawing, original=False)
    assert "case.file_seen" not in verbs(drawing.source.case)


def test_the_compartments_of_a_source_hold_for_its_files(team: Team, case: Case, signed_in: SignIn) -> None:
    """What law enforcement keeps is not shown to the school's members, and a student's records not to the
    officer (threat-assessment.md 10.4, 10.5)."""
    case_opening.join(actor=team.tess, case=case, person=team.sam, disciplines=["law_enforcement"])
    police = inquiry.add_source(actor=team.sam, case=case, kind="rec_le_contacts", law_enforcement_only=True)
    record = inquiry.add_source(actor=team.ben, case=case, kind="rec_iep504")
    (theirs,) = files.add_files(
        actor=team.sam, case=case, source=police, uploads=[upload()], shows="Marker-Police"
    )
    (ours,) = files.add_files(
        actor=team.ben, case=case, source=record, uploads=[upload()], shows="Marker-Record"
    )
    for person, hidden, place in ((team.ben, theirs, police), (team.sam, ours, record)):
        assert signed_in(person).get(address(hidden, "clean")).status_code == 404
        with pytest.raises(NotAllowed):
            files.isolate(actor=person, case=case, file=hidden)
        with pytest.raises(Unknown):
            files.add_files(actor=person, case=case, source=place, uploads=[upload()])
        assert hidden not in [part.file for part in parts(person, case)]


def test_a_photo_becomes_a_clean_copy_whose_every_look_is_recorded(
    team: Team, drawing: SourceFile, signed_in: SignIn
) -> None:
    client, case = signed_in(team.tess), drawing.source.case
    page = seen(client, case, f"sources/{drawing.source.uuid}/")
    assert "IMG_of_Sam_Hill.jpg" in page
    assert f'src="{address(drawing, "clean")}" alt="Marker-Drawing: a map of the school."' in page
    shown = client.get(address(drawing, "clean"))
    assert shown.headers["Content-Disposition"].startswith(f'inline; filename="{case.number}-')
    assert Image.open(BytesIO(body(shown))).size == (64, 48)
    assert "That you take it is recorded" in words(client.get(address(drawing, "original")))
    taken = client.post(address(drawing, "original"))
    assert taken.headers["Content-Type"] == "application/octet-stream"
    assert body(taken)[:2] == b"\xff\xd8"
    assert [verb for verb in verbs(case) if "file" in verb] == [
        "case.files_added",
        "case.file_cleaned",
        "case.file_seen",
        "case.file_original_taken",
    ]
    looks = words(signed_in(team.valley.cast.aud).get(f"{case.path}privacy/looks/"))
    assert "Looked at a file" in looks
    assert "Marker-" not in looks


def test_while_it_is_cleaned_the_page_asks_again(team: Team, source: Source, signed_in: SignIn) -> None:
    client = signed_in(team.ben)
    assert "Added. The clean copy takes a moment." in words(send(client, source, photo()))
    row = SourceFile.objects.get()
    assert "every 3s" in words(client.get(address(row, "state")))
    assert words(client.get(address(row, "clean"), follow=True)).count("not in a state that allows it") == 1
    files.make_clean_copy(file_id=row.pk)
    assert "every 3s" not in words(client.get(address(row, "state")))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("map.png", b"\x89PNG\r\n\x1a\n" + b"cut off", "The file is damaged or cut off"),
        ("thing.exe", b"MZ\x90\x00 not a picture", "The kind of file is not known"),
    ],
)
def test_a_hostile_file_ends_in_a_sentence(
    team: Team, source: Source, signed_in: SignIn, name: str, content: bytes, said: str
) -> None:
    client = signed_in(team.ben)
    send(client, source, SimpleUploadedFile(name, content, "image/png"))
    row = SourceFile.objects.get()
    assert files.make_clean_copy(file_id=row.pk) == SourceFile.State.NOT_CLEANABLE
    page = seen(client, source.case, f"sources/{source.uuid}/")
    assert said in page
    assert "Only the original is left, after a warning." in page
    assert "<img class" not in page


def test_what_was_typed_stays_when_no_file_arrives(team: Team, source: Source, signed_in: SignIn) -> None:
    client = signed_in(team.ben)
    for given, said in (
        ((), "Choose a file first."),
        ((SimpleUploadedFile("empty.jpg", b"", "image/jpeg"),), "“empty.jpg” did not arrive: it is empty."),
    ):
        page = words(send(client, source, *given, shows="A map, typed once."))
        assert said in page
        assert "A map, typed once." in page
    assert not SourceFile.objects.exists()


def test_a_file_that_did_not_arrive_refuses_none_of_the_others(
    team: Team, source: Source, signed_in: SignIn
) -> None:
    page = words(
        send(
            signed_in(team.ben), source, photo("one.jpg"), SimpleUploadedFile("empty.jpg", b"", "image/jpeg")
        )
    )
    assert "Added." in page
    assert "“empty.jpg” did not arrive: it is empty." in page
    assert SourceFile.objects.count() == 1


def test_a_source_holds_ten_files(team: Team, source: Source, signed_in: SignIn) -> None:
    files.add_files(
        actor=team.ben, case=source.case, source=source, uploads=[upload() for _number in range(10)]
    )
    page = words(send(signed_in(team.ben), source, photo(), shows="One too many."))
    assert "One source holds 10 files." in page
    assert "One too many." in page
    assert SourceFile.objects.count() == 10


def test_an_isolated_file_is_opened_by_nobody_and_holds_the_case(
    team: Team, drawing: SourceFile, signed_in: SignIn
) -> None:
    client, copy = signed_in(team.ben), drawing.cleaned_file_id
    assert copy is not None
    assert "Call the police" in words(client.get(address(drawing, "isolate")))
    assert "Isolated for law enforcement" in words(client.post(address(drawing, "isolate"), follow=True))
    for answer in (
        client.get(address(drawing, "clean"), follow=True),
        client.post(address(drawing, "original"), follow=True),
    ):
        assert "Nobody may open or copy it here" in words(answer)
    case = drawing.source.case
    assert destruction.kept_back(case)
    for person in (team.sam, team.valley.cast.rosa):
        with pytest.raises(NotAllowed):
            files.release_isolated(actor=person, case=case, said_by="Sgt. Hall")
    shown, release = seen(client, case, "privacy/end/"), f"{case.path}privacy/end/release/"
    assert "another member of the team presses here" in shown
    assert release not in shown
    assert "You isolated a file yourself." in words(
        client.post(release, {"released-said_by": "Sgt. Hall"}, follow=True)
    )
    assert destruction.kept_back(case)
    other = signed_in(team.tess)
    assert "A file is kept for law enforcement" in seen(other, case, "privacy/end/")
    empty = other.post(release, {"released-said_by": " "})
    assert "somebody will ask one day" in words(empty)
    assert destruction.kept_back(case)
    said = words(other.post(release, {"released-said_by": "Marker-Hall, Tuesday"}, follow=True))
    assert "Noted. The file stays shut" in said
    assert "Marker-Hall, Tuesday" in said
    assert b"Marker-Hall" not in everything_in_the_database()
    assert not destruction.kept_back(case)
    with pytest.raises(FileIsolated):
        files.hand_out(actor=team.tess, case=case, file=drawing, original=True)


def test_f06_a_file_goes_to_a_family_only_once_somebody_tagged_it_as_their_childs(
    team: Team, drawing: SourceFile
) -> None:
    case = drawing.source.case
    part = one(team.tess, case, "Marker-Drawing")
    assert (part.about, part.suggested, part.shared) == ("", "student", False)
    assert tag(team.tess, case, "other_student", "Marker-Drawing").shared is False
    assert tag(team.tess, case, "student", "Marker-Drawing").shared is True


def pictures_on(answer: Any) -> int:
    assert answer.status_code == 200, answer.status_code
    return sum(len(page.images) for page in PdfReader(BytesIO(body(answer))).pages)


def test_f06_a_familys_copy_and_a_packet_hold_the_picture_only_as_the_tags_and_the_rules_allow(
    team: Team, drawing: SourceFile, signed_in: SignIn
) -> None:
    case, client = drawing.source.case, signed_in(team.tess)
    row = inspections.ask_to_see(
        actor=team.tess, case=case, name="Mrs. Hill", relation="parent", received_on=case.today()
    )
    inspections.check_asker(
        actor=team.tess, case=case, inspection=row, identity="photo_id", custody="no_order"
    )
    place = f"{case.path}privacy/inspections/{row.uuid}/"
    assert pictures_on(client.post(place, {"act": "copy"})) == 0  # nobody has tagged it
    part = tag(team.tess, case, "student", "Marker-Drawing")
    copy = client.post(place, {"act": "copy"})
    assert pictures_on(copy) == 1
    assert "Marker-Drawing" in text_of(copy)
    told = {"ground": "emergency", "way": "packet", "relied_on": "He named a day.", "who": "Officer Diaz"}
    given = {f"packet-{name}": value for name, value in told.items()}
    assert pictures_on(client.post(f"{case.path}privacy/told/police/", {**given, "part": [part.name]})) == 1
    tag(team.tess, case, "student", "Marker-Drawing", wording="A drawing of the school.")
    assert pictures_on(client.post(place, {"act": "copy"})) == 0
    assert verbs(case).count("case.file_seen") == 2


def test_the_summary_names_the_file(team: Team, drawing: SourceFile, signed_in: SignIn) -> None:
    assert "Marker-Drawing" in text_of(
        signed_in(team.tess).get(f"{drawing.source.case.path}privacy/summary/")
    )


def test_f14_a_file_goes_with_its_case_and_lies_nowhere_in_the_clear(
    team: Team, signed_in: SignIn, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    case = managed(team)
    source = case.sources.filter(kind="student_of_concern").get()
    (row,) = files.add_files(actor=team.ben, case=case, source=source, uploads=[upload(b"Marker-Bytes")])
    assert row.file_id is not None
    stored = vault_files.path_of(row.file_id)
    assert b"Marker-Bytes" not in stored.read_bytes()
    assert vault_files.named({row.file_id}) == {row.file_id}
    team.valley.pass_time(days=1826)
    with django_capture_on_commit_callbacks(execute=True):
        certificate = destruction.expunge(case=case)
    assert certificate is not None
    assert (certificate.files, certificate.rows["sourcefile"]) == (1, 1)
    assert not stored.exists()
    assert files.make_clean_copy(file_id=row.pk) == "gone"
