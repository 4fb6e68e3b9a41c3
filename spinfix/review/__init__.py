"""The review page: every edit of many articles, to look at and decide before any is made."""

from .data import Totals
from .page import Page, is_page

__all__ = ["Page", "Totals", "is_page"]
