"""A spinner's dictionary from two or more spins of the same articles, without originals.

Where spins of one article differ, both sides are alternatives of one head; what agrees
was not spun, or drawn alike.  So it is known of many phrases that they were put in, where
they begin and end, and which of them go together.  What they stand for, and the phrases
that are always drawn alike, :mod:`spinfix.learn.spun_only` finds in the same texts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, pairwise
from pathlib import Path

from .articles import align_article
from .corpus import Vocabulary, encode
from .learned import Learned, traits, unexplained
from .phrases import segment_articles
from .reference import Genuine, TooLittle
from .spun_only import look
from .table import Article, count

#: With more spins of an article than this, each is compared with the next one only.
_ALL_PAIRS = 3
#: Phrases must be seen to stand for each other so often.
_LEAST = 2


def learn_copies(
    groups: Iterable[Sequence[str]],
    clean: Iterable[str] | None = None,
    *,
    model: Path | None = None,
    known: Sequence[tuple[str, str]] = (),
    clean_words: int = 30_000_000,
) -> Learned:
    """Learn a spinner's dictionary from articles that were spun more than once.

    A group are the spins of one article; groups of one are passed over.  The other
    parameters, and what is raised, as for
    :func:`~spinfix.learn.spun_only.learn_spun_only`.
    """
    copies = [list(group) for group in groups]
    copies = [group for group in copies if len(group) > 1]
    if not copies:
        raise TooLittle("there is no article with two spins or more")
    vocabulary = Vocabulary()
    texts = encode((text for group in copies for text in group), vocabulary)
    genuine = Genuine(vocabulary, clean, clean_words, model)
    found = look(texts, genuine.reference(texts), known, alternatives(copies))
    return Learned(
        found.proposals,
        unexplained(texts, found, vocabulary),
        len(copies),
        0,
        texts.words,
        *traits(texts, found),
    )


def alternatives(groups: Iterable[Sequence[str]]) -> dict[tuple[str, str], int]:
    """Phrases that stand for each other in spins of one article, and how often.

    Both are in the case of the dictionary; each pair is there in one order only.
    """
    lines = segment_articles([align_article(a, b).lines for a, b in _compared(groups)])
    found: Counter[tuple[str, str]] = Counter()
    for pair, times in count([Article(article, True, True) for article in lines]).pairs.items():
        found[min(pair), max(pair)] += times
    return {pair: times for pair, times in found.items() if times >= _LEAST}


def _compared(groups: Iterable[Sequence[str]]) -> Iterator[tuple[str, str]]:
    for group in groups:
        if len(group) <= _ALL_PAIRS:
            yield from combinations(group, 2)
        else:
            yield from pairwise(group)
