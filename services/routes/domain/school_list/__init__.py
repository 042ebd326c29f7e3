"""A school's list of teachers in need of addressed support (p. 2.8.3): drawn up, submitted, taken into an application.

Teachers stand in it as ids. Who takes it is the municipality, whose consolidated application (p. 2.8.2) is a stream of
its own: a list that is taken does not change, so the application may keep a copy of its teachers.
"""
