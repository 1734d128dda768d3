"""Films of drills and evacuations: the plan from above, people as dots, doors that lock, clocks. A hazard run
cannot be filmed (simex.md 2.1)."""

from .scenes import CannotFilm, Scene, check_film, film_scene
from .write import film_page

__all__ = ["CannotFilm", "Scene", "check_film", "film_page", "film_scene"]
