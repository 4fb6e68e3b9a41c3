"""Undoing and applying an edit log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from spinfix.edits import inverse

from .inputs import Input, InputError, Reading
from .log import LogError, edit_of, read_log
from .reading import Given
from .report import Report
from .run import Plan, Watcher, clean
from .sinks import Place, Target
from .streams import compressed, decompressed, fingerprint_of, opened
from .work import Setup

_BLOCK = 1 << 20


def undo(log: Path) -> list[str | InputError]:
    """Give all files that a log says were rewritten their former bytes.

    Of a compressed file the text comes back to the byte, compressed anew; of Parquet
    all values.  Returns the names of the files, an InputError for one that cannot be
    taken back: it has changed since, or is gone.  Raises LogError.
    """
    return [_undone(about, edits) for about, edits in _by_input(log) if about["edits"]]


def _by_input(log: Path) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """For each input of a log the line about it, and its edits."""
    edits: list[dict[str, Any]] = []
    for row in read_log(log):
        if "edit" in row:
            edits.append(row)
            continue
        if any(edit["edit"] != row["input"] for edit in edits):
            raise LogError(f"{log}: edits of {edits[0]['edit']} without a line about it")
        yield row, edits
        edits = []
    if edits:
        raise LogError(
            f"{log}: ends within {edits[0]['edit']}: its run was stopped; finish it with --resume"
        )


def _undone(about: dict[str, Any], edits: Sequence[dict[str, Any]]) -> str | InputError:
    name = about["input"]
    try:
        if about["output"] is None:
            return InputError(f"{name}: went to standard output, which cannot be taken back")
        path = Path(about["output"])
        source = Input(path, str(path), Path(path.name), about["format"], about["compression"])
        with opened(source) as stored:
            found = stored.rest()
            if found == about["before"]:
                return str(path)  # taken back before
            if found != about["after"]:
                return InputError(f"{path}: has changed since it was repaired; left alone")
        if about["format"] in ("parquet", "warc"):
            return _undone_records(source, about, edits)
        _undo_bytes(source, about, edits)
        return str(path)
    except InputError as error:
        return error
    except (KeyError, TypeError, ValueError) as error:
        return InputError(f"{name}: its lines in the log are malformed ({error!r})")
    except OSError as error:
        return InputError(f"{about['output']}: {error.strerror or error}")


def _undo_bytes(source: Input, about: dict[str, Any], edits: Sequence[dict[str, Any]]) -> None:
    """Take the replaced bytes back, wherever they are."""
    encoding, path = about["encoding"], source.path
    splices = sorted(
        (place, old.encode(encoding, "surrogateescape"), new.encode(encoding, "surrogateescape"))
        for edit in edits
        for place, old, new in edit["at"]
    )
    assert path is not None
    place = Place(path, path)
    try:
        with opened(source) as stored, place.open() as out:
            plain = decompressed(stored, source.compression)  # type: ignore[arg-type]
            for data in _restored(plain, splices, source.name):
                out.write(compressed(data, source.compression))
        if source.compression is None and fingerprint_of(place.partial) != about["before"]:
            raise InputError(f"{source.name}: the log does not give its former bytes")
        place.take()
    except BaseException:
        place.partial.unlink(missing_ok=True)
        raise


def _restored(
    stream: BinaryIO, splices: Sequence[tuple[int, bytes, bytes]], name: str
) -> Iterator[bytes]:
    """The bytes of a rewritten stream as they were; in blocks."""
    at = 0  # in the former stream
    block: list[bytes] = []
    size = 0
    for place, old, new in [*splices, (None, b"", b"")]:
        while place is None or at < place:
            data = stream.read(_BLOCK if place is None else min(_BLOCK, place - at))
            if not data:
                break
            at += len(data)
            block.append(data)
            size += len(data)
            if size >= _BLOCK:
                yield b"".join(block)
                block, size = [], 0
        if place is not None and (at != place or stream.read(len(new)) != new):
            raise InputError(f"{name}: does not hold {new!r} where the log says")
        block.append(old)
        at += len(old)
        size += len(old)
    yield b"".join(block)


def _undone_records(
    source: Input, about: dict[str, Any], edits: Sequence[dict[str, Any]]
) -> str | InputError:
    """Take edits back record by record, where bytes do not tell."""
    given = _given(edits, back=True)
    report = clean([source], Setup(), _plan(about, given, source, Target(in_place=True)))
    if report.failed or report.counts.kept:
        return InputError((report.failed + report.counts.errors)[0])
    return source.name


def _plan(
    about: dict[str, Any], given: Given, source: Input, target: Target, jobs: int = 1
) -> Plan:
    reading = Reading(
        about["encoding"], tuple(about["fields"]), about["format"], about["delimiter"]
    )
    return Plan(reading, target, jobs, keep=False, given={source.name: given})


def _given(edits: Sequence[dict[str, Any]], back: bool = False) -> Given:
    """The accepted edits of an input by record; ``back``: those that undo them."""
    fields: dict[tuple[int, str], list[Any]] = {}
    for row in edits:
        if row.get("accept", True):
            fields.setdefault((int(row["record"]), str(row["field"])), []).append(edit_of(row))
    given: dict[int, list[Any]] = {}
    for (record, field), its in fields.items():
        its.sort(key=lambda edit: edit.start)
        made = inverse(its) if back else its
        given.setdefault(record, []).extend((field, edit) for edit in made)
    return given


def apply(
    log: Path, target: Target, jobs: int = 1, watch: Watcher | None = None
) -> Iterator[Report | InputError]:
    """Make the edits of a reviewed log: all that stand in it but those with
    ``"accept": false``; ``"new"`` may hold other words.

    Yields for each input a report, or an InputError when it has changed since the log
    was written.  Raises LogError.
    """
    for about, edits in _by_input(log):
        if target.in_place and not edits:
            continue
        try:
            if about["path"] is None:
                raise InputError(f"{about['input']}: is gone; edits are made in files only")
            path, place = Path(about["path"]), Path(about["place"])
            if place.is_absolute() or ".." in place.parts:
                raise ValueError(f"place {str(place)!r}")
            source = Input(path, about["input"], place, about["format"], about["compression"])
            with opened(source) as stored:
                if stored.rest() != about["before"]:
                    raise InputError(f"{path}: has changed since the log was written; left alone")
            plan = _plan(about, _given(edits), source, target, jobs)
            yield clean([source], Setup(), plan, watch)
        except (InputError, LogError) as error:
            yield InputError(str(error))
        except OSError as error:
            yield InputError(f"{about['path']}: {error.strerror or error}")
        except (KeyError, TypeError, ValueError) as error:
            yield InputError(f"{about.get('input')}: malformed in the log ({error!r})")
