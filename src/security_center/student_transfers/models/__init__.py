"""The nouns of this room."""

from .leaving_school import Departure, Handoff
from .records_request import Transfer, TransferItem

__all__ = ["Departure", "Handoff", "Transfer", "TransferItem"]
