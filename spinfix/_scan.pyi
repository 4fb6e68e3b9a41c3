"""The compiled form of spinfix.scan.PureScanner, where it could be built."""

from collections.abc import Sequence

from .scan import Numbers, Place

class Scanner:
    def __init__(
        self,
        phrases: Sequence[str],
        weights: Sequence[Sequence[float]],
        regions: Sequence[tuple[float, float]],
        numbers: Numbers,
    ) -> None: ...
    def scan(self, text: str) -> list[tuple[float, float, list[Place]]]: ...
