"""Bytes in and out: compression, encodings, fingerprints."""

from __future__ import annotations

import bz2
import codecs
import gzip
import hashlib
import io
import lzma
import os
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from .inputs import Input, InputError

_BLOCK = 1 << 20
_WIDE = {"utf-16": 2, "utf-32": 4}


class Fingerprint(io.RawIOBase):
    """A binary stream that counts and hashes the bytes read from it."""

    def __init__(self, stream: BinaryIO, stat: os.stat_result | None = None) -> None:
        """``stat``: of the file when it was opened, None for what is no file."""
        self._stream, self.stat = stream, stat
        self.hash = hashlib.sha256()
        self.size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        size: int = self._stream.readinto(buffer)  # type: ignore[attr-defined]
        self.hash.update(memoryview(buffer)[:size])
        self.size += size
        return size

    def rest(self) -> str:
        """The hash of the whole stream, what has not been read yet included."""
        block = bytearray(_BLOCK)
        while self.readinto(block):
            pass
        return self.hash.hexdigest()


class _Damaged(ValueError):
    """Compressed bytes that cannot be read."""


class _Members(io.RawIOBase):
    """What compressed members hold, one after another; an error for one cut short.

    Python's own readers of bz2 and xz drop all that follows a damaged place between
    members without a word.
    """

    def __init__(self, stream: BinaryIO, new: Callable[[], Any], fault: type[Exception]) -> None:
        """``new`` makes what decompresses a member, and raises ``fault``."""
        self._stream, self._new, self._fault = stream, new, fault
        self._member: Any = None
        self._ready = memoryview(b"")
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready:
            data = b""
            if getattr(self._member, "needs_input", True):
                data, self._rest = self._rest or self._stream.read(_BLOCK // 16), b""
                if not data:
                    if self._member is not None:
                        raise EOFError("the last member is cut short")
                    return 0
            self._take(data)
        part, self._ready = self._ready[: len(buffer)], self._ready[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)

    def _take(self, data: bytes) -> None:
        if self._member is None:
            data = data.lstrip(b"\0")  # padding, which no member begins with
            if not data:
                return
            self._member = self._new()
        limit = (_BLOCK,) if hasattr(self._member, "needs_input") else ()
        try:
            self._ready = memoryview(self._member.decompress(data, *limit))
        except self._fault as error:
            raise _Damaged(error) from None
        if self._member.eof:
            self._rest, self._member = self._member.unused_data, None


def decompressed(stream: BinaryIO, compression: str | None) -> BinaryIO:
    """The bytes that a compressed stream holds."""
    if compression == "gz":
        return gzip.GzipFile(fileobj=stream)  # type: ignore[return-value]
    if compression == "xz":
        return io.BufferedReader(_Members(stream, lzma.LZMADecompressor, lzma.LZMAError), _BLOCK)
    if compression == "bz2":
        return io.BufferedReader(_Members(stream, bz2.BZ2Decompressor, OSError), _BLOCK)
    if compression == "zst":
        import zstandard

        new = zstandard.ZstdDecompressor().decompressobj
        return io.BufferedReader(_Members(stream, new, zstandard.ZstdError), _BLOCK)
    return stream


def compressed(data: bytes, compression: str | None) -> bytes:
    """``data`` as a whole member of a compressed file: members may follow one another.

    Nothing but ``data`` decides the bytes: no time of day, no file name.
    """
    if compression == "gz":
        return gzip.compress(data, mtime=0)
    if compression == "xz":
        return lzma.compress(data)
    if compression == "bz2":
        return bz2.compress(data)
    if compression == "zst":
        import zstandard

        return zstandard.ZstdCompressor(write_checksum=True).compress(data)
    return data


def known_encoding(name: str) -> str:
    """The codec of that name; ValueError when spinfix cannot keep its bytes exactly.

    Exact are UTF-8, -16 and -32, and the encodings of a byte a character.
    """
    try:
        codec = codecs.lookup(name).name
    except LookupError:
        raise ValueError(f"{name!r} is not an encoding that Python knows") from None
    if codec == "utf-8-sig":
        return "utf-8"
    if codec == "utf-8" or codec.startswith(tuple(_WIDE)):
        return codec
    every = bytes(range(256))
    try:
        text = every.decode(codec, "surrogateescape")
        if len(text) == 256 and text.encode(codec, "surrogateescape") == every:
            return codec
    except (UnicodeError, LookupError):
        pass
    raise ValueError(f"{name!r} cannot be kept byte for byte; convert the files to UTF-8 first")


def escape_of(encoding: str) -> str:
    """How bytes that are no text are carried through a codec: its error handler."""
    return "surrogatepass" if encoding.startswith(tuple(_WIDE)) else "surrogateescape"


def _byte_order(stream: Any, encoding: str) -> str:
    """Wide encodings by their byte order mark, which stays part of the text."""
    if encoding not in _WIDE:
        return encoding
    start = stream.peek(4)[: _WIDE[encoding]]
    big = start in (codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
    return f"{encoding}-{'be' if big else 'le'}"


def fingerprint_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as stream:
        return Fingerprint(stream).rest()


@contextmanager
def opened(source: Input) -> Iterator[Fingerprint]:
    """The bytes of an input as they are stored."""
    if source.path is None:
        yield Fingerprint(sys.stdin.buffer)
    else:
        with source.path.open("rb") as stream:
            yield Fingerprint(stream, os.fstat(stream.fileno()))


@contextmanager
def text_of(stored: Fingerprint, source: Input, encoding: str) -> Iterator[tuple[TextIO, str]]:
    """The text of an input, and its encoding with the byte order known.

    Nothing is translated, only ``\\n`` ends a line, and bytes that are no text are
    carried through as lone surrogates.  Raises InputError, within the block too, for
    what cannot be read.
    """
    try:
        buffered = io.BufferedReader(stored, _BLOCK)
        plain: Any = io.BufferedReader(decompressed(buffered, source.compression), _BLOCK)
        encoding = _byte_order(plain, encoding)
        yield (
            io.TextIOWrapper(plain, encoding, escape_of(encoding), newline="\n"),
            encoding,
        )
    except (EOFError, gzip.BadGzipFile, _Damaged, zlib.error) as error:
        raise InputError(f"{source.name}: damaged or cut short ({error})") from None
    except UnicodeDecodeError as error:
        raise InputError(
            f"{source.name}: not {encoding} ({error.reason}); name its encoding with --encoding"
        ) from None
    except ModuleNotFoundError as error:
        if error.name != "zstandard":
            raise
        raise InputError(
            f"{source.name}: Zstandard needs a package more: pip install 'spinfix[zst]'"
        ) from None
    except OSError as error:
        raise InputError(f"{source.name}: {error.strerror or error}") from None
