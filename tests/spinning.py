"""Articles of our own and a small spinner, for tests of learning."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence

#: What a sentence is made of: so that a head has other neighbours each time.
WHO = """the mayor|a farmer|two nurses|my neighbour|some drivers|the choir|our teacher|a young
baker|both sisters|the fishermen|an engineer|four students|his uncle|the crew""".replace("\n", " ")
WHERE = """near the harbour|in town|behind the church|by the river|at school|on Tuesday|before
lunch|after the storm|during the night|last week|in March|across the valley""".replace("\n", " ")
FRAMES = """{who} said that {what} {where}
{where}, {who} told people that {what}
according to {who}, {what}
{who} bought {thing} {where}, because {what}
{who} found {thing} {where}
{who} decided to build {thing} {where}
{where} {who} began to look for {thing}
{who} usually keeps {thing} {where}
when {what}, {who} quickly sold {thing}
{who} needs help with {thing}, since {what}
many years ago {who} left {thing} {where}
for decades {who} wanted to get {thing}"""
WHAT = """the road is closed|nobody has money|children like to swim|the price of bread will rise
|winters were longer|it is difficult to park|the bridge may fall|many people want work|the
company makes boats|rain is on its way|a big ship came back|the train was late""".replace("\n", " ")
THING = """an old boat|some heavy stones|a house|the big red door|money for the road|a small
garden|many letters|a better job|three bells|the key of the library|warm bread|a map""".replace(
    "\n", " "
)

THESAURUS: dict[str, list[str]] = {
    "people": ["persons", "human beings"],
    "said": ["uttered", "voiced"],
    "company": ["enterprise", "corporation"],
    "according to": ["as indicated by"],
    "decades": ["a number of decades", "many a year"],
    "children": ["young ones", "youngsters"],
    "money": ["cash", "funds"],
    "began": ["commenced"],
    "decided": ["resolved", "concluded"],
    "build": ["construct", "erect"],
    "big": ["sizable", "weighty"],
    "bought": ["purchased", "acquired"],
    "late": ["belated"],
    "quickly": ["speedily", "rapidly"],
    "found": ["located", "came upon"],
    "usually": ["ordinarily", "as a rule"],
    "help": ["assistance", "aid"],
    "because": ["on the grounds that", "seeing that"],
    "heavy": ["hefty", "ponderous"],
    "difficult": ["arduous", "troublesome"],
    "get": ["obtain", "procure"],
    "many": ["numerous", "a good many"],
    "house": ["dwelling", "abode"],
    "wanted": ["desired", "wished"],
    "old": ["aged", "elderly"],
}


def _sentence(draws: random.Random) -> str:
    parts = {
        "who": draws.choice(WHO.split("|")),
        "where": draws.choice(WHERE.split("|")),
        "what": draws.choice(WHAT.split("|")).strip(),
        "thing": draws.choice(THING.split("|")),
    }
    words = draws.choice(FRAMES.split("\n")).format(**parts)
    return words[0].upper() + words[1:] + "."


def article(seed: int, sentences: int = 16) -> str:
    """An article of four lines; other seeds give other ones."""
    draws = random.Random(seed)
    chosen = [_sentence(draws) for _ in range(sentences)]
    return "\n".join(" ".join(chosen[i::4]) for i in range(4))


def spin(text: str, seed: int, rows: Mapping[str, Sequence[str]] = THESAURUS) -> str:
    """Replace every head; drawn once for each head and its capitalisation."""
    heads = "|".join(sorted(rows, key=len, reverse=True))

    def replacement(match: re.Match[str]) -> str:
        head = match.group()
        new = random.Random(f"{seed} {head}").choice(rows[head.lower()])
        return new[0].upper() + new[1:] if head[0].isupper() else new

    return re.sub(rf"\b(?:{heads})\b", replacement, text, flags=re.IGNORECASE)


def pair(seed: int) -> tuple[str, str]:
    """An article spun, and the article."""
    original = article(seed)
    return spin(original, seed), original
