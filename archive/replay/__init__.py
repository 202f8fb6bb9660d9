"""Pages as they were captured, in any browser: without scripts, without the network.

links.py      replay addresses, and where the links of a page lead
html.py       a page is rewritten: what could act goes, what it needs is named
elements.py   what becomes of each element and attribute
inert.py      which of them act
css.py        style sheets
content.py    a body without its content coding, a text without its charset
choice.py     which capture serves a request, and what stands around it
reading.py    the bytes that a capture stands for
answer.py     an answer: status, headers, policy, body
banner.py     what a replayed page is shown with
"""
