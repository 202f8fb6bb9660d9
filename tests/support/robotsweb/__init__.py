"""A simulated web whose hosts differ in their robots.txt, and what must come of each.

The parts:

    cases.py      Case: a host, its robots.txt, and what it allows; makers of them
    statuses.py   how it is answered: statuses, redirects, sizes
    wordings.py   what it says: paths and groups
    ages.py       how old it is, when a second crawl comes
    web.py        all the cases, each at an address, and a host that lists them
"""
