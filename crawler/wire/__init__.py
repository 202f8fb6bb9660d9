"""A download handler that keeps the bytes of the wire."""
