"""Finds what is new and fetches it exactly. The only floor that touches the network."""
