"""What learning a spinner came to, in lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from spinfix.spinners import Traits

#: Substitutions shown.
_SHOWN = 6


def summary(traits: Traits) -> Iterator[str]:
    """The lines of a report on a spinner that ``learn_pairs`` learned."""
    report = traits.report
    pairs, words = report["pairs"], report["words"]
    yield f"{pairs['used']:,} of {pairs['read']:,} pairs learned from"
    yield from fault_lines(pairs["bad"])
    if words["dropped"]:
        share = words["dropped"] / max(1, words["read"])
        yield f"{share:.1%} of their words dropped: they have no counterpart"
    yield f"{report['entries']:,} entries, from {report['replacements']:,} replacements"
    top = ", ".join(f"{spun} < {original}" for spun, original, _ in report["top"][:_SHOWN])
    yield f"most used: {top}"
    yield f"replaces {traits.rate:.0%} of its phrases where it could"
    yield _share("draws once for each phrase and article", report["one draw"], "repeated phrases")
    yield _share("leaves names alone", report["names left out"], "articles that tell")
    yield _share("leaves quotations alone", report["quotations left out"], "articles that tell")
    like = sorted(report["known spinners"].items(), key=lambda item: -item[1])
    yield "known spinners have of its replacements: " + ", ".join(
        f"{name} {share:.0%}" for name, share in like
    )
    yield f"built on {report['base']}" if report["base"] else "built on the pairs alone"
    yield _estimate(report["held out"])


def fault_lines(faults: Mapping[str, Any]) -> Iterator[str]:
    """A table of what was wrong with pairs."""
    for reason, found in faults.items():
        first = "; ".join(found["first"])
        more = "; ..." if found["count"] > len(found["first"]) else ""
        yield f"  {found['count']:>7,}  {reason:<16} {first}{more}"


def _share(what: str, counted: Mapping[str, Any], cases: str) -> str:
    if not counted["cases"]:
        return f"{what}: nothing tells; {counted['share']:.2f} is taken"
    return f"{what}: {counted['share']:.2f} of {counted['cases']:,} {cases}"


def _estimate(held: Mapping[str, Any]) -> str:
    if not held["articles"]:
        return "too few pairs to hold any out: no estimate of the repair"
    return (
        f"repair of {held['articles']:,} articles held out: {held['repair']:.3f} "
        f"({held['low']:.3f} to {held['high']:.3f}), precision {held['precision']:.3f}"
    )
