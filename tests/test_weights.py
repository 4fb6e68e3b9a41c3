"""A scorer's file: its arrays are read where they lie in it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinfix.compiled import pure
from spinfix.context import products
from spinfix.shipped import CONTEXT, PASSAGE, shipped
from spinfix.weights import Vectors, read_arrays


@pytest.mark.parametrize("name", [CONTEXT, PASSAGE])
def test_arrays_are_those_that_numpy_reads(name):
    found = read_arrays(shipped(name))
    with np.load(shipped(name), allow_pickle=False) as wanted:
        assert set(found) == set(wanted.files)
        for key in wanted.files:
            assert found[key].dtype == wanted[key].dtype
            assert np.array_equal(found[key], wanted[key])


def test_arrays_of_any_shape_and_order_are_read(tmp_path):
    arrays = {
        "one": np.float32(7.5),
        "none": np.zeros((0, 4), np.int8),
        "columns": np.asfortranarray(np.arange(12.0).reshape(3, 4)),
        "several": np.arange(24, dtype=np.uint16).reshape(2, 3, 4),
    }
    np.savez(tmp_path / "some.npz", **arrays)
    found = read_arrays(tmp_path / "some.npz")
    for name, wanted in arrays.items():
        assert found[name].shape == wanted.shape and np.array_equal(found[name], wanted)


def test_a_compressed_file_is_refused(tmp_path):
    np.savez_compressed(tmp_path / "small.npz", some=np.zeros(1000))
    with pytest.raises(ValueError, match=r"some\.npy is compressed"):
        read_arrays(tmp_path / "small.npz")


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(OSError, match=r"none\.npz"):
        read_arrays(tmp_path / "none.npz")


@pytest.fixture(scope="module")
def quantised():
    random = np.random.default_rng(5)
    return {
        "pair": random.integers(-127, 128, (50, 16), np.int8),
        "pair_scale": random.random(50).astype(np.float32),
    }


def matrix_of(data):
    return data["pair"].astype(np.float32) * data["pair_scale"][:, None]


def test_rows_are_those_of_the_whole_matrix(quantised):
    rows, vectors = np.array([3, 0, 49, 3]), Vectors(quantised, "pair")
    assert np.array_equal(vectors[rows], matrix_of(quantised)[rows])
    assert np.array_equal(vectors[:], matrix_of(quantised))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(-1, 49), st.integers(0, 2)), max_size=40))
def test_products_are_those_of_the_matrix(quantised, asked):
    rows = np.array([row for row, _ in asked], np.int64)
    span = np.array([which for _, which in asked], np.int64)
    random = np.random.default_rng(6)
    bias, spans = random.random(50).astype(np.float32), random.random((3, 16)).astype(np.float32)
    pairs = Vectors(quantised, "pair")
    found = products(pairs, bias, spans, rows, span)
    with pure():
        assert found == pytest.approx(products(pairs, bias, spans, rows, span))
    matrix = matrix_of(quantised).astype(np.float64)
    wanted = (matrix[rows] * spans[span]).sum(axis=1) + bias[rows] if asked else np.zeros(0)
    assert found == pytest.approx(np.where(rows < 0, 0.0, wanted))
