"""How much an untrusted file may cost, in one place."""

import json
from dataclasses import asdict, dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes, seconds and counts. `waiting_seconds` counts only time the parent waits for the child, not time
    the caller takes to seal."""

    input_bytes: int = 100 * MEBIBYTE
    output_bytes: int = 150 * MEBIBYTE
    memory_bytes: int = 1024 * MEBIBYTE
    cpu_seconds: int = 30
    waiting_seconds: float = 60.0
    pixels: int = 51_000_000  # what phones make; the costliest takes about 600 MB
    pixels_that_can_be_reduced: int = (
        260_000_000  # a JPEG in one scan is decoded at half or quarter size without ever holding the whole
    )
    frames: int = 600
    animation_pixels: int = 70_000_000
    zip_entries: int = 5_000
    zip_total_bytes: int = 400 * MEBIBYTE
    zip_entry_bytes: int = 120 * MEBIBYTE
    # Beyond the first mebibyte of an entry: a table of equal rows packs a hundredfold, a bomb a thousandfold
    zip_ratio: int = 500
    pdf_objects: int = 500_000

    def to_text(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> "Limits":
        return cls(**json.loads(text))
