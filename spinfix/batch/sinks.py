"""Where repaired inputs go: files that are replaced whole, or standard output."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from spinfix.formats import Piece

from .inputs import Input, InputError
from .streams import compressed, escape_of, fingerprint_of
from .work import Outcome

#: Errors after which no further file could be written either.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS)
#: Bytes that the name of a file may have.
_LONGEST = 255


class Sink(Protocol):
    """Takes the pieces of one input, repaired where there is an outcome for them."""

    def write(self, pieces: Sequence[Piece], outcomes: Mapping[int, Outcome]) -> None:
        """Write pieces, in order."""

    def checkpoint(self) -> int:
        """Have everything on the disk; the size so far."""

    def finish(self) -> str | None:
        """Be whole; the SHA-256 of all bytes, None where that is not known."""

    def replace(self) -> None:
        """Take the place of the file."""

    def discard(self) -> None:
        """Leave nothing behind."""


def joined(pieces: Sequence[Piece], outcomes: Mapping[int, Outcome], encoding: str) -> bytes:
    """Pieces as they are written."""
    escape = escape_of(encoding)
    parts: list[str] = []
    for piece in pieces:
        parts += piece.lead, outcomes[piece.number].raw if piece.number in outcomes else piece.raw
    if encoding != "utf-8":  # its bytes may depend on those before
        return "".join(parts).encode(encoding, escape)
    # Each for itself: one character beyond Latin-1 would make all the text wide, and slow.
    return b"".join([part.encode(encoding, escape) for part in parts if part])


class Stream:
    """Standard output: written as it comes."""

    def __init__(self, source: Input, encoding: str) -> None:
        self._compression, self._encoding = source.compression, encoding

    def write(self, pieces: Sequence[Piece], outcomes: Mapping[int, Outcome]) -> None:
        data = joined(pieces, outcomes, self._encoding)
        sys.stdout.buffer.write(compressed(data, self._compression))
        sys.stdout.buffer.flush()

    def checkpoint(self) -> int:
        return 0

    def finish(self) -> str | None:
        return None

    def replace(self) -> None:
        pass

    def discard(self) -> None:
        pass


class Nowhere(Stream):
    """Nothing is written."""

    def write(self, pieces: Sequence[Piece], outcomes: Mapping[int, Outcome]) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Place:
    """The file that an output becomes: like ``like`` in its mode, that file kept as
    ``backup`` if one is named."""

    path: Path
    like: Path | None = None
    backup: Path | None = None

    @property
    def partial(self) -> Path:
        """Where it is written until it is whole."""
        name = f".{self.path.name}.spinfix-part"
        if len(os.fsencode(name)) > _LONGEST:
            name = f".{hashlib.sha256(os.fsencode(name)).hexdigest()}.spinfix-part"
        return self.path.with_name(name)

    def open(self, size: int = 0) -> IO[bytes]:
        """The partial file, empty or cut to ``size``; InputError where that cannot be."""
        try:
            _make(self.path.parent)
            if size:
                flags = os.O_RDWR
            else:
                self.partial.unlink(missing_ok=True)
                # exclusive, so no link laid there before is followed
                flags = os.O_RDWR | os.O_CREAT | os.O_EXCL
            flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
            file = os.fdopen(os.open(self.partial, flags, 0o600), "r+b")
        except OSError as error:
            if error.errno in FULL:
                raise
            where = self.path.parent
            raise InputError(f"{where}: cannot write here ({error.strerror or error})") from None
        file.truncate(size)
        return file

    def take(self) -> None:
        """The partial file takes the place."""
        with self.partial.open("rb") as stream:
            os.fsync(stream.fileno())
        if self.like is not None:
            self._be_like(self.like)
        else:
            self.partial.chmod(0o666 & ~_umask())
        if self.backup is not None and self.path.exists():
            self._keep(self.backup)
        self.partial.replace(self.path)
        _sync_folder(self.path.parent)

    def _be_like(self, other: Path) -> None:
        """Take over owner and mode, as far as one may."""
        if self.path == other and hasattr(os, "chown"):
            stat = other.stat()
            with suppress(PermissionError):
                os.chown(self.partial, stat.st_uid, stat.st_gid)
        shutil.copymode(other, self.partial)

    def _keep(self, backup: Path) -> None:
        if backup.exists():
            if backup.samefile(self.path):
                return  # a run that was stopped had come so far
            raise InputError(f"{backup}: is there already; choose another --backup")
        try:
            os.link(self.path, backup)
        except OSError:  # a file system without hard links
            shutil.copy2(self.path, backup)


class File:
    """A file: written beside its place, which it takes when it is whole."""

    def __init__(self, place: Place, source: Input, encoding: str, size: int = 0) -> None:
        """Go on after ``size`` bytes of a partial file."""
        self._place, self._encoding = place, encoding
        self._compression = source.compression
        self._hash = hashlib.sha256()
        self._file = place.open(size)
        while block := self._file.read(1 << 20):
            self._hash.update(block)

    def write(self, pieces: Sequence[Piece], outcomes: Mapping[int, Outcome]) -> None:
        data = compressed(joined(pieces, outcomes, self._encoding), self._compression)
        self._hash.update(data)
        self._file.write(data)

    def checkpoint(self) -> int:
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._file.tell()

    def finish(self) -> str | None:
        if self._compression and not self._file.tell():
            self.write((), {})  # compressed nothing is something
        self.checkpoint()
        self._file.close()
        found = fingerprint_of(self._place.partial)
        if found != self._hash.hexdigest():
            raise InputError(f"{self._place.partial}: does not hold what was written there")
        return found

    def replace(self) -> None:
        self._place.take()

    def discard(self) -> None:
        with suppress(OSError):
            self._file.close()
        with suppress(OSError):
            self._place.partial.unlink()


@dataclass(frozen=True, slots=True)
class Target:
    """Where a run writes: below a folder, in place, or else to standard output."""

    output: Path | None = None
    in_place: bool = False
    backup: str = ""
    dry: bool = False

    @property
    def files(self) -> bool:
        """Does the run write files?"""
        return not self.dry and (self.in_place or self.output is not None)

    def place(self, source: Input) -> Place | None:
        """The file that an input becomes."""
        if not self.files:
            return None
        if self.in_place and source.path is not None:
            # A symbolic link is followed, not replaced.
            path = Path(os.path.realpath(source.path))
            backup = path.with_name(path.name + self.backup) if self.backup else None
            return Place(path, path, backup)
        if self.output is not None:
            return Place(self.output / source.place, source.path)
        return None

    def sink(self, source: Input, encoding: str, size: int = 0) -> Sink:
        """What takes the pieces of an input; a file goes on after ``size`` bytes."""
        place = self.place(source)
        if self.dry:
            return Nowhere(source, encoding)
        if source.format == "parquet":
            from .parquet import Table

            return Table(source, place)
        if source.format == "warc":
            from .warc import Archive

            return Archive(source, place)
        return File(place, source, encoding, size) if place else Stream(source, encoding)


def _make(folder: Path) -> None:
    """Make a folder and those on the way to it, however many."""
    missing: list[Path] = []
    while not folder.is_dir() and folder != folder.parent:
        missing.append(folder)
        folder = folder.parent
    for each in reversed(missing):
        each.mkdir(exist_ok=True)


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
