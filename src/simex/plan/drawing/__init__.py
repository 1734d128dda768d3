"""Pictures of a plan, for people: SVG and PNG."""

from .picture import UnknownPicture, draw, picture

__all__ = ["UnknownPicture", "draw", "picture"]
