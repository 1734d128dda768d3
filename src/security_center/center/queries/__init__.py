"""What the first pages read from every room. Nothing is kept here."""
