"""Use cases: one verb a file. They never call each other; they meet in the store."""
