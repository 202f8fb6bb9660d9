"""The archive in a browser: pages, and the same as an API.

app.py        the application: its routers, its headers, its errors
shelf.py      what every page reads from
pages.py      templates

Everything here reads. What a page can have *done* (archive an address, add a source)
is handed in from above as `actions`: this floor can not fetch.
"""
