"""A student leaves or comes: the case goes along, and records are asked of the school before."""
