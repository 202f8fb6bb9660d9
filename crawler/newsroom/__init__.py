"""A small example newsroom, so that everything can be tried offline."""
