"""What an archive is about: words of periods and papers, topics over time, reprints.

`reprints` finds the articles that have one text, `topics` writes the keywords of every article and the topics of the archive
(both while resolving), `periods` reads from these what sets a newspaper, an edition or a month apart. All of it is deterministic
and holds no more of the archive than one batch, a sample of articles, or numbers.
"""
