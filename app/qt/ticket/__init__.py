"""The order ticket: what is typed, what would be sent in words, and what became of it; a window of its own."""
