"""This room's own content files."""

from pathlib import Path

from security_center.foundation.content_folder import ContentFolder

CONTENT = ContentFolder(Path(__file__).parent / "content")
