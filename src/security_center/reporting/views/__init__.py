"""Pages of the staff side, one file per noun. The public side's are in views_public/."""
