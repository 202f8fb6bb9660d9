"""Turns an exchange into a kept, described article.

    Fetched > Archived > Extraction > Article

May import `archive`; knows no crawler.
"""
