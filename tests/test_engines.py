"""What the adapters share: a text done, and a column of an Arrow table."""

from __future__ import annotations

import json
import pickle
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from batches import FIXED, GENUINE, SPUN
from engine_runs import ERROR, Faulty, Fragile

from spinfix import undo
from spinfix.engines import INFO, Setup, edits_from
from spinfix.engines.records import done

pa = pytest.importorskip("pyarrow")


@pytest.fixture
def setup(tmp_path):
    """A stand-in for the Repairer, which nothing kills."""
    (tmp_path / "died").touch()
    return Fragile(marker=tmp_path / "died")


@pytest.fixture
def repairer_of(setup):
    from spinfix.engines.arrow import ColumnRepairer

    return lambda **how: ColumnRepairer(setup=setup, **how)


def test_a_text_is_repaired_and_its_edits_can_be_taken_back(samples):
    spun = (samples / "spun/ferry.txt").read_text("utf-8")
    fixed, info = done(spun, Setup())
    assert "The Foreign Ministry said in a statement" in fixed
    assert (info["spun"], info["spinner"], info["error"]) == (True, "autoblog", "")
    assert undo(fixed, edits_from(info["edits"])) == spun


def test_a_text_that_is_only_judged_stays_as_it_is(setup):
    text, info = done(SPUN, setup, judge=True)
    assert text == SPUN
    assert (info["spun"], info["edits"]) == (True, "[]")


def test_what_cannot_be_repaired_passes_through_and_says_why(setup):
    assert done(None, setup) == (None, INFO)
    assert done(b"x", setup) == (b"x", {**INFO, "error": "not text but bytes"})
    bad = f"unreadable {SPUN}"
    assert done(bad, setup) == (bad, {**INFO, "error": ERROR})


def test_half_a_character_does_not_keep_a_text_from_being_repaired(setup):
    assert done(f"\ud83d {SPUN}", setup).value == f"\ud83d {FIXED}"


def test_a_very_long_text_is_read_in_stretches(setup):
    long = (SPUN + " " * 100 + "\n") * 7_000
    fixed, info = done(long, setup)
    assert fixed == long.replace("Division", "Department")
    assert undo(fixed, edits_from(info["edits"])) == long


def test_two_setups_may_take_turns_in_one_process(setup):
    texts = [done(SPUN, one).value for one in (setup, Setup(), setup)]
    assert texts == [FIXED, SPUN, FIXED]


class Slow(Faulty):
    """A stand-in that can be caught at two texts at a time."""

    busy = 0

    def repair(self, text, *, protect=()):
        Slow.busy += 1
        time.sleep(0.01)
        alone = Slow.busy == 1
        Slow.busy -= 1
        return super().repair(text if alone else "unreadable", protect=protect)


@dataclass(frozen=True)
class Patient(Setup):
    def repairer(self):
        return Slow()


def test_threads_take_turns():
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: done(SPUN, Patient()), range(20)))
    assert [(each.value, each.info["error"]) for each in found] == [(FIXED, "")] * 20


def test_what_are_no_edits_is_refused():
    for wrong in ('{"start": 1}', "[1]", '[{"start": 1}]', "edits"):
        with pytest.raises(ValueError):
            edits_from(wrong)


@pytest.mark.parametrize("kind", ["string", "large_string", "string_view"])
@pytest.mark.parametrize("shape", [pa.table, pa.record_batch])
def test_a_column_keeps_its_type_and_its_neighbours(repairer_of, kind, shape):
    metadata = {b"source": b"crawl"}
    fields = [
        pa.field("text", getattr(pa, kind)(), metadata={b"lang": b"en"}),
        pa.field("n", pa.list_(pa.int8())),
    ]
    schema = pa.schema(fields, metadata)
    rows = shape({"text": [SPUN, None, GENUINE], "n": [[1], None, []]}, schema=schema)
    fixed = repairer_of()(rows)
    assert type(fixed) is type(rows)
    assert fixed.drop_columns("spinfix").schema.equals(schema, check_metadata=True)
    assert fixed.column("text").to_pylist() == [FIXED, None, GENUINE]
    assert fixed.column("n").equals(rows.column("n"))
    found = fixed.column("spinfix").to_pylist()
    assert [row["spun"] for row in found] == [True, False, False]
    assert [len(json.loads(row["edits"])) for row in found] == [2, 0, 0]


def test_columns_of_other_types(repairer_of):
    categories = pa.table({"text": pa.array([SPUN, SPUN, None]).dictionary_encode()})
    assert repairer_of()(categories).column("text").to_pylist() == [FIXED, FIXED, None]
    numbers = pa.table({"text": [1, None]})
    done = repairer_of()(numbers)
    assert done.column("text").equals(numbers.column("text"))
    assert [row["error"] for row in done.column("spinfix").to_pylist()] == [
        "not text but int64",
        "",
    ]
    nothing = pa.table({"text": pa.nulls(2)})
    assert repairer_of()(nothing).column("text").null_count == 2
    empty = pa.table({"text": pa.array([], pa.string())})
    assert repairer_of()(empty).column_names == ["text", "spinfix"]


def test_large_batches_are_handed_on_in_small_ones(repairer_of):
    texts = [f"{SPUN} {number}" for number in range(300)]
    (batch,) = pa.table({"text": texts}).to_batches()
    found = list(repairer_of().each([batch, batch.slice(0, 0)]))
    assert [batch.num_rows for batch in found] == [128, 128, 44, 0]
    fixed = [text for batch in found for text in batch.column("text").to_pylist()]
    assert fixed == [f"{FIXED} {number}" for number in range(300)]


def test_columns_that_cannot_be_worked_on_are_refused(repairer_of):
    rows = pa.table({"text": [SPUN], "spinfix": [1]})
    with pytest.raises(ValueError, match="no column is called 'body'; there are text, spinfix"):
        repairer_of(column="body")(rows)
    with pytest.raises(ValueError, match=r"a column 'spinfix' already.*name another.*info="):
        repairer_of()(rows)
    twice = pa.Table.from_arrays([pa.array([SPUN])] * 2, ["text", "text"])
    with pytest.raises(ValueError, match="two columns are called 'text'"):
        repairer_of()(twice)


def test_little_travels_to_the_workers():
    from spinfix.engines.arrow import ColumnRepairer

    step = ColumnRepairer()
    step.setup.repairer()
    assert len(pickle.dumps(step)) < 1000
    assert pickle.loads(pickle.dumps(step)) == step
