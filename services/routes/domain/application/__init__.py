"""A municipality's consolidated application for addressed support (p. 2.8.2), which the regional centre decides on.

It is formed of the lists that schools submitted. A teacher whom several lists name stands in it once, as the list that
was included first has them; the others count again when that list is left out. An accepted application never changes;
what follows from it, a methodist named for a teacher, is decided in a stream of its own: `support`.
"""
