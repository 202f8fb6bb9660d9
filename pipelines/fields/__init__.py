"""One file for each field of an article: its claims, and the function that chooses."""
