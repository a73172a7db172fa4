"""Asking an archive: what a company did and who spoke for it, each fact with the newspaper, the day, the page and the sentence.

`things` finds whom a name means, `facts` reads what is told of it, `commands` are the commands `miner search | who |
enterprise | events | stats`, `tables` is how they look on a terminal, `served` offers the same to language models.
"""
