"""What every command of people says of itself: the clause it follows and who may give it."""

from shared.domain import Right

# `who` names roles held by a grant at the place of the command; "self" is the person it is about, "invited" whoever
# shows the secret of an invitation, and "service" this service itself.
Rule = Right


def only(*who: str) -> frozenset[str]:
    return frozenset(who)


ADMINISTRATOR = only("administrator")
SCHOOL = only("administrator", "school_administrator")
KEEPERS = only("administrator", "school_administrator", "school_curator")  # of a school's documents (p. 4.1)
SELF = only("self")
