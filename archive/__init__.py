"""Keeps what was fetched, and finds it again.

The lowest floor: it imports neither `pipelines` nor `crawler`, and knows no
Scrapy, Twisted or trafilatura. The data it manages is a *collection*.
"""
