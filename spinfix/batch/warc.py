"""WARC and WET files: the texts of their conversion records, all else byte for byte.

WET is what web archives make of pages: a "conversion" record holds the text of a page.
Other records, the pages themselves among them, are copied as they are.
"""

from __future__ import annotations

import io
import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO, NamedTuple

from spinfix.formats import Piece

from .inputs import Input, InputError
from .sinks import Place
from .streams import fingerprint_of
from .work import Outcome

_BLOCK = 1 << 20
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
    archive.INC_RECORD = ""  # what it would print itself
    damaged = InputError(f"{source.name}: damaged or cut short")
    end = 0
    try:
        for record in archive:
            text = None
            kind = record.rec_headers.get_header("Content-Type") or ""
            if record.rec_type == "conversion" and kind.startswith("text/plain"):
                text = record.content_stream().read().decode("utf-8", "surrogateescape")
            archive.read_to_end(record)
            if not _is_whole(archive, record):
                raise damaged
            # Up to the next record: the length it tells leaves out the blank lines between.
            offset, end = archive.get_record_offset(), archive.offset
            if text is not None and not _keeps_headers(stream, offset, record):
                text = None
            yield _Record(record, text, offset, end - offset)
        if end != os.fstat(stream.fileno()).st_size:
            raise damaged
    except InputError:
        raise
    # The last three: what warcio trips over where a record is not one
    except (
        *(ArchiveLoadFailed, OSError, ValueError, zlib.error),
        *(AttributeError, LookupError, TypeError),
    ) as error:
        reason = str(error).strip().split("\n")[0]
        raise InputError(f"{source.name}: not WARC that can be read ({reason})") from None


def _keeps_headers(stream: BinaryIO, offset: int, record: Any) -> bool:
    """Are the headers of a record written as they stand?  Damaged ones would be mended."""
    headers = record.rec_headers.to_bytes()
    data = os.pread(stream.fileno(), len(headers) + _BLOCK // 16, offset)
    if data[:2] == b"\x1f\x8b":
        data = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, len(headers))
    return data.startswith(headers)


def _is_whole(archive: Any, record: Any) -> bool:
    """Is a record, which was read, as long as it says?"""
    return (
        not archive.err_count
        and record.rec_headers.get_header("Content-Length") is not None
        and getattr(record.raw_stream, "limit", 0) <= 0
        and getattr(archive.reader.decompressor, "eof", True)
    )


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
        self._at = 0  # what lies before it in the archive is written
        self._stored = _path(source).open("rb")
        self._copied = source.path.open("rb") if source.path else self._stored
        self._records = _records(source, self._stored)
        self._file = place.open()
        self._gzip = source.compression == "gz"

    def write(self, pieces: Sequence[Piece], outcomes: Mapping[int, Outcome]) -> None:
        for piece in pieces:
            for found in self._records:
                if found.text is not None:
                    if piece.number in outcomes:
                        self._copy(found.offset)
                        self._rewrite(found.record, outcomes[piece.number].raw)
                        self._at = found.offset + found.length
                    break

    def _copy(self, end: int | None = None) -> None:
        """All up to ``end`` that is not written yet, what parts the records too."""
        self._copied.seek(self._at)
        while data := self._copied.read(_BLOCK if end is None else min(_BLOCK, end - self._at)):
            self._file.write(data)
            self._at += len(data)

    def _rewrite(self, record: Any, text: str) -> None:
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
        self._copy()
        self._close()
        return fingerprint_of(self._place.partial)

    def replace(self) -> None:
        self._place.take()

    def discard(self) -> None:
        self._close()
        self._place.partial.unlink(missing_ok=True)

    def _close(self) -> None:
        for file in (self._file, self._stored, self._copied):
            file.close()
