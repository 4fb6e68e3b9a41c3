"""Plurals, British spelling and title case of English terms."""

from __future__ import annotations

import re

_SMALL = frozenset(("a", "an", "and", "as", "at", "by", "for", "in", "of", "on", "the", "to"))
_PLURALS = {
    "analysis": "analyses",
    "axis": "axes",
    "bacterium": "bacteria",
    "child": "children",
    "criterion": "criteria",
    "foot": "feet",
    "leaf": "leaves",
    "life": "lives",
    "man": "men",
    "matrix": "matrices",
    "person": "people",
    "tooth": "teeth",
    "woman": "women",
}
_BRITISH = {
    "aluminum": "aluminium",
    "analog": "analogue",
    "anemia": "anaemia",
    "behavior": "behaviour",
    "behavioral": "behavioural",
    "center": "centre",
    "color": "colour",
    "fiber": "fibre",
    "gray": "grey",
    "modeling": "modelling",
    "molding": "moulding",
    "neighbor": "neighbour",
    "sulfuric": "sulphuric",
    "tumor": "tumour",
    "vapor": "vapour",
}
_IZE = re.compile(r"iz(?=ation$|ed$|ing$)")


def plural(phrase: str) -> str:
    """The plural of a noun phrase: of its last word, or of the one before "of"."""
    head, of, rest = phrase.partition(" of ")
    *before, word = head.split(" ")
    if word in _PLURALS:
        word = _PLURALS[word]
    elif word.endswith("is"):
        word = word[:-2] + "es"
    elif re.search(r"(?:[^s]s|ed)$", word):
        pass  # a plural already, or no noun
    elif re.search(r"(?:ss|x|ch|sh)$", word):
        word += "es"
    elif re.search(r"[^aeiou]y$", word):
        word = word[:-1] + "ies"
    else:
        word += "s"
    return " ".join([*before, word]) + of + rest


def british(word: str) -> str:
    """A word, or its plural, as it is spelt in British English."""
    stem, s = (word[:-1], "s") if word.endswith("s") else (word, "")
    return _BRITISH[stem] + s if stem in _BRITISH else _IZE.sub("is", word)


def title(phrase: str) -> str:
    """A phrase with a capital on every word but the small ones."""
    return " ".join(w if w in _SMALL else w[0].upper() + w[1:] for w in phrase.split(" "))
