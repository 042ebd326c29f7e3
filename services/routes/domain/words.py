"""Texts as they are compared when somebody searches: what a reader cannot see, or writes in two ways, makes no odds."""

import re
from unicodedata import category, normalize

UNSEEN = frozenset({"Cf", "Mn"})  # direction and zero-width marks, soft hyphens; accents over a letter
WORD = re.compile(r"[^\W_]+")


def words(text: str) -> str:
    """The words in lower case, one space between them, ё as е, and nothing else.

    Done here and not by the database, whose idea of a letter depends on the locale it was made with.
    """
    plain = "".join(letter for letter in normalize("NFKC", text) if category(letter) not in UNSEEN)
    return " ".join(WORD.findall(plain.casefold().replace("ё", "е")))
