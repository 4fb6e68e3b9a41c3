"""One Repairer for all tests: it is built once and reused, as users should do."""

from __future__ import annotations

from pathlib import Path

import pytest

from spinfix import Repairer

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def repairer() -> Repairer:
    return Repairer()


@pytest.fixture(scope="session")
def samples() -> Path:
    return ROOT / "samples"
