"""WARC and WET files: the texts of their conversion records, all else byte for byte.

WET is what web archives make of pages: a "conversion" record holds the text of a page.
Other records, the pages themselves among them, are copied as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO, NamedTuple

from spinfix.formats import Piece

from .inputs import Input, InputError
from .sinks import Place
from .streams import Fingerprint
from .work import Outcome

#: Told anew for a rewritten record.
_STALE = ("Content-Length", "WARC-Block-Digest", "WARC-Payload-Digest")


class _Record(NamedTuple):
    """A record of an archive; ``text`` is None where it holds none."""

    record: Any
    text: str | None
    offset: int
    length: int


def _records(source: Input, stream: BinaryIO) -> Iterator[_Record]:
    try:
        from warcio.archiveiterator import ArchiveIterator
        from warcio.exceptions import ArchiveLoadFailed
    except ModuleNotFoundError:
        raise InputError(
            f"{source.name}: WARC needs a package more: pip install 'spinfix[warc]'"
        ) from None
    archive = ArchiveIterator(stream)
    try:
        for record in archive:
            text = None
            kind = record.rec_headers.get_header("Content-Type") or ""
            if record.rec_type == "conversion" and kind.startswith("text/plain"):
                text = record.content_stream().read().decode("utf-8", "surrogateescape")
            archive.read_to_end(record)
            yield _Record(record, text, archive.get_record_offset(), archive.get_record_length())
    except (ArchiveLoadFailed, OSError, ValueError) as error:
        reason = str(error).strip().split("\n")[0]
        raise InputError(f"{source.name}: not WARC that can be read ({reason})") from None


def _path(source: Input) -> Any:
    if source.path is None:
        raise InputError(f"{source.name}: WARC is read from files only")
    if source.compression not in (None, "gz"):
        raise InputError(f"{source.name}: WARC is compressed with gzip, or not at all")
    return source.path


@contextmanager
def payloads(source: Input) -> Iterator[Iterator[Piece]]:
    """The texts of an archive."""
    with _path(source).open("rb") as stream:
        texts = (found.text for found in _records(source, stream) if found.text is not None)
        yield (Piece(text, number, number) for number, text in enumerate(texts, 1))


class Archive:
    """The sink of an archive."""

    def __init__(self, source: Input, place: Place | None) -> None:
        if place is None:
            raise InputError(f"{source.name}: WARC needs a place: -o DIR or --in-place")
        self._place = place
        self._stored = _path(source).open("rb")
        self._copied = source.path.open("rb") if source.path else self._stored
        self._records = _records(source, self._stored)
        self._file = place.open()
        self._gzip = source.compression == "gz"

    def write(self, pieces: Sequence[Piece], outcomes: Mapping[int, Outcome]) -> None:
        for piece in pieces:
            for found in self._records:
                changed = found.text is not None and piece.number in outcomes
                if changed:
                    self._rewrite(found.record, outcomes[piece.number].raw)
                else:
                    self._copy(found)
                if found.text is not None:
                    break

    def _copy(self, found: _Record) -> None:
        self._copied.seek(found.offset)
        self._file.write(self._copied.read(found.length))

    def _rewrite(self, record: Any, text: str) -> None:
        import io

        from warcio.warcwriter import WARCWriter

        for header in _STALE:
            record.rec_headers.remove_header(header)
        data = text.encode("utf-8", "surrogateescape")
        record.raw_stream, record.length = io.BytesIO(data), len(data)
        record.payload_length, record._content_stream = len(data), None
        WARCWriter(self._file, gzip=self._gzip).write_record(record)

    def checkpoint(self) -> int:
        return 0  # a stopped archive begins anew

    def finish(self) -> str | None:
        for found in self._records:
            self._copy(found)
        self._close()
        with self._place.partial.open("rb") as stream:
            return Fingerprint(stream).rest()

    def replace(self) -> None:
        self._place.take()

    def discard(self) -> None:
        self._close()
        self._place.partial.unlink(missing_ok=True)

    def _close(self) -> None:
        for file in (self._file, self._stored, self._copied):
            file.close()
