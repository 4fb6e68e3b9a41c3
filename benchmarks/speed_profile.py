"""Where the time goes: samples of py-spy, by the rooms of the house."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Iterable

from speed_bench import Bench, Table, fix
from speed_measure import tool

#: The rooms, by the modules of spinfix in them: a sample belongs to the innermost one.
ROOMS = {
    "reading and writing": (
        "batch",
        "formats",
        "edits",
        "process",
        "cli",
        "preview",
        "config",
        "config_files",
    ),
    "screen": ("screen", "scan", "in_place", "detector"),
    "gate": ("gate", "hmm", "families", "evidence", "unseen"),
    "words": ("text", "lexicon"),
    "channel": ("channel", "candidates", "dictionary", "spinners"),
    "lattice": ("lattice", "decoder", "second_look", "repairer", "writing"),
    "language model": ("language_model",),
    "fast scorer": (
        "scorer",
        "context",
        "chains",
        "draws",
        "style",
        "initials",
        "weights",
        "arrays",
    ),
    "deep scorer": ("passage", "passage_text", "pieces", "encoder"),
    "large scorer": ("large", "causal", "llama_file"),
}
#: Modules that work for others: their samples are those of the one that calls them.
TOOLS = ("dense", "compiled")
START, OTHER = "imports and start", "other"
_SAMPLES = 200
_MODULE = re.compile(r".*/spinfix/(\w+)(?:/\w+)*\.py:\d+\)$")


def room_of(stack: str) -> str:
    """The room of a collapsed stack, "outer (file:line);inner (file:line)".

    Modules that are not spinfix's (numpy, KenLM) count for the one that calls them.
    """
    frames = stack.split(";")
    if any("importlib._bootstrap" in frame for frame in frames):
        return START
    for frame in reversed(frames):
        found = _MODULE.search(frame)
        if found and found[1] not in TOOLS:
            return next((room for room, its in ROOMS.items() if found[1] in its), OTHER)
    return START


def shares(stacks: Iterable[str]) -> dict[str, float]:
    """The share of each room (0 to 1) in py-spy's raw output, lines of "STACK COUNT"."""
    counts: Counter[str] = Counter()
    for line in stacks:
        stack, _, count = line.rpartition(" ")
        counts[room_of(stack)] += int(count)
    total = sum(counts.values())
    return {room: count / total for room, count in counts.items()}


def sampled(bench: Bench, command: list[str]) -> dict[str, float] | None:
    """The shares of a command; None without py-spy."""
    spy = tool("py-spy")
    if spy is None:
        return None
    output = bench.folder / "stacks"
    options = ["--format", "raw", "--full-filenames", "-r", str(_SAMPLES), "-o", str(output)]
    done = subprocess.run([spy, "record", *options, "--", *command], capture_output=True)
    if done.returncode or not output.is_file():
        raise SystemExit(f"py-spy: {done.stderr.decode(errors='replace').strip()}")
    return shares(output.read_text(encoding="utf-8").splitlines())


def profile(bench: Bench) -> Table:
    """The shares of the rooms in clean and in spun text."""
    columns: dict[str, dict[str, float]] = {}
    for name, scorer in (("clean", "deep"), ("spun", "fast"), ("spun", "deep")):
        found = sampled(bench, fix(bench.input(f"{name}.jsonl").path, "--scorer", scorer))
        if found is None:
            return Table("profile", ("room",), [], {}, ["py-spy is not installed."])
        columns[f"{name}, {scorer}"] = found
    rows = [
        [room, *(f"{100 * column.get(room, 0.0):.1f} %" for column in columns.values())]
        for room in (START, *ROOMS, OTHER)
    ]
    return Table("profile", ("room", *columns), rows, {})
