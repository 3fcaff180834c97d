"""The roster: the file in which schools' study administrations report students, agreements and sign-offs.

`parse` reads the file, `check` compares it with the database, `apply` saves. Who delivers it reads
docs/roster.md.
"""
