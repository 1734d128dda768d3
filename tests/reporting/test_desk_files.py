"""Files at the desk: nothing before it is asked for, the original after a warning, and what nobody may
copy."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from tests.reporting.acts import Valley
from tests.reporting.test_intake import upload
from tests.reporting.test_intake_pages import send, words

from security_center.foundation.ledger.queries import entries_about
from security_center.foundation.organizations.models import Person
from security_center.reporting.actions import cleaning, thread
from security_center.reporting.models import Attachment, Report
from security_center.reporting.queries import report_of

SignIn = Callable[[Person], Client]


@pytest.fixture
def photo(valley: Valley, signed_in: SignIn) -> Attachment:
    """A picture that came with a report, written down in person."""
    picture = BytesIO()
    Image.new("RGB", (64, 48), "red").save(picture, "JPEG")
    upload = SimpleUploadedFile("IMG_of_Sam_Hill.jpg", picture.getvalue(), "image/jpeg")
    sent = send(signed_in(valley.cast.tess), "in_person", valley, what_happened="He drew this.", files=upload)
    return report_of(words(sent)).attachments.get()


def address(photo: Attachment, act: str) -> str:
    return f"/desk/reports/{photo.report.number}/files/{photo.uuid}/{act}/"


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def read(client: Client, report: Report) -> str:
    return client.get(f"/desk/reports/{report.number}/").content.decode()


def test_strangers_get_404_and_other_roles_403(valley: Valley, signed_in: SignIn, photo: Attachment) -> None:
    for person, status in (
        (valley.cast.rosa_elsewhere, 404),
        (valley.cast.lena, 404),
        (valley.cast.omar, 403),
        (valley.cast.ada, 403),
    ):
        client = signed_in(person)
        for act in ("clean", "original", "isolate", "state"):
            assert client.get(address(photo, act)).status_code == status, act
        for act in ("ask", "original", "isolate"):
            assert client.post(address(photo, act)).status_code == status, act


def test_a_file_of_another_report_is_not_found(valley: Valley, signed_in: SignIn, photo: Attachment) -> None:
    other = valley.report()
    assert (
        signed_in(valley.cast.rosa)
        .post(f"/desk/reports/{other.number}/files/{photo.uuid}/original/")
        .status_code
        == 404
    )


def test_nobody_opens_a_file_before_reading_the_text(
    valley: Valley, signed_in: SignIn, photo: Attachment
) -> None:
    answer = signed_in(valley.cast.rosa).post(address(photo, "ask"), follow=True)
    assert "Read the report first" in answer.content.decode()
    photo.refresh_from_db()
    assert photo.state == Attachment.State.SEALED


def test_a_clean_copy_is_made_when_asked_and_shown_folded(
    valley: Valley, signed_in: SignIn, photo: Attachment
) -> None:
    client = signed_in(valley.cast.rosa)
    page = read(client, photo.report)
    assert "IMG_of_Sam_Hill.jpg" in page
    assert "<img class" not in page
    assert "Download the original" not in page
    client.post(address(photo, "ask"))
    assert "every 3s" in read(client, photo.report)
    assert "every 3s" in client.get(address(photo, "state")).content.decode()
    assert cleaning.make_clean_copy(attachment_id=photo.pk) == Attachment.State.CLEANED
    state = client.get(address(photo, "state")).content.decode()
    assert "every 3s" not in state
    assert f'src="{address(photo, "clean")}"' in state
    assert 'loading="lazy"' in state
    shown = client.get(address(photo, "clean"))
    assert shown.headers["Content-Type"].startswith("image/")
    assert shown.headers["Content-Disposition"].startswith(f'inline; filename="{photo.report.number}-')
    assert Image.open(BytesIO(body(shown))).size == (64, 48)
    assert entries_about(photo.report.thing).filter(verb="file.clean_copy_handed_out").count() == 1


def test_the_original_comes_after_a_warning_as_a_download(
    valley: Valley, signed_in: SignIn, photo: Attachment
) -> None:
    client = signed_in(valley.cast.rosa)
    read(client, photo.report)
    warning = client.get(address(photo, "original"))
    assert "That you take it is recorded" in warning.content.decode()
    assert not entries_about(photo.report.thing).filter(verb="file.original_handed_out").exists()
    taken = client.post(address(photo, "original"))
    assert taken.headers["Content-Type"] == "application/octet-stream"
    assert (
        taken.headers["Content-Disposition"]
        == f'attachment; filename="{photo.report.number}-{photo.pk}-original"'
    )
    assert body(taken)[:2] == b"\xff\xd8"
    assert entries_about(photo.report.thing).filter(verb="file.original_handed_out").count() == 1


def test_an_isolated_file_is_opened_by_nobody(valley: Valley, signed_in: SignIn, photo: Attachment) -> None:
    client = signed_in(valley.cast.rosa)
    read(client, photo.report)
    client.post(address(photo, "ask"))
    cleaning.make_clean_copy(attachment_id=photo.pk)
    assert "Call the police" in client.get(address(photo, "isolate")).content.decode()
    client.post(address(photo, "isolate"))
    page = read(client, photo.report)
    assert "Isolated for law enforcement" in page
    assert "<img class" not in page
    for answer in (
        client.get(address(photo, "clean"), follow=True),
        client.get(address(photo, "original"), follow=True),
        client.post(address(photo, "original"), follow=True),
    ):
        assert "Nobody may open or copy it here" in answer.content.decode()


def test_where_the_category_says_so_a_file_is_isolated_as_it_comes_and_so_is_what_follows(
    valley: Valley, signed_in: SignIn
) -> None:
    received = valley.receive("He sends it around.", category="sextortion_images", files=[upload()])
    thread.reporter_writes(
        receipt=received.receipt, report=received.report, body="This one too.", files=[upload()]
    )
    client = signed_in(valley.cast.rosa)
    page = read(client, received.report)
    assert page.count("Isolated for law enforcement") == 2
    assert page.count("They tell you how to hand it over") == 2
    for file in received.report.attachments.all():
        for answer in (
            client.post(address(file, "ask"), follow=True),
            client.post(address(file, "original"), follow=True),
        ):
            assert "Nobody may open or copy it here" in answer.content.decode()


def test_a_file_of_another_category_is_isolated_by_a_person_only(valley: Valley) -> None:
    for category in ("sexual_harassment", ""):
        received = valley.receive("He said this.", category=category, files=[upload()])
        assert received.report.attachments.get().state == Attachment.State.SEALED
