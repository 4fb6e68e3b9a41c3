#!/usr/bin/env python3
"""Build the n-gram language model, dictionaries/english.3gram.bin.

    python tools/build_language_model.py CORPORA OUT.bin [--kenlm DIR] [options]

Counts CORPORA/clean and the originals of CORPORA/pairs/train, lower-cased and
tokenised as spinfix does (spinfix.text), a paragraph a line, and trains a
modified Kneser-Ney model with KenLM's ``lmplz`` and ``build_binary`` (DIR holds
both; they come with KenLM's source distribution and need Boost to build).
Deterministic: the same corpora and options give the same bytes.
"""

from __future__ import annotations

import argparse
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator
from multiprocessing import Pool
from pathlib import Path

from corpora import Fold, clean_files, clean_paragraphs, find, records

from spinfix.text import model_word, tokenize


def model_line(paragraph: str) -> str:
    """A paragraph as the language model reads it."""
    return " ".join(map(model_word, tokenize(paragraph).words))


def paragraphs(path: Path) -> Iterator[str]:
    """Paragraphs of a clean file, or of the original sides of a file of pairs."""
    if ".jsonl" in path.suffixes:
        for record in records(path):
            yield from filter(str.strip, record["original"].split("\n"))
    else:
        yield from clean_paragraphs(path)


def held_out(files: Iterable[Path], fold: Fold) -> Iterator[str]:
    """The paragraphs of the originals in a fold: they stand among the clean texts, too."""
    for path in files:
        for number, record in enumerate(records(path)):
            if fold.holds(number):
                yield from record["original"].split("\n")


_held_out: frozenset[str] = frozenset()


def leave_out(held: frozenset[str]) -> None:
    """Tell a worker process what it shall not read."""
    global _held_out
    _held_out = held


def tokenise_file(job: tuple[Path, Path]) -> Counter[str]:
    """Write the model's lines of one corpus file; return its word counts."""
    source, target = job
    counts: Counter[str] = Counter()
    with target.open("w", encoding="utf-8") as out:
        for paragraph in paragraphs(source):
            if paragraph in _held_out:
                continue
            line = model_line(paragraph)
            counts.update(line.split(" "))
            out.write(line + "\n")
    return counts


def tokenise(
    corpora: Path, work: Path, jobs: int, held: frozenset[str]
) -> tuple[list[Path], Counter[str]]:
    """Tokenise all corpora into ``work``; return the files and the word counts."""
    sources = [*clean_files(corpora), find(corpora, "pairs/train.jsonl")]
    targets = [work / (source.name.split(".")[0] + ".tok") for source in sources]
    counts: Counter[str] = Counter()
    with Pool(jobs, leave_out, (held,)) as pool:
        for part in pool.imap(tokenise_file, zip(sources, targets, strict=True)):
            counts.update(part)
    return targets, counts


def train(files: Iterable[Path], words: list[str], out: Path, args: argparse.Namespace) -> None:
    """Run lmplz and build_binary on the tokenised files."""
    vocabulary = args.work / "vocabulary"
    vocabulary.write_text("\n".join(words) + "\n", encoding="utf-8")
    arpa = args.work / (out.stem + ".arpa")
    prune = [str(n) for n in args.prune]
    # fmt: off
    command = [args.kenlm / "lmplz", "--order", str(len(prune)), "--prune", *prune,
               "--limit_vocab_file", vocabulary, "--arpa", arpa, "--memory", args.memory,
               "--temp_prefix", str(args.work) + "/"]
    quantise = ["-q", str(args.bits), "-b", str(args.bits), "-a", "22", "trie"]
    # fmt: on
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        for path in files:
            with path.open("rb") as lines:
                while block := lines.read(1 << 22):
                    process.stdin.write(block)
        process.stdin.close()
        if process.wait():
            raise SystemExit("lmplz failed: its message is above")
    subprocess.run([args.kenlm / "build_binary", *quantise, arpa, out], check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Build the n-gram language model.")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--kenlm", type=Path, default=Path("build/kenlm/bin"))
    parser.add_argument("--work", type=Path, default=Path("build/language_model"))
    parser.add_argument("--prune", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--min-count", type=int, default=15, help="rarer words are unknown")
    parser.add_argument("--bits", type=int, default=8, help="of a quantised weight")
    parser.add_argument("--memory", default="40%")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument(
        "--without", type=Fold.parse, metavar="K/N", help="leave a fold of the pairs out"
    )
    parser.add_argument(
        "--respun", type=Path, help="pairs of tools/build_respun.py, of which it leaves out a fold"
    )
    parser.add_argument(
        "--held", type=Path, help="articles of tools/hold_out.py or build_respun.py to leave out"
    )
    parser.add_argument("--reuse", action="store_true", help="tokenised files of the last run")
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    counts_file = args.work / "counts"
    if args.reuse:
        files = sorted(args.work.glob("*.tok"))
        rows = (row.split("\t") for row in counts_file.read_text(encoding="utf-8").splitlines())
        counts = Counter({word: int(n) for word, n in rows})
    else:
        pairs = [find(args.corpora, "pairs/train.jsonl"), *([args.respun] if args.respun else [])]
        held = {*(held_out(pairs, args.without) if args.without else ())}
        for row in records(args.held) if args.held else ():
            held.update((row["text"] if "text" in row else row["original"]).split("\n"))
        files, counts = tokenise(args.corpora, args.work, args.jobs, frozenset(held))
        files.sort()
        rows_out = (f"{word}\t{n}\n" for word, n in sorted(counts.items()))
        counts_file.write_text("".join(rows_out), encoding="utf-8")
    words = sorted(word for word, n in counts.items() if n >= args.min_count)
    train(files, words, args.out, args)


if __name__ == "__main__":
    main()
