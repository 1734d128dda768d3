"""Papers: text and data become a tagged PDF with page numbers, in memory only. It knows no room, no person
and no policy."""
