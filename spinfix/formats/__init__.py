"""File formats: records in, records out, everything around the text kept as it is."""

from .records import FORMATS, FormatError, Record, format_of, read_records

__all__ = ["FORMATS", "FormatError", "Record", "format_of", "read_records"]
