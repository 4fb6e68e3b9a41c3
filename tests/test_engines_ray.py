"""spinfix on Ray Data, on a cluster of one machine with two cores."""

from __future__ import annotations

import pytest
from engine_runs import ERROR, REPAIRED, SOME, Fragile, articles, environment, need

need("ray")

import ray  # noqa: E402
from ray.exceptions import RayTaskError  # noqa: E402

from spinfix.engines.ray import RepairActor, repair  # noqa: E402


@pytest.fixture(scope="module", autouse=True)
def cluster():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        ray.init(
            num_cpus=2,
            include_dashboard=False,
            object_store_memory=100_000_000,
            log_to_driver=False,
            runtime_env={"env_vars": environment()},
            _node_ip_address="127.0.0.1",
        )
        ray.data.DataContext.get_current().enable_progress_bars = False
        yield
        ray.shutdown()


def test_repairs_as_the_command_line_does(expected):
    rows = repair(ray.data.from_items(articles()), workers=2, batch_size=4).take_all()
    expected.check(
        {row["id"]: row["text"] for row in rows}, {row["id"]: row["spinfix"] for row in rows}
    )
    assert {row["id"]: row["kind"] for row in rows} == {
        row["id"]: row["kind"] for row in articles()
    }


def test_an_actor_that_dies_is_replaced_and_a_bad_record_is_named(tmp_path):
    setup = Fragile(marker=tmp_path / "died")
    rows = repair(ray.data.from_items(SOME), setup=setup, batch_size=10).take_all()
    assert setup.marker.exists()
    assert {row["id"]: row["text"] for row in rows} == REPAIRED and len(rows) == len(SOME)
    errors = {row["id"]: row["spinfix"]["error"] for row in rows if row["spinfix"]["error"]}
    assert errors == {"bad": ERROR}


def test_the_actor_can_be_handed_to_map_batches(tmp_path):
    (tmp_path / "died").touch()
    setup = Fragile(marker=tmp_path / "died")
    rows = ray.data.from_items(SOME).map_batches(
        RepairActor,
        fn_constructor_kwargs={"setup": setup, "info": "found"},
        batch_format="pyarrow",
        concurrency=(1, 2),
    )
    assert {row["id"]: row["text"] for row in rows.take_all()} == REPAIRED


def test_a_column_that_is_not_there_stops_the_job(tmp_path):
    (tmp_path / "died").touch()
    setup = Fragile(marker=tmp_path / "died")
    with pytest.raises(RayTaskError, match="no column is called 'body'; there are id, text"):
        repair(ray.data.from_items(SOME), "body", setup).take_all()
