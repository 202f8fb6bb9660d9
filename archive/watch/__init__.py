"""What is remembered of watching: frontier, ledger, hosts. It is not derived.

The WARC files say what was fetched; when to ask again, how a host wants to be
treated and which planned runs came to nothing is known here alone, in
`watch.sqlite3`, which `dateline rebuild` never touches.
"""
