"""A simulated web on loopback: many small news hosts whose days pass by a clock.

What a host answers is a function of (host, request, moment), so a test can set
the clock, ask again, and know what must come. The parts:

    clock.py      SimClock: fixed, accelerated or real; shared by processes
    hosts.py      Host, Story, Robots, Trouble: what is known of a host, as data
    texts.py      words of six languages, paragraphs, stories and their versions
    pages.py      story, AMP twin, front page, consent page, calendar: HTML
    seeds.py      feeds, sitemaps and lists
    answers.py    Asked, Answer, conditions
    site.py       HostSite: (request, moment) to Answer
    wire.py       HTTP/1.1, and what goes wrong with it on purpose
    street.py     the listening sockets
    server.py     WebThread and WebProcess: a web that is served
    log.py        one line for every request
    analysis.py   how a host was treated, from the lines
    judge.py      the same against robots.txt, by Protego
    truth.py      what a perfect crawler would hold
    kinds.py      the forty kinds of host
    webs.py       Web, make_web
    farmsite.py   a host whose feed goes on by a rule
    farm.py       make_feed_farm: thousands of them
    trying.py     a plain host and a plain client, for tests

The addresses lie in 127.0.0.0/8. Tests that connect to them are marked with
`pytest.mark.allow_hosts(LOOPBACK)`, from `server`.
"""
