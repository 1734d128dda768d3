"""This room's own content files."""

from pathlib import Path

from security_center.prevention.doctrine.shelf import Shelf

CONTENT = Shelf(Path(__file__).parent / "content")
