"""What cleaning ended in, in codes that carry nothing of the file."""

from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    CLEANED = "cleaned"
    CANNOT_CLEAN = "cannot_clean"  # offered only after a warning
    REFUSED = "refused"  # built to do harm: the warning says so


class Code(StrEnum):
    """Why there is no cleaned copy, or what a reader of the cleaned copy should know."""

    # no cleaned copy
    DAMAGED = "damaged"
    DECODER_STOPPED = "decoder_stopped"
    EMBEDDED_FILES = "embedded_files"
    ENCRYPTED = "encrypted"
    MACROS = "macros"
    NEEDS_TOO_MUCH_MEMORY = "needs_too_much_memory"
    NOT_INSTALLED = "not_installed"
    NOT_SUPPORTED = "not_supported"
    OUTPUT_TOO_LARGE = "output_too_large"
    TOOK_TOO_LONG = "took_too_long"
    TOO_LARGE = "too_large"
    TOO_MANY_FRAMES = "too_many_frames"
    TOO_MANY_PIXELS = "too_many_pixels"
    UNKNOWN_TYPE = "unknown_type"
    UNSAFE_NAMES = "unsafe_names"
    UNSAFE_XML = "unsafe_xml"
    ZIP_BOMB = "zip_bomb"
    # a cleaned copy, and something to know about it
    ACTIVE_CONTENT_REMOVED = "active_content_removed"
    ATTACHMENTS_REMOVED = "attachments_removed"
    COLOURS_MAY_DIFFER = "colours_may_differ"
    CONVERTED = "converted"
    EXTRA_PICTURES_REMOVED = "extra_pictures_removed"
    LINKS_REMOVED = "links_removed"
    MEDIA_NOT_REENCODED = "media_not_reencoded"
    NAMES_REMOVED = "names_removed"
    NOT_CONFINED = "not_confined"
    PARTS_NOT_READ = "parts_not_read"
    PICTURE_REDUCED = "picture_reduced"
    REPAIRED = "repaired"
    TEXT_CHANGED = "text_changed"
    TRACKS_REMOVED = "tracks_removed"
    TYPE_DIFFERS = "type_differs"


@dataclass(frozen=True, slots=True)
class CleanResult:
    """`reason` is None exactly when the outcome is cleaned; `size` is the number of bytes given out."""

    outcome: Outcome
    media_type: str = ""
    size: int = 0
    reason: Code | None = None
    notes: tuple[Code, ...] = ()
    confinement: frozenset[str] = field(default_factory=frozenset)  # of {"memory", "syscalls", "network"}


class CannotClean(Exception):
    """Raised by a cleaner; the code is all that leaves the child."""

    outcome = Outcome.CANNOT_CLEAN

    def __init__(self, code: Code) -> None:
        super().__init__(code.value)
        self.code = code


class Refused(CannotClean):
    """The file is built to harm whoever opens it."""

    outcome = Outcome.REFUSED
