"""What both engines share: a school in flat arrays, what people hear, decide and lock, and what comes of it.
Each engine adds how they walk."""
