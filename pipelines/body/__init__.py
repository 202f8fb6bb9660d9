"""The text of an article: what proposes it, what votes, what cleans it."""
