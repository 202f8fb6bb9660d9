"""Full text over headlines and texts, in any script.

model.py       what is asked, and what is answered
letters.py     the forms of a word that count as the same
words.py       the words of a text, as they are indexed and where they stand
lexing.py      a question in pieces
query.py       the language of questions
matching.py    a question, as FTS5 is asked it
snippets.py    the passage that is shown, and the marks in it
database.py    search.sqlite3
level.py       keeping it level with the catalogue
asking.py      what is asked of it
facets.py      hits grouped, put in order and counted
questions.py   `search`
hooks.py       for those who change the catalogue

What is not marked [I/O] is pure. Everything in `search.sqlite3` is derived from the
catalogue: the file may be deleted.
"""
