"""Plans from other programs' files: IFC, DXF, GeoJSON and IMDF."""

from .assembly import Wishes
from .problems import Imported, Unimportable
from .reading import import_plan
from .summary import Summary

__all__ = ["Imported", "Summary", "Unimportable", "Wishes", "import_plan"]
