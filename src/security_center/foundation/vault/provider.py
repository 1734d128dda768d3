"""The key provider: the one secret that opens what is stored. By default a file beside the data,
keys/vault.key.

The public program never loads it. A missing file is never made anew where something was sealed with it: that
would turn a mistake that can be mended (put the file back) into one that hides itself until the first report
cannot be opened."""

from __future__ import annotations

import hmac
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection

from security_center.foundation.vault import sealing
from security_center.foundation.vault.errors import SealBroken, VaultError

KEY_FOLDER = "keys"
KEY_FILE = "vault.key"
_HEADER = "security-center vault key 1"
_FORMER = "former: "  # a secret before this one
_BACKUPS = "backups: "
_EXCHANGING = "exchange: under way"


class VaultLocked(VaultError):
    """Nothing can be opened here: this is the public program, or the key file is absent or unreadable."""


class KeyFileMissing(VaultError):
    """There is sealed data but no key file. It must be put back from its backup; a new one could open
    nothing."""


@dataclass(frozen=True)
class KeyProvider:
    """Derives keys and wraps private keys under the secret of the key file.

    former: those before it, newest first. Nothing opens with them: digests of look-ups are made by way of
    them, and what was signed in their time is checked with them. backups: what they are encrypted to since
    the last exchange, wherever the key file is copied. exchanging: an exchange to this key is under way.
    beside: the one other whose seals are believed meanwhile."""

    _secret: bytes = field(repr=False)
    former: tuple[KeyProvider, ...] = ()
    backups: str = ""
    exchanging: bool = False
    beside: tuple[KeyProvider, ...] = ()

    def successor(self, backups: str) -> KeyProvider:
        """One with a new secret that knows this one as former."""
        return KeyProvider(
            secrets.token_bytes(sealing.KEY_BYTES), (KeyProvider(self._secret), *self.former), backups
        )

    def follows(self, other: KeyProvider) -> bool:
        """Whether it is a successor of `other`."""
        return self.former == (KeyProvider(other._secret), *other.former)

    def begun(self) -> KeyProvider:
        """As its key file has it while the exchange to it is under way."""
        return replace(self, exchanging=True, beside=self.former[:1])

    def ended(self) -> KeyProvider:
        return replace(self, exchanging=False, beside=())

    def not_yet(self) -> KeyProvider:
        """The one before, which stays in use until the database has taken up this one."""
        return replace(self.former[0], former=self.former[1:], beside=(KeyProvider(self._secret),))

    def content(self) -> bytes:
        """Of its key file."""
        lines = [_HEADER, self._secret.hex(), *(f"{_FORMER}{one._secret.hex()}" for one in self.former)]
        lines += [
            *([f"{_BACKUPS}{self.backups}"] if self.backups else []),
            *([_EXCHANGING] if self.exchanging else []),
        ]
        return "".join(f"{line}\n" for line in lines).encode("ascii")

    @property
    def mark(self) -> str:
        """Tells key files apart, and says nothing of their secrets."""
        return hmac.digest(self.derive("which key file"), self.content(), "sha256")[:8].hex()

    @cached_property
    def lifting(self) -> tuple[bytes, ...]:
        """The keys that a digest of the first secret's time passes through, one an exchange."""
        return tuple(one.derive("blinded tokens of an exchange") for one in (*reversed(self.former), self))[
            1:
        ]

    def openers(self) -> tuple[KeyProvider, ...]:
        """Whose seals are believed. The former's only while an exchange is under way: later they would be a
        thief's."""
        return (self, *self.beside)

    def derive(self, purpose: str, length: int = 32) -> bytes:
        """A key of `length` bytes for one named purpose (HKDF-SHA256)."""
        return sealing.derive(self._secret, f"provider/{purpose}", length)

    def wrap(self, plain: bytes, context: bytes) -> bytes:
        """Seal a key under the provider; it opens only with the same `context`."""
        return sealing.seal(self.derive("wrap"), plain, sealing.place("wrapped key", context))

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """What `wrap` sealed; `SealBroken` if the context, the bytes or the key file are others."""
        for one in self.openers():
            with suppress(SealBroken):
                return sealing.open_sealed(one.derive("wrap"), wrapped, sealing.place("wrapped key", context))
        raise SealBroken("This key was not wrapped by this key file.")


def key_path() -> Path:
    return Path(settings.SSC_DATA) / KEY_FOLDER / KEY_FILE


def provider() -> KeyProvider:
    """The key provider of this program. Raises `VaultLocked` in the public program always, elsewhere while
    the key file is absent.

    The file is looked at each time (one stat), so that a key that is taken away locks a running program, and
    one put back opens it. While an exchange is under way the database says which of the file's two keys is in
    use: every program on every machine takes up the new one in the same moment."""
    from security_center.foundation.vault.queries import is_taken_up

    keys = of_key_file()
    return keys.not_yet() if keys.exchanging and not is_taken_up(keys) else keys


def of_key_file() -> KeyProvider:
    """As the file has it, whichever key is in use. Raises `VaultLocked`."""
    if settings.SSC_PROGRAM == "public":
        raise VaultLocked("The public program holds no key that opens anything.")
    path = key_path()
    try:
        seen = path.stat()
        return _load(str(path), seen.st_ino, seen.st_mtime_ns, seen.st_size)
    except OSError as error:
        raise VaultLocked(
            f"The key file {path} cannot be read ({error.strerror}). Put it back from its backup; "
            "until then nothing can be opened."
        ) from error


def exchange_under_way() -> bool:
    """Whether the vault's key is being exchanged. False without a key file."""
    try:
        return bool(of_key_file().exchanging)
    except VaultLocked:
        return False


def is_open() -> bool:
    """Whether this program can open what was sealed."""
    try:
        provider()
    except VaultLocked:
        return False
    return True


def create_key_file() -> Path:
    """Make keys/vault.key (first start only) and return its path; an existing file is left alone.

    Raises `KeyFileMissing` when anything was ever sealed in this data folder, and `VaultLocked` in the public
    program."""
    if settings.SSC_PROGRAM == "public":
        raise VaultLocked("The public program never makes a key file.")
    path = key_path()
    if path.exists():
        return path
    trace = _trace_of_data()
    if trace:
        raise KeyFileMissing(
            f"The key file {path} is missing, but this data folder holds {trace}. Put it back from "
            "its backup: a new one could open nothing."
        )
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    draft = path.with_name(f".{KEY_FILE}.{secrets.token_hex(8)}")
    _write(draft, KeyProvider(secrets.token_bytes(sealing.KEY_BYTES)).content())
    try:
        # A link, not a rename: if another program of ours was quicker its key stays, and no half-written key
        # is ever seen.
        os.link(draft, path)
    except FileExistsError:
        return path
    finally:
        draft.unlink()
    _sync(path.parent)
    return path


@lru_cache(maxsize=4)
def _load(path: str, _inode: int, _changed: int, _size: int) -> KeyProvider:
    try:
        return provider_of(Path(path).read_bytes())
    except ValueError:
        raise VaultLocked(
            f"The key file {path} is damaged. Put it back from its backup; until then nothing can be opened."
        ) from None


def provider_of(content: bytes) -> KeyProvider:
    """The provider that a key file's content makes. Raises ValueError for one that is damaged."""
    lines = content.decode("ascii", errors="replace").split("\n")
    try:
        if lines[0] != _HEADER:
            raise ValueError
        secret = bytes.fromhex(lines[1])
        if len(secret) != sealing.KEY_BYTES:
            raise ValueError
    except IndexError:
        raise ValueError("This is not a key file.") from None
    former = tuple(
        KeyProvider(bytes.fromhex(line.removeprefix(_FORMER)))
        for line in lines[2:]
        if line.startswith(_FORMER)
    )
    backups = "".join(line.removeprefix(_BACKUPS) for line in lines[2:] if line.startswith(_BACKUPS))
    keys = KeyProvider(secret, former, backups)
    return keys.begun() if _EXCHANGING in lines[2:] else keys


def write_key_file(keys: KeyProvider) -> None:
    """Put it in the place of the key file, at once or not at all: programs that run look at the file each
    time."""
    path = key_path()
    draft = path.with_name(f".{KEY_FILE}.{secrets.token_hex(8)}")
    _write(draft, keys.content())
    owner = path.stat()
    if os.geteuid() == 0:
        os.chown(draft, owner.st_uid, owner.st_gid)  # programs of another user would be locked out
    draft.replace(path)
    _sync(path.parent)


def _write(draft: Path, content: bytes) -> None:
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())


def _sync(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _trace_of_data() -> str:
    """The first sign that something was sealed here, in words; "" for a fresh data folder."""
    from security_center.foundation.vault import files
    from security_center.foundation.vault.fields import BlindedTokenField, SealedTextField

    if files.folder().is_dir() and any(
        entry.is_file() and not entry.name.startswith(".") for entry in files.folder().rglob("*")
    ):
        return "sealed files"
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    for model in apps.get_models():
        if model._meta.db_table not in tables:
            continue
        sealed = any(
            isinstance(column, SealedTextField | BlindedTokenField) for column in model._meta.get_fields()
        )
        if (sealed or model._meta.app_label == "vault") and model._base_manager.exists():
            return f"rows of “{model._meta.verbose_name}”"
    return ""
