"""What a command rests on: the clause it follows and who may give it; access, tests and documents read one table."""

from typing import Final

from shared.domain import Right

# `who` are roles of the access token, and beside them "tutee", the person diagnosed, and "service", ourselves.
Rule = Right


def only(*who: str) -> frozenset[str]:
    return frozenset(who)


TUTEE: Final = only("tutee")
SERVICE: Final = only("service")
CENTRE: Final = only("regional_centre")
# Organising diagnostics: the centre (2.8.1), the municipality (2.8.2), the school (2.8.3), tutor and methodist (2.8.4).
ORGANISERS: Final = only("tutor", "school_administrator", "methodist", "municipal_coordinator", "regional_centre")
