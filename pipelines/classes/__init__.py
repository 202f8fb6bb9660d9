"""What a page is, decided before its text counts as an article."""
