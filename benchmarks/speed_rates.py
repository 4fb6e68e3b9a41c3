"""How fast texts are read: spinfix, and the programs it is compared with, on the same text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from speed_bench import RATES, SHARE, Bench, Making, Rate, Table, fix
from speed_peers import LIBRARIES, PROGRAMS, command

from spinfix.large import PACKAGE


def _version(peer: str) -> str:
    try:
        return f"{peer} {version(peer)}"
    except PackageNotFoundError:
        return peer


def _compared(bench: Bench, whole: str, one: str, peers: Iterable[str]) -> dict[str, Rate | None]:
    """The rates of spinfix and of peers on an input; None for a peer that is missing."""
    peers = list(peers)
    programs: dict[str, tuple[Making, Iterable[int]]] = {"spinfix": (fix, (0,))}
    for peer in peers:
        if command(peer, bench.folder) is not None:
            programs[peer] = partial(_command, peer), PROGRAMS.get(peer, (0,))
    rates = Rate.several(bench, programs, whole, one)
    return {name: rates.get(name) for name in ("spinfix", *peers)}


def _command(peer: str, path: Path) -> list[str]:
    return command(peer, path) or []


def clean(bench: Bench) -> Table:
    """Genuine text in a JSON lines file: spinfix and the peers."""
    peers = (*PROGRAMS, *(peer for peer in LIBRARIES if peer != "symspellpy"))
    return _against_codespell(bench, "clean", "clean.jsonl", peers)


def much(bench: Bench) -> Table:
    """The same articles again and again, so that what is loaded once weighs little."""
    return _against_codespell(bench, "much", "scaling.jsonl", PROGRAMS)


def _against_codespell(bench: Bench, table: str, whole: str, peers: Iterable[str]) -> Table:
    found = _compared(bench, whole, "one-clean.jsonl", peers)
    base, mine = found["codespell"], found["spinfix"]
    assert mine is not None
    rows, figures = [], {"rate": mine.megabytes}
    for name, rate in found.items():
        if rate is None:
            rows.append([name, "not installed", *[""] * len(RATES)])
            continue
        times = f"{rate.megabytes / base.megabytes:.2f}" if base else ""
        rows.append([_version(name), *rate.cells(), times])
    if base:
        figures["codespell"] = mine.megabytes / base.megabytes
        figures["codespell_whole"] = base.cost.cpu / mine.cost.cpu
    return Table(table, ("program", *RATES, "times codespell"), rows, figures)


def forms(bench: Bench) -> Table:
    """Genuine text as many small files, as files of one line, as a few large files."""
    rows, figures = [], {}
    for form, said in (("files", "small files"), ("lines", "of one line"), ("large", "3 files")):
        for name, rate in _compared(bench, form, "one", PROGRAMS).items():
            cells = rate.cells() if rate else ["not installed", *[""] * (len(RATES) - 1)]
            rows.append([said, _version(name), *cells])
            if rate and name == "spinfix":
                figures[form] = rate.megabytes
    return Table("forms", ("input", "program", *RATES), rows, figures)


def _scoring(scorer: str) -> Callable[[Path], list[str]]:
    return lambda path: fix(path, "--scorer", scorer)


def spun(bench: Bench) -> Table:
    """Spun text with each scorer, mixed text, and a peer."""
    rows, figures = [], {}
    for scorer in ("fast", "auto", "deep"):
        rate = Rate.of(bench, _scoring(scorer), "spun.jsonl", "one-spun.jsonl")
        rows.append(["spun", f"spinfix, {scorer}", *rate.cells()])
        figures[scorer] = rate.words
    for scorer in ("fast", "deep"):
        rate = Rate.of(bench, _scoring(scorer), "mixed.jsonl", "one-spun.jsonl")
        rows.append([f"{100 * SHARE:.0f} % spun", f"spinfix, {scorer}", *rate.cells()])
        figures[f"mixed_{scorer}"] = rate.words
    if find_spec(PACKAGE):
        rate = Rate.of(bench, _scoring("large"), "slice", "one-spun.jsonl")
        rows.append(["spun, a slice", "spinfix, large", *rate.cells()])
        figures["large"] = rate.words
    if command("symspellpy", bench.folder) is None:
        rows.append(["spun, a slice", "symspellpy", "not installed", *[""] * (len(RATES) - 1)])
    else:
        rate = Rate.of(bench, partial(_command, "symspellpy"), "slice", "one")
        rows.append(["spun, a slice", _version("symspellpy"), *rate.cells()])
    return Table("spun", ("input", "program", *RATES), rows, figures)
