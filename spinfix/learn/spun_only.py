"""A spinner's dictionary from spun text alone, without originals.

Suspects (phrases that may have been put in) and heads (phrases that genuine English
would have) are told by counts; which stands for which, by the words around them: a
replacement stands where its head would have stood.  See docs/spun-only.md.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from spinfix.evidence import weigh

from .contexts import contexts, count_contexts, nearest
from .corpus import Encoded, Flags, Vocabulary, encode
from .learned import FLOOR, Found, Learned, traits, unexplained
from .proposals import Heads, propose
from .reference import Genuine, Reference
from .suspects import is_usable, occurrences
from .unmixing import CANDIDATES, known_shares, said_by_others, unmix

#: Articles are looked at again without those that look genuine when these are more.
_GENUINE = 0.01
#: Rounds in which phrases tell each other what they stand for.
_ROUNDS = 2


def learn_spun_only(
    spun: Iterable[str],
    clean: Iterable[str] | None = None,
    *,
    model: Path | None = None,
    known: Sequence[tuple[str, str]] = (),
    clean_words: int = 30_000_000,
    synonyms: Container[tuple[str, str]] | None = None,
) -> Learned:
    """Learn a spinner's dictionary from spun articles.

    ``clean`` are genuine texts of the same kind, read up to ``clean_words``.  Without
    them an n-gram ``model`` (that of the package) says what genuine English is like,
    which is much less to go by.  ``known`` are pairs (spun phrase, original)
    that are likelier than others, such as those of other spinners; ``synonyms`` those
    of a general thesaurus (spinfix.curate.synonyms), which confirm what was found.  Raises
    TooLittle when there is no text.
    """
    vocabulary = Vocabulary()
    texts = encode(spun, vocabulary)
    genuine = Genuine(vocabulary, clean, clean_words, model)
    found = look(texts, genuine.reference(texts), known, synonyms=synonyms)
    left_out = _genuine_articles(texts, found)
    if left_out.mean() > _GENUINE and not left_out.all():
        texts = _without(texts, left_out)
        found = look(texts, genuine.reference(texts), known, synonyms=synonyms)
    return Learned(
        found.proposals,
        unexplained(texts, found, vocabulary),
        len(left_out),
        int(left_out.sum()),
        texts.words,
        *traits(texts, found),
    )


def look(
    texts: Encoded,
    reference: Reference,
    known: Sequence[tuple[str, str]],
    pairs: Mapping[tuple[str, str], int] | None = None,
    synonyms: Container[tuple[str, str]] | None = None,
) -> Found:
    """Find the suspects of spun texts, and what they stand for.

    ``pairs`` are phrases that are known to stand for the same head, with how often that
    was seen: they are suspects, and tell each other what they stand for.  ``synonyms``
    are those of a general thesaurus.
    """
    phrases = reference.phrases
    wanted = {phrase for pair in pairs or {} for phrase in pair}
    number = [n for n, text in enumerate(phrases.texts) if text in wanted and is_usable(text)]
    chosen = np.union1d(reference.suspects, np.array(number, dtype=np.int64))
    suspects = [phrases.texts[n] for n in chosen.tolist()]
    places = occurrences(phrases.spun.places, chosen, len(phrases.texts), overlapping=False)
    around = contexts(texts, places, reference.features)
    tables = count_contexts(places.unit, around, len(suspects), reference.features.size)
    head = {text: n for n, text in enumerate(reference.heads)}
    itself = np.array([head.get(text, -1) for text in suspects], dtype=np.int32)
    alike = nearest(tables, reference.tables, CANDIDATES)
    prior = known_shares(known, suspects, head)
    mixtures = list(unmix(places.unit, around, reference.tables, alike, itself, prior))
    for _ in range(_ROUNDS if pairs else 0):
        said = said_by_others(pairs or {}, suspects, mixtures, itself, prior)
        mixtures = list(unmix(places.unit, around, reference.tables, alike, itself, said))
    times = np.bincount(places.unit, minlength=len(suspects))
    heads = Heads(reference.heads, reference.expected, reference.found)
    proposals = propose(mixtures, suspects, times, heads, synonyms)
    return Found(reference, suspects, phrases.expected[chosen], places, mixtures, proposals)


def _genuine_articles(texts: Encoded, found: Found) -> Flags:
    """Which articles look genuine, by what the sure entries say of their phrases.

    The evidence is the gate's; a phrase that comes n times counts as sqrt(n).
    """
    evidence = weigh(p.entry for p in found.proposals if p.confidence >= FLOOR)
    phrases = found.reference.phrases
    wanted = [n for n, text in enumerate(phrases.texts) if text in evidence]
    weights = np.array([evidence[phrases.texts[n]] for n in wanted], dtype=np.float64)
    places = occurrences(
        phrases.spun.places, np.array(wanted, dtype=np.int64), len(phrases.texts),
        overlapping=False,
    )  # fmt: skip
    pairs = texts.article_of(places.start) * max(len(wanted), 1) + places.unit
    keys, times = np.unique(pairs, return_counts=True)
    score = np.bincount(
        keys // max(len(wanted), 1),
        weights=weights[keys % max(len(wanted), 1)] * np.sqrt(times),
        minlength=len(texts.starts),
    )
    return score < 0.0


def _without(texts: Encoded, left_out: Flags) -> Encoded:
    """A corpus without some of its articles."""
    ends = np.append(texts.starts[1:], len(texts.ids))
    lengths = ends - texts.starts
    kept = np.repeat(~left_out, lengths)
    starts = np.append(0, np.cumsum(lengths[~left_out]))[:-1]
    return Encoded(texts.ids[kept], texts.capital[kept], starts)
