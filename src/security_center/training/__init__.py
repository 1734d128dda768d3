"""Who was trained in what, and until when it counts."""
