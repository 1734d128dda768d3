"""What the plan chooses from: the doctrine of threat assessment as data, below every room that works by the
plan."""

from pathlib import Path

from security_center.foundation.content_folder import ContentFolder

DOCTRINE = ContentFolder(Path(__file__).parent / "content")
