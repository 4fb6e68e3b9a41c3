"""spinfix in datatrove pipelines, run by its executor for one machine."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys

import pytest
from engine_runs import (
    ERROR,
    REPAIRED,
    SOME,
    Fragile,
    articles,
    environment,
    need,
    write_lines,
)

need("datatrove")
need("orjson")
parquet = pytest.importorskip("pyarrow.parquet")

from datatrove.data import Document  # noqa: E402
from datatrove.executor import LocalPipelineExecutor  # noqa: E402
from datatrove.pipeline.readers import JsonlReader  # noqa: E402
from datatrove.pipeline.writers import JsonlWriter, ParquetWriter  # noqa: E402

from spinfix.engines.datatrove import RepairStep  # noqa: E402


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    from datatrove.utils.logging import logger

    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    logger.remove()


def pipeline(folder, step, tasks, workers=1):
    reader = JsonlReader(str(folder / "in"))
    writer = JsonlWriter(str(folder / "out"), expand_metadata=True)
    return LocalPipelineExecutor(
        [reader, step, writer], tasks=tasks, workers=workers, logging_dir=str(folder / "logs")
    )


def write_shards(folder, *shards):
    (folder / "in").mkdir()
    for number, rows in enumerate(shards):
        write_lines(folder / "in" / f"{number}.jsonl", rows)


def written(folder):
    """The documents of all tasks, by their id."""
    files = sorted((folder / "out").glob("*.gz"))
    rows = [
        json.loads(line)
        for file in files
        for line in gzip.decompress(file.read_bytes()).splitlines()
    ]
    found = {row["id"]: row for row in rows}
    assert len(found) == len(rows)
    return found


def test_repairs_as_the_command_line_does(tmp_path, expected):
    rows = [row for row in articles() if row["text"]]  # datatrove's readers leave out the others
    write_shards(tmp_path, rows[::2], rows[1::2])
    pipeline(tmp_path, RepairStep(), tasks=2, workers=2).run()
    found = written(tmp_path)
    expected.only(found).check(
        {name: row["text"] for name, row in found.items()},
        {name: row["spinfix"] for name, row in found.items()},
    )
    assert found.keys() == {row["id"] for row in rows}
    assert all(found[row["id"]]["kind"] == row["kind"] for row in rows)


RUN = """
import sys
from pathlib import Path
from engine_runs import Fragile
from test_engines_datatrove import RepairStep, pipeline
folder = Path(sys.argv[1])
pipeline(folder, RepairStep(Fragile(marker=folder / "died")), tasks=3).run()
"""


def test_a_run_that_was_killed_goes_on_with_the_tasks_that_are_left(tmp_path):
    write_shards(tmp_path, SOME[:2], SOME[2:20], SOME[20:])  # it dies at the third text
    command = [sys.executable, "-c", RUN, tmp_path]
    run = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
    assert run.wait() == -signal.SIGKILL
    os.killpg(run.pid, signal.SIGKILL)  # a process of datatrove's own outlives it
    assert [path.name for path in (tmp_path / "logs/completions").iterdir()] == ["00000"]
    first = (tmp_path / "out/00000.jsonl.gz").stat()

    pipeline(tmp_path, RepairStep(Fragile(marker=tmp_path / "died")), tasks=3).run()
    assert (tmp_path / "out/00000.jsonl.gz").stat() == first, "it was done already"
    found = written(tmp_path)
    assert {name: row["text"] for name, row in found.items()} == REPAIRED
    errors = {name: row["spinfix"]["error"] for name, row in found.items()}
    assert {name: error for name, error in errors.items() if error} == {"bad": ERROR}


def test_parquet_takes_what_is_told(tmp_path):
    (tmp_path / "died").touch()
    write_shards(tmp_path, [*SOME[:1], SOME[-1]])
    step = RepairStep(Fragile(marker=tmp_path / "died"))
    steps = [JsonlReader(str(tmp_path / "in")), step, ParquetWriter(str(tmp_path / "out"))]
    LocalPipelineExecutor(steps, logging_dir=str(tmp_path / "logs")).run()
    rows = parquet.read_table(tmp_path / "out").to_pylist()
    errors = [row["metadata"]["spinfix"]["error"] for row in rows]
    assert errors == ["", ERROR], "the types go by the first document"


def test_documents_of_other_readers(tmp_path):
    (tmp_path / "died").touch()
    step = RepairStep(Fragile(marker=tmp_path / "died"))
    given = [Document(None, "none"), Document(7, "seven"), Document("The Division", "x")]
    none, seven, spun = step(given)
    assert (none.text, none.metadata["spinfix"]["error"]) == (None, "")
    assert (seven.text, seven.metadata["spinfix"]["error"]) == (7, "not text but int")
    assert (spun.text, spun.metadata["spinfix"]["spun"]) == ("The Department", True)
    counts = {name: stat.total for name, stat in step.stats.stats.items()}
    assert counts == {"total": 3, "spun": 1, "error": 1}
    with pytest.raises(ValueError, match="document x has 'spinfix' in its metadata already"):
        list(step([spun]))
