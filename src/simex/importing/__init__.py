"""Plans from other programs' files: IFC, DXF, GeoJSON and IMDF."""

from .assembly import Wishes
from .problems import Unimportable
from .reading import Imported, import_plan
from .summary import Summary

__all__ = ["Imported", "Summary", "Unimportable", "Wishes", "import_plan"]
