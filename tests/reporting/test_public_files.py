"""Files that come with a report: told one by one when they did not arrive, limited before text, and never a
reason to refuse it."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django_scopes import scopes_disabled
from tests.reporting.public_side import send, text

from security_center.foundation.organizations.models import Organization
from security_center.foundation.vault import files as vault_files
from security_center.reporting.actions import bursts
from security_center.reporting.models import Attachment


def test_each_file_that_did_not_arrive_is_told_and_the_words_are_taken(
    public_client: Client, opened_school: Organization, reports: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("security_center.foundation.vault.uploads.LARGEST", 1000)
    sent = send(
        public_client,
        opened_school,
        what_happened="He hit me",
        files=[
            SimpleUploadedFile("good.jpg", b"\xff\xd8\xff"),
            SimpleUploadedFile("empty.txt", b""),
            SimpleUploadedFile("film.mp4", b"x" * 2000),
        ],
    )
    page = text(sent)
    assert "Your words arrived. A file did not" in page
    assert "“empty.txt” did not arrive: it is empty." in page
    assert "“film.mp4” did not arrive: it is larger than 100 MB." in page
    assert "good.jpg" not in page
    assert len(reports()) == 1


def test_a_full_disk_refuses_the_file_and_not_the_words(
    public_client: Client, opened_school: Organization, reports: Any, monkeypatch: Any
) -> None:
    def full(self: Any, data: bytes) -> None:
        raise vault_files.NoSpace

    monkeypatch.setattr(vault_files.FileWriter, "write", full)
    page = text(
        send(
            public_client,
            opened_school,
            what_happened="He hit me",
            files=SimpleUploadedFile("photo.jpg", b"\xff\xd8\xff"),
        )
    )
    assert "“photo.jpg” did not arrive: we have no room for it right now" in page
    assert len(reports()) == 1


def test_a_whole_gallery_does_not_refuse_the_words(
    public_client: Client, opened_school: Organization, reports: Any
) -> None:
    files = [SimpleUploadedFile(f"{number}.jpg", b"\xff\xd8\xff") for number in range(120)]
    assert send(public_client, opened_school, what_happened="He hit me", files=files).status_code == 200
    with scopes_disabled():
        assert Attachment.objects.filter(state=Attachment.State.SEALED).count() == 10


def test_a_flood_of_files_refuses_files_and_never_words(
    public_client: Client, opened_school: Organization, reports: Any, monkeypatch: Any, data_folder: Any
) -> None:
    monkeypatch.setattr(bursts, "MEBIBYTES_A_WINDOW", 2)
    cache.clear()
    for turn in range(4):
        page = text(
            send(
                public_client,
                opened_school,
                what_happened=f"He hit me {turn}",
                files=SimpleUploadedFile("a.jpg", b"\xff\xd8\xff"),
            )
        )
        assert ("very many files are arriving right now" in page) is (turn >= 2)
    assert len(reports()) == 4
    with scopes_disabled():
        assert list(Attachment.objects.order_by("pk").values_list("state", "fault")) == [
            ("sealed", ""),
            ("sealed", ""),
            ("fault", "busy"),
            ("fault", "busy"),
        ]


def test_a_report_without_files_counts_nothing(
    public_client: Client, opened_school: Organization, django_assert_num_queries: Any, monkeypatch: Any
) -> None:
    def counted(*_arguments: Any) -> int:
        raise AssertionError("counted")

    monkeypatch.setattr(bursts, "_count", counted)
    assert send(public_client, opened_school, what_happened="He hit me").status_code == 200
