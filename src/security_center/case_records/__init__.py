"""What becomes of the record of a case: who may see it, who was told of it, what is corrected, and when it is
destroyed."""
