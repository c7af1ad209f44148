"""Who holds what on which theme: search, matrix, comparison and what became of it."""
