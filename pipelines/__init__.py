"""Turns an exchange into a kept, described article.

    Fetched > Archived > Extracted > Article

May import `archive`; knows no crawler.
"""
