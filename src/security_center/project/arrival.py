"""A body as it comes over the network, read to its end before anybody works on it.

A thread that waits for the network is lost to everybody else: thirty senders that drip a byte now and then
once stopped the whole staff program. So a body is read by the server's loop, which waits for thousands at
once, and only what has arrived is handed to a thread. Whoever sends too slowly is cut off: one who is silent,
one who falls behind the floor, and one who takes too long altogether.

Long bodies are kept on the disk meanwhile, in a file without a name, encrypted under a key that is only in
memory: nothing lies there in the clear, and whatever ends the program ends the file. Where the disk has no
room, a body goes on into its thread as it comes (`straight`), few at a time."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes

GRACE = 15.0  # seconds: in a tunnel or a lift a phone says nothing for that long
FLOOR = 4096  # bytes a second; the slowest mobile networks carry twice that
LONGEST_TIME = 30 * 60.0  # seconds for any body
IN_MEMORY = 64 * 1024  # bytes of one body; with more than text it goes to the disk
ALL_IN_MEMORY = 48 * 1024 * 1024  # bytes of all bodies together; beyond it even text goes to the disk
ALL_ON_DISK = 2 * 1024 * 1024 * 1024
SMALL = 4 * 1024 * 1024
ANSWERS_ON_DISK = 512 * 1024 * 1024
# Bytes of the disk: more than sealed files leave free (vault/files.py), so that this is never what fills it
LEFT_FREE = 256 * 1024 * 1024


class NoRoom(Exception):
    """The disk has no room for more of this body, or refuses."""


class Pace:
    """How long to wait for somebody: so many seconds at first, which pass, and which their bytes give back at
    the floor's rate, never more than there were. So what came fast an hour ago buys nobody an hour of a byte
    now and then."""

    def __init__(self, seconds: float) -> None:
        self._most = self._left = seconds
        self._at = time.monotonic()

    def patience(self) -> float:
        before, self._at = self._at, time.monotonic()
        self._left -= self._at - before
        return self._left

    def came(self, count: int) -> None:
        self._left = min(self._most, self._left + count / FLOOR)


class Kept:
    """The bytes of one body that have arrived: in memory, then encrypted in a file without a name. Written by
    the loop, then read by a thread."""

    in_memory = 0  # of all bodies; touched by the loop's thread alone
    on_disk = 0
    most_on_disk = ALL_ON_DISK

    def __init__(self, folder: Path) -> None:
        self.size = 0
        self._folder = folder
        self._memory = bytearray()
        self._file: BinaryIO | None = None
        self._encrypting: CipherContext | None = None
        self._decrypting: CipherContext | None = None
        self._at = 0

    def write(self, piece: bytes) -> None:
        """Raises `NoRoom`; what was written before stays readable."""
        if self._file is None and (
            self.size + len(piece) > IN_MEMORY or type(self).in_memory + len(piece) > ALL_IN_MEMORY
        ):
            self._go_to_disk()
        if self._file is None or self._encrypting is None:
            self._memory += piece
            type(self).in_memory += len(piece)
        else:
            # The larger a body, the sooner it finds no room: whoever fills the disk's part with a few large
            # ones leaves some for words and a photo.
            share = 1 - self.size / (self.size + SMALL) / 2
            if type(self).on_disk + len(piece) > self.most_on_disk * share:
                raise NoRoom
            try:
                if self._file.write(self._encrypting.update(piece)) != len(piece):
                    raise NoRoom
            except OSError as fault:
                raise NoRoom from fault
            type(self).on_disk += len(piece)
        self.size += len(piece)

    def _go_to_disk(self) -> None:
        try:
            self._folder.mkdir(mode=0o770, exist_ok=True)
            disk = os.statvfs(self._folder)
            if disk.f_bavail * disk.f_frsize < LEFT_FREE:
                raise NoRoom
            self._file = tempfile.TemporaryFile(dir=self._folder, buffering=0)  # noqa: SIM115 - closed by `forget`
        except OSError as fault:
            raise NoRoom from fault
        cipher = Cipher(algorithms.AES(os.urandom(32)), modes.CTR(os.urandom(16)))
        self._encrypting, self._decrypting = cipher.encryptor(), cipher.decryptor()

    def rewind(self) -> None:
        self._at = 0
        if self._file is not None:
            self._file.seek(0)

    def read(self, most: int) -> bytes:
        """The next bytes, at most so many; none at the end."""
        if self._at < len(self._memory):
            piece = bytes(self._memory[self._at : self._at + most])
        elif self._file is not None and self._decrypting is not None:
            piece = self._decrypting.update(self._file.read(min(most, self.size - self._at)))
        else:
            piece = b""
        self._at += len(piece)
        return piece

    def forget(self) -> None:
        """Called by the loop when nobody needs the bytes any more."""
        type(self).in_memory -= len(self._memory)
        if self._file is not None:
            type(self).on_disk -= self.size - len(self._memory)
            self._file.close()
        self._memory, self._file = bytearray(), None


class KeptAnswer(Kept):
    """A page that is whole already, for as long as it is fetched, with room of its own: who fetches slowly
    takes none from those who send."""

    in_memory = 0
    on_disk = 0
    most_on_disk = ANSWERS_ON_DISK


class Arrival:
    """One body on its way. `length` is what its sender named, None for a body in chunks; beyond `most` bytes
    nothing is kept of it."""

    def __init__(self, pieces: AsyncIterator[bytes], length: int | None, most: int, folder: Path) -> None:
        self.kept = Kept(folder)
        self.received = 0
        self.too_slow = False
        self.straight = False
        self._pieces, self._length, self._most = pieces, length, most
        self._began, self._pace = time.monotonic(), Pace(GRACE)
        self._rest = b""  # of a piece that found no room on the disk

    @property
    def whole(self) -> bool:
        """Whether everything that was named has come. Of a body in chunks only the server knows, so what ends
        counts as whole."""
        return not self.too_slow and self._length in (None, self.received)

    async def read(self) -> None:
        """Until the end, until the sender is gone or too slow, or until there is no room: then `straight` is
        set and the rest is still to come."""
        while piece := await self.next_piece():
            surplus = self.received - self._most
            if surplus > 0:
                piece = piece[: max(0, len(piece) - surplus)]
            try:
                if piece:
                    self.kept.write(piece)
            except NoRoom:
                self.straight, self._rest = True, piece
                break
        self.kept.rewind()

    async def next_piece(self) -> bytes:
        """What comes next; nothing at the end and for a sender who is gone or too slow."""
        if self._rest:
            piece, self._rest = self._rest, b""
            return piece
        patience = min(self._pace.patience(), LONGEST_TIME - (time.monotonic() - self._began))
        try:
            async with asyncio.timeout(patience):
                while not (piece := await anext(self._pieces)):
                    pass  # the server gives an empty piece now and then, before the end too
        except TimeoutError:
            self.too_slow = True
            return b""
        except StopAsyncIteration:
            return b""
        self.received += len(piece)
        self._pace.came(len(piece))
        return piece


class Body:
    """What a worker thread reads (`wsgi.input`): what was kept, then, of a body that goes straight, what
    still comes."""

    def __init__(self, arrival: Arrival, loop: asyncio.AbstractEventLoop) -> None:
        self._arrival, self._loop = arrival, loop
        self._ahead = bytearray()

    def read(self, size: int | None = None) -> bytes:
        most = 1 << 62 if size is None or size < 0 else size
        while len(self._ahead) < most and (piece := self._more(min(most - len(self._ahead), IN_MEMORY))):
            self._ahead += piece
        taken = bytes(self._ahead[:most])
        del self._ahead[:most]
        return taken

    def readline(self, size: int | None = None) -> bytes:
        """Asked for by the standard of WSGI, and by nothing here."""
        line = bytearray()
        while (size is None or size < 0 or len(line) < size) and (byte := self.read(1)):
            line += byte
            if byte == b"\n":
                break
        return bytes(line)

    def _more(self, most: int) -> bytes:
        piece = self._arrival.kept.read(most)
        if not piece and self._arrival.straight:
            piece = asyncio.run_coroutine_threadsafe(self._arrival.next_piece(), self._loop).result()
        return piece
