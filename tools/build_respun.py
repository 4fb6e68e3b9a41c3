#!/usr/bin/env python3
"""Spin genuine articles as the spinner of the training pairs would: more pairs to learn from.

    python tools/build_respun.py CORPORA OUT.jsonl [--each N]

The spinner's thesaurus is counted in CORPORA/pairs/train (tools/heads.py).  Up to N articles are
drawn from each file of CORPORA/clean, those of the pairs left out, one seed each, protected names
and quotations as often as in the pairs.  Deterministic.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import json
from collections.abc import Iterator
from multiprocessing import Pool
from pathlib import Path
from typing import Any

from corpora import clean_articles, clean_files, pairs
from heads import learn_rows
from respin import Spinner

from spinfix.learn.table import read_articles

#: Articles have at least and at most so many words; longer ones are cut between paragraphs.
_LEAST, _MOST = 80, 1400
#: What a site protects, as often as in the training pairs.
_SITES = ("all", "all", "all", "names-protected", "quotes-protected")

_spinner: Spinner


def articles(path: Path) -> Iterator[str]:
    """The articles of a file of genuine text, cut to the longest length."""
    for article in clean_articles(path):
        kept: list[str] = []
        size = 0
        for paragraph in article.split("\n"):
            words = len(paragraph.split())
            if size + words > _MOST:
                break
            kept.append(paragraph)
            size += words
        if size >= _LEAST:
            yield "\n".join(kept)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def chosen(corpora: Path, each: int) -> list[tuple[str, str]]:
    """Names and texts of up to ``each`` articles of every file, none of them in the pairs."""
    known = {line for row in pairs(corpora, "train") for line in row["original"].split("\n")}
    found: dict[str, tuple[str, str]] = {}
    for path in clean_files(corpora):
        new: dict[str, tuple[str, str]] = {}
        for n, text in enumerate(articles(path)):
            if not known.intersection(line for line in text.split("\n") if len(line) > 80):
                new.setdefault(digest(text), (f"{path.name.split('.')[0]}-{n}", text))
        found |= {key: new[key] for key in sorted(new)[:each]}
    return [found[key] for key in sorted(found)]


def respun(job: tuple[int, str, str]) -> dict[str, Any]:
    """One article as a record of pairs; with what was replaced in each line."""
    number, name, text = job
    site = _SITES[number % len(_SITES)]
    protected = {"names": site != "names-protected", "quotes": site != "quotes-protected"}
    lines = _spinner.spin(text, name, **protected)
    spun = "\n".join(line.text for line in lines)
    segments = [line.segments for line in lines]
    return {"id": name, "site": site, "spun": spun, "original": text, "segments": segments}


def main() -> None:
    parser = argparse.ArgumentParser(description="Spin genuine articles: more training pairs.")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--each", type=int, default=3_000, help="articles of a file")
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    gc.disable()  # millions of small lists and no cycles among them
    sides = [(row["spun"], row["original"]) for row in pairs(args.corpora, "train")]
    global _spinner
    _spinner = Spinner(learn_rows(read_articles(sides), args.jobs))
    jobs = [(n, *item) for n, item in enumerate(chosen(args.corpora, args.each))]
    with Pool(args.jobs) as pool, args.out.open("w", encoding="utf-8") as out:
        for record in pool.imap(respun, jobs, chunksize=50):
            out.write(json.dumps(record, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
