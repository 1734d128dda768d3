"""MP4, MOV and M4A: every box that is not needed to play is blanked in its place, and so is every byte of
media that no kept track uses.

Nothing is moved, because tables inside point at bytes of the file; a box that goes becomes a `free` box of
zeros of the same size. Pictures and sound are copied as they are: there is no decoder for them here, and the
reader is told."""

from collections.abc import Iterator
from itertools import pairwise

from security_center.foundation.cleaning.results import CannotClean, Code
from security_center.foundation.cleaning.work import Cleaned, Task

# What a player needs (ISO/IEC 14496-12 and -14, QuickTime File Format). `meta`, `udta`, `uuid` and whatever a
# camera maker invented are not here.
_AT_TOP = {b"ftyp", b"moov", b"mdat"}
_CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf"}
_LEAVES = {
    b"mvhd", b"tkhd", b"mdhd", b"hdlr", b"vmhd", b"smhd", b"nmhd", b"gmhd", b"dref", b"elst", b"stsd",
    b"stts", b"ctts", b"cslg", b"stss", b"stsc",
    b"stsz", b"stco", b"co64", b"sdtp", b"sgpd", b"sbgp", b"stps", b"stsh", b"tapt",
}  # fmt: skip
_PLAYED = {b"vide", b"soun"}
_FRAGMENTED = {b"moof", b"mvex", b"styp", b"sidx"}
_MOST_BOXES = 20_000
_MOST_SAMPLES = 3_000_000
_DEEPEST = 10
_MAJOR_BRANDS = {"mp4": "video/mp4", "mov": "video/quicktime", "m4a": "audio/mp4"}

type Box = tuple[bytes, int, int, int]  # name, start, start of the body, end


class _Film:
    """One file being blanked in place."""

    def __init__(self, content: bytearray, task: Task) -> None:
        self.content = content
        self.task = task
        self.boxes = 0
        self.kept: list[tuple[int, int]] = []

    def children(self, start: int, end: int) -> Iterator[Box]:
        at = start
        while at < end:
            self.boxes += 1
            if at + 8 > end or self.boxes > _MOST_BOXES:
                if at + 8 > end and not any(self.content[at:end]):
                    return  # QuickTime ends some lists with four zero bytes
                raise CannotClean(Code.DAMAGED)
            size, name, body = self.number(at, 4), bytes(self.content[at + 4 : at + 8]), at + 8
            if size == 1:
                size, body = self.number(at + 8, 8), at + 16
            elif size == 0:
                size = end - at
            if at + size > end or body > at + size:
                raise CannotClean(Code.DAMAGED)
            yield name, at, body, at + size
            at += size

    def number(self, at: int, length: int) -> int:
        if at + length > len(self.content):
            raise CannotClean(Code.DAMAGED)
        return int.from_bytes(self.content[at : at + length])

    def zero(self, start: int, end: int) -> None:
        self.content[start:end] = bytes(end - start)

    def blank(self, box: Box) -> None:
        _, start, body, end = box
        self.content[start + 4 : start + 8] = b"free"
        self.zero(body, end)

    def clean(self) -> None:
        top = list(self.children(0, len(self.content)))
        names = [box[0] for box in top]
        if _FRAGMENTED & set(names):
            raise CannotClean(Code.NOT_SUPPORTED)
        if names.count(b"moov") != 1 or b"mdat" not in names:
            raise CannotClean(Code.DAMAGED)
        for box in top:
            if box[0] == b"moov":
                self.movie(box)
        if not self.kept:
            raise CannotClean(Code.DAMAGED)
        for box in top:
            if box[0] == b"mdat":
                self.only_kept(box[2], box[3])
            elif box[0] not in _AT_TOP:
                self.blank(box)

    def movie(self, moov: Box) -> None:
        for box in self.children(moov[2], moov[3]):
            if box[0] in {b"mvex", b"cmov"}:
                raise CannotClean(Code.NOT_SUPPORTED)
            if box[0] == b"trak":
                self.track(box)
            elif box[0] == b"mvhd":
                self.leaf(box)
            else:
                self.blank(box)

    def track(self, trak: Box) -> None:
        """A track that is neither picture nor sound (place by the second, time code, a caption) goes with its
        samples."""
        found = self.descendants(trak, 0)
        # Its own handler tells the sort; another one below it tells where media lie
        media = self.first(found, b"mdia")
        handler = self.first(list(self.children(media[2], media[3])), b"hdlr")
        if bytes(self.content[handler[2] + 8 : handler[2] + 12]) not in _PLAYED:
            self.task.note(Code.TRACKS_REMOVED)
            self.blank(trak)
            return
        self.kept += self.samples(found)
        for box in found:
            if box[0] in _LEAVES:
                self.leaf(box)
            elif box[0] not in _CONTAINERS:
                self.blank(box)

    def descendants(self, parent: Box, depth: int) -> list[Box]:
        if depth > _DEEPEST:
            raise CannotClean(Code.DAMAGED)
        found: list[Box] = []
        for box in self.children(parent[2], parent[3]):
            found.append(box)
            if box[0] in _CONTAINERS:
                found += self.descendants(box, depth + 1)
        return found

    def first(self, found: list[Box], name: bytes) -> Box:
        for box in found:
            if box[0] == name:
                return box
        raise CannotClean(Code.DAMAGED)

    def leaf(self, box: Box) -> None:
        name, _, body, end = box
        if name in {b"mvhd", b"tkhd", b"mdhd"}:  # when it was made and changed
            self.zero(body + 4, min(end, body + (20 if self.content[body : body + 1] == b"\x01" else 12)))
        elif name == b"hdlr":  # the maker and the name of the handler
            self.zero(body + 12, end)
        elif name == b"stsd":
            for _, start, entry, entry_end in self.children(body + 8, end):
                self.entry(start, entry, entry_end)
        elif name == b"dref" and b"alis" in self.content[body:end]:
            self.aliases(body, end)

    def entry(self, start: int, body: int, end: int) -> None:
        """How the samples are coded. The name of the compressor is the name of the device's software."""
        code = bytes(self.content[start + 4 : start + 8])
        self.zero(body + 12, min(end, body + 16))  # vendor
        if (
            code
            not in {
                b"mp4a",
                b"alac",
                b"sowt",
                b"twos",
                b"lpcm",
                b"ac-3",
                b"Opus",
                b"samr",
                b"sawb",
                b"ulaw",
                b"alaw",
            }
            and end - body >= 78
        ):
            self.zero(body + 42, body + 74)

    def aliases(self, body: int, end: int) -> None:
        """QuickTime may name the volume and folder the film was recorded in."""
        for name, _, inner, inner_end in self.children(body + 8, end):
            if name == b"alis":
                self.zero(inner + 4, inner_end)

    def samples(self, found: list[Box]) -> list[tuple[int, int]]:
        """Where in the file this track's media lie: chunk offsets, how many samples each chunk has, and the
        samples' sizes."""
        sizes = self.first(found, b"stsz")[2]
        every, count = self.number(sizes + 4, 4), self.number(sizes + 8, 4)
        if count > _MOST_SAMPLES:
            raise CannotClean(Code.NOT_SUPPORTED)
        offsets_box = next((box for box in found if box[0] in {b"stco", b"co64"}), None)
        if offsets_box is None:
            raise CannotClean(Code.DAMAGED)
        width, at = (4 if offsets_box[0] == b"stco" else 8), offsets_box[2]
        chunks = self.number(at + 4, 4)
        if chunks > _MOST_SAMPLES or at + 8 + chunks * width > offsets_box[3]:
            raise CannotClean(Code.DAMAGED)
        offsets = [self.number(at + 8 + index * width, width) for index in range(chunks)]
        per_chunk = self.samples_per_chunk(self.first(found, b"stsc"), chunks)
        whole = len(self.content)
        if every and self.is_pcm(found):
            every = self.pcm_frame(found)
        ranges, sample = [], 0
        for offset, number in zip(offsets, per_chunk, strict=True):
            number = min(number, count - sample)
            length = (
                every * number
                if every
                else sum(self.number(sizes + 12 + index * 4, 4) for index in range(sample, sample + number))
            )
            sample += number
            if offset + length > whole:
                raise CannotClean(Code.DAMAGED)
            ranges.append((offset, offset + length))
        return ranges

    def samples_per_chunk(self, table: Box, chunks: int) -> list[int]:
        at, entries = table[2], self.number(table[2] + 4, 4)
        if entries > chunks or at + 8 + entries * 12 > table[3]:
            raise CannotClean(Code.DAMAGED)
        runs = [
            (self.number(at + 8 + index * 12, 4), self.number(at + 12 + index * 12, 4))
            for index in range(entries)
        ]
        counts: list[int] = []
        for (first, number), (following, _) in pairwise([*runs, (chunks + 1, 0)]):
            if not 1 <= first <= following <= chunks + 1:
                raise CannotClean(Code.DAMAGED)
            counts += [number] * (following - first)
        if len(counts) != chunks:
            raise CannotClean(Code.DAMAGED)
        return counts

    def is_pcm(self, found: list[Box]) -> bool:
        start = self.first(found, b"stsd")[2] + 8
        return bytes(self.content[start + 4 : start + 8]) in {
            b"sowt",
            b"twos",
            b"lpcm",
            b"in24",
            b"raw ",
            b"fl32",
            b"ulaw",
            b"alaw",
        }

    def pcm_frame(self, found: list[Box]) -> int:
        """QuickTime states 1 as the size of an uncompressed sample; what it takes is channels times width."""
        start = self.first(found, b"stsd")[2] + 16
        channels, bits = self.number(start + 16, 2), self.number(start + 18, 2)
        if self.number(start + 8, 2) == 1:
            return max(1, self.number(start + 36, 4))
        return max(1, channels * bits // 8)

    def only_kept(self, start: int, end: int) -> None:
        at = start
        for begin, finish in sorted(self.kept):
            begin, finish = max(begin, start), min(finish, end)
            if begin >= finish:
                continue
            if begin > at:
                self.zero(at, begin)
            at = max(at, finish)
        if at < end:
            self.zero(at, end)


def prepare(_code: str) -> None:
    """Needs nothing but what is imported."""


def clean(content: bytearray, task: Task) -> Cleaned:
    _Film(content, task).clean()
    task.note(Code.MEDIA_NOT_REENCODED)
    return Cleaned(_MAJOR_BRANDS[task.kind.code], [content])
