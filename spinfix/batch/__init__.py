"""Many inputs: finding them, and repairing them without ever losing one."""

from .inputs import STDIN, Input, InputError, Reading, find_inputs, listed
from .log import LogError, read_log
from .reading import Begin, Choice, End, Failed, Mark, Part, Task
from .report import Counts, Report
from .run import Plan, Stopped, clean, outcomes
from .sinks import Target
from .streams import known_encoding
from .work import Change, Outcome, Setup

__all__ = [
    "STDIN",
    "Begin",
    "Change",
    "Choice",
    "Counts",
    "End",
    "Failed",
    "Input",
    "InputError",
    "LogError",
    "Mark",
    "Outcome",
    "Part",
    "Plan",
    "Reading",
    "Report",
    "Setup",
    "Stopped",
    "Target",
    "Task",
    "clean",
    "find_inputs",
    "known_encoding",
    "listed",
    "outcomes",
    "read_log",
]
