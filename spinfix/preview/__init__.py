"""Showing edits before they are made: unified diffs, word diffs, explanations."""

from .columns import side_by_side, stat
from .explain import explain_edit
from .unified import unified_diff
from .words import in_context, word_diff

__all__ = ["explain_edit", "in_context", "side_by_side", "stat", "unified_diff", "word_diff"]
