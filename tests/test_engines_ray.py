"""spinfix on Ray Data, on a cluster of one machine with two cores."""

from __future__ import annotations

import pytest
from engine_runs import ERROR, REPAIRED, SOME, Fragile, articles, environment, need

need("ray")

import ray  # noqa: E402
from ray.exceptions import RayTaskError  # noqa: E402

from spinfix.engines import Setup  # noqa: E402
from spinfix.engines.ray import RepairActor, repair  # noqa: E402

# Ray warns of settings of its own that nobody touched.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:ray.data.context")


@pytest.fixture(scope="module", autouse=True)
def cluster():
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment().items():
            patch.setenv(name, value)
        ray.init(
            num_cpus=2,
            include_dashboard=False,
            object_store_memory=100_000_000,
            log_to_driver=False,
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
    dataset = repair(ray.data.from_items(SOME), setup=setup, batch_size=10, memory=1 << 20)
    assert not setup.marker.exists(), "nothing is done before it is needed"
    rows = dataset.take_all()
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


def test_what_cannot_be_meant_stops_the_job(tmp_path):
    dataset = ray.data.from_items(SOME)
    (tmp_path / "died").touch()
    setup = Fragile(marker=tmp_path / "died")
    with pytest.raises(RayTaskError, match="no column is called 'body'; there are id, text"):
        repair(dataset, "body", setup, workers=1).take_all()
    with pytest.raises(RayTaskError, match="nobody: no spinner of that name"):
        repair(dataset, setup=Setup(spinners=("nobody",)), workers=(1, 2)).take_all()
    with pytest.raises(ValueError, match="no scorer is called 'fats'"):
        repair(dataset, setup=Setup(scorer="fats"))
