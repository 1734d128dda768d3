import os
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from security_center.foundation.clock import clock_at, now
from security_center.foundation.vault import files
from security_center.foundation.vault.attached import clean_copy
from security_center.foundation.vault.columns import seal, seal_file, unseal_file
from security_center.foundation.vault.errors import SealBroken
from security_center.foundation.vault.records import OpenRecord
from security_center.reporting.models import Attachment

SEGMENT = files.SEGMENT
SEALED_SEGMENT = SEGMENT + 16
HEADER = 5


def read(file_id: uuid.UUID, key: bytes) -> bytes:
    return b"".join(files.read(file_id, key))


def everything(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "files").rglob("*") if path.is_file())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(
    sizes=st.lists(st.sampled_from([0, 1, 100, SEGMENT - 1, SEGMENT, SEGMENT + 1, 2 * SEGMENT]), max_size=4)
)
def test_a_stream_comes_back_as_it_went_in_however_it_was_cut(data_folder: Path, sizes: list[int]) -> None:
    chunks = [os.urandom(size) for size in sizes]
    file_id, key, size = files.write(chunks)
    assert size == sum(sizes)
    assert read(file_id, key) == b"".join(chunks)
    assert all(len(piece) <= SEGMENT for piece in files.read(file_id, key))


@pytest.fixture
def umask() -> Iterator[Callable[[int], object]]:
    """Sets what a start of the programs would set; put back afterwards."""
    before = os.umask(0o077)
    yield os.umask
    os.umask(before)


def test_a_sealed_file_is_readable_by_its_owner_only_and_says_nothing_of_its_content(
    data_folder: Path, umask: Callable[[int], object]
) -> None:
    file_id, key, _size = files.write([b"Marker-Quetzal" * 20_000])
    path = files.path_of(file_id)
    assert path == data_folder / "files" / str(file_id)[:2] / str(file_id)
    assert [item.stat().st_mode & 0o777 for item in (path, path.parent, path.parent.parent)] == [
        0o600,
        0o700,
        0o700,
    ]
    assert b"Marker" not in path.read_bytes()
    assert key not in path.read_bytes()


def test_programs_of_two_system_users_share_sealed_files_by_their_group_and_with_nobody_else(
    data_folder: Path, umask: Callable[[int], object]
) -> None:
    umask(0o007)
    file_id, _key, _size = files.write([b"photo"])
    path = files.path_of(file_id)
    assert [item.stat().st_mode & 0o777 for item in (path, path.parent, path.parent.parent)] == [
        0o660,
        0o770,
        0o770,
    ]


def reordered(raw: bytes) -> bytes:
    body = raw[HEADER:]
    return (
        raw[:HEADER]
        + body[SEALED_SEGMENT : 2 * SEALED_SEGMENT]
        + body[:SEALED_SEGMENT]
        + body[2 * SEALED_SEGMENT :]
    )


TAMPERING: dict[str, Callable[[bytes], bytes]] = {
    "cut within a segment": lambda raw: raw[:-1],
    "cut after a whole segment": lambda raw: raw[: HEADER + 2 * SEALED_SEGMENT],
    "cut to one segment": lambda raw: raw[: HEADER + SEALED_SEGMENT],
    "cut to its header": lambda raw: raw[:HEADER],
    "emptied": lambda raw: raw[:0],
    "reordered": reordered,
    "a segment twice": lambda raw: raw[: HEADER + SEALED_SEGMENT] + raw[HEADER:],
    "a segment left out": lambda raw: raw[:HEADER] + raw[HEADER + SEALED_SEGMENT :],
    "bytes added": lambda raw: raw + b"\0",
    "another version": lambda raw: b"SSCF\x02" + raw[HEADER:],
    "one bit": lambda raw: raw[:70_000] + bytes((raw[70_000] ^ 1,)) + raw[70_001:],
}


@pytest.mark.parametrize("how", TAMPERING)
def test_a_file_that_was_tampered_with_never_reads_to_its_end(data_folder: Path, how: str) -> None:
    file_id, key, _size = files.write([os.urandom(2 * SEGMENT + 100)])
    path = files.path_of(file_id)
    path.write_bytes(TAMPERING[how](path.read_bytes()))
    with pytest.raises(SealBroken):
        read(file_id, key)


def test_a_file_copied_over_another_or_opened_with_anothers_key_does_not_open(data_folder: Path) -> None:
    first, first_key, _size = files.write([b"first"])
    second, second_key, _size = files.write([b"second"])
    with pytest.raises(SealBroken):
        read(first, second_key)
    files.path_of(second).write_bytes(files.path_of(first).read_bytes())
    for key in (first_key, second_key):
        with pytest.raises(SealBroken):
            read(second, key)


def test_a_file_that_is_gone_is_said_to_be_gone_at_once(data_folder: Path) -> None:
    file_id, key, _size = files.write([b"x"])
    assert files.delete(file_id)
    assert not files.delete(file_id)
    with pytest.raises(files.FileGone):
        files.read(file_id, key)


def test_a_source_that_breaks_off_leaves_nothing_behind(data_folder: Path) -> None:
    def breaks() -> object:
        yield b"x" * SEGMENT * 3
        raise ConnectionError

    with pytest.raises(ConnectionError):
        files.write(breaks())
    assert everything(data_folder) == []


def test_a_forgotten_writer_leaves_nothing_behind(data_folder: Path) -> None:
    writer = files.FileWriter()
    writer.write(b"x" * SEGMENT * 3)
    assert len(everything(data_folder)) == 1
    del writer
    assert everything(data_folder) == []


def test_a_nearly_full_disk_is_kept_for_text(data_folder: Path, monkeypatch) -> None:
    disk = os.statvfs(data_folder)
    monkeypatch.setattr(files, "RESERVE", disk.f_bavail * disk.f_frsize * 2)
    with pytest.raises(files.NoSpace):
        files.write([b"x"])
    assert everything(data_folder) == []


def test_the_sweep_takes_orphans_older_than_a_day_and_unfinished_files_and_nothing_else(
    data_folder: Path,
) -> None:
    kept, orphan = files.write([b"kept"])[0], files.write([b"orphan"])[0]
    unfinished = files.path_of(uuid.uuid4()).with_suffix(".part")
    unfinished.parent.mkdir(exist_ok=True)
    unfinished.write_bytes(b"half")
    asked: set[uuid.UUID] = set()

    def known(ids: set[uuid.UUID]) -> set[uuid.UUID]:
        asked.update(ids)
        return ids & {kept}

    assert files.sweep(known, timedelta(days=1)) == 0
    assert asked == set()
    with clock_at(now() + timedelta(days=1, minutes=1)):
        young = files.write([b"young"])[0]
        os.utime(files.path_of(young), (now().timestamp(),) * 2)
        assert files.sweep(known, timedelta(days=1)) == 2
    assert asked == {kept, orphan}
    assert everything(data_folder) == sorted([str(kept), str(young)])


def test_a_sweep_of_a_new_data_folder_finds_nothing(data_folder: Path) -> None:
    with clock_at(datetime(2030, 1, 1, tzinfo=UTC)):
        assert files.sweep(lambda ids: ids) == 0


def test_every_room_is_asked_whose_a_file_is_and_one_that_no_row_names_is_nobodys(db: None) -> None:
    assert files.named({uuid.uuid4(), uuid.uuid4()}) == set()


def test_a_clean_copy_is_a_sealed_file_of_its_own_of_the_kind_that_its_content_is(data_folder: Path) -> None:
    picture = BytesIO()
    Image.new("RGB", (64, 48), "red").save(picture, "JPEG")
    opened, row = OpenRecord(uuid.uuid4(), b"k" * 32), Attachment()
    row.file_id, key, _size = files.write([picture.getvalue()])
    seal_file(opened, row, "file_seal", key)
    seal(opened, row, name="notes.txt")
    made = clean_copy(row, opened)
    assert (made["state"], made["media_type"]) == (Attachment.State.CLEANED, "image/jpeg")
    assert made["cleaned_media_type"].startswith("image/")
    copy = read(made["cleaned_file_id"], unseal_file(opened, row, "cleaned_seal"))
    assert len(copy) == made["cleaned_size"] > 0
    assert made["cleaned_file_id"] != row.file_id
    assert read(row.file_id, key) == picture.getvalue()
