"""What the fuzzer starts from: the samples, and every construct of each format.

Each seed holds enough spun prose for the gate to open, so that edits are made in and
around the constructs.  All of it is samples/ or written for this file.
"""

from __future__ import annotations

import csv
import io
import json
from functools import cache
from itertools import cycle, islice
from pathlib import Path

SAMPLES = Path(__file__).parent.parent / "samples"

#: The formats that are streams of text, and those that only look like one inside.
TEXTS = ("text", "markdown", "html", "jsonl", "json", "csv", "tsv")
BINARY = ("parquet", "warc")

#: Entries whose originals are hard to write down: commas, quotes, other scripts.
DICTIONARY = """\
spun\toriginal\treplaced\tseen\tleft_alone
stated\tsaid, again\t100\t100\t0
place\tcaf\u00e9\t100\t100\t0
determination\t1,000\t100\t100\t0
ministry\t\U00010400\U00010401\t100\t100\t0
home\t\u0130stanbul\t100\t100\t0
persons\tmen 'n' women\t100\t100\t0
island\t2.\t100\t100\t0
ferry service\t- boat\t100\t100\t0
thought\tand/or\t100\t100\t0
"""


@cache
def prose() -> tuple[str, ...]:
    """Paragraphs, spun ones for the most part."""
    names = ("spun/ferry.txt", "half-spun/clinic.txt", "genuine/orchard.txt")
    texts = ((SAMPLES / name).read_text(encoding="utf-8") for name in names)
    return tuple(line for text in texts for line in text.splitlines() if line)


def filled(skeleton: str) -> str:
    """A skeleton with a paragraph in place of each ``¶``."""
    paragraphs = cycle(prose()[:8])
    first, *rest = skeleton.split("¶")
    return first + "".join(next(paragraphs) + part for part in rest)


_TEXT = (
    "¶\n\n¶\n<!-- spinfix: off -->\n¶\n<!-- spinfix: on -->\n¶\n¶ # spinfix: ignore\n¶\n",
    "\ufeff¶\r\n¶\r\n\r\n¶\r\n",
    "¶\r¶\x0c¶\u2028¶\u0085¶",
    "¶ See http://a.example/the/place?x=1, www.b.example, x.y@c.example, #tag, ¶ `the place` "
    "three,000 and 37.four U.S. cafe\u0301 \u00a0na\u00efve \U0001f600 \u05d0\u05d1 [b]¶[/b]",
    "",
)

_MARKDOWN = (
    "---\ntitle: the place\n---\n\n# ¶\n\n¶ *¶* **bold** ***both*** ~~¶~~ `place`\n\n> ¶\n> ¶\n",
    "Head\n====\n\n- ¶\n- [ ] ¶\n  1. ¶\n  2) x\n+ y\n\n* * *\n\nA  \nB\\\n¶\n\n    code place\n",
    "| a | b |\n|:--|--:|\n| ¶ | `x` |\n| y \\| z | ¶ |\n\n[¶](http://a/(b) 'c') ![¶](d) [e][f] "
    '[g] [f][] <http://h> <i@j.example> [^1] text\n\n[f]: /u "the place"\n[^1]: ¶\n',
    "¶ <b>the *place*</b> <!-- the place --> &amp; &eacute; \\* \\_ a_b_c $x+y$ $$z$$ $5 to $6\n\n"
    "<div>\n¶\n</div>\n\n```python\nplace = 1\n```\n~~~\nthe place\n~~~\n¶ [x](y\n\n+++\n¶",
)

_HTML = (
    "<!DOCTYPE html>\n<html><head><title>¶</title><style>p{}</style><script>'<p>'</script></head>"
    "<body class='the place'><!-- the place --><p>¶<p>¶ <b>¶</b><i>the</i> place<br>¶<br/>¶</body>",
    "<?xml version='1.0'?><html><p>¶<![CDATA[the place]]></p><script src='x'/><p>¶</p></html>",
    "¶ &amp; &lt;p&gt; &#65;&#x42; &nbsp;&eacute;&copy &rsquo;s &notit; &bogus; AT&T a<b &#0; ¶",
    "<pre>the place</pre><code>the place</code>¶<svg><text>the place</text></svg><textarea><p>"
    "</textarea>¶<template>x</template><noscript>y</noscript><img alt='>'><input value=\"'>\">¶",
    "<table><tr><td>¶<td>¶</table><ul><li>¶<li>¶</ul><dl><dt>¶<dd>x</dl><select><option>¶</select>"
    "st<b>at</b>ed <span>de<i>termi</i>nation</span><wbr>gr&shy;eater <A HREF=x>¶</A></p ><p x=y>¶",
    "<?php echo '<p>'; ?>¶<a title='¶>¶<b",
)


def _articles() -> list[dict[str, object]]:
    lines = prose()
    return [
        {"id": "a", "title": lines[0], "text": "\n".join(lines[:4])},
        {"id": 2, "text": "\n".join(lines[4:8]), "n": 1.5, "tags": ["x", {"text": "y"}]},
        {"id": None, "body": {"text": "\n".join(lines[1:5]), "z": None}, "text": "\n".join(lines)},
        {"text": None, "title": '"quoted" \\ / \t\u2028 \U0001f600 \u00e9'},
    ]


def _jsonl() -> list[str]:
    rows = _articles()
    escaped = json.dumps(rows[0]).replace("e", "\\u0065").replace("a", "a\\/")
    return [
        (SAMPLES / "articles.jsonl").read_text(encoding="utf-8")[:4000],
        "".join(json.dumps(row) + "\n" for row in rows),
        "\ufeff" + "\r\n\n".join(json.dumps(row, ensure_ascii=False) for row in rows),
        "".join(f"\x1e{json.dumps(row, indent=None)},\n" for row in rows),
        escaped + '\n{"text": "a", "text": "' + prose()[1] + '"}\n[1]\n"x"\n7\n{"text": 3}\n{}\n',
        json.dumps({"text": prose()[2] + " \U0001f600 \u00e9"}) + "\n" + '{"text": "\\ud83d the"}',
    ]


def _json() -> list[str]:
    rows = _articles()
    return [
        json.dumps(rows),
        json.dumps(rows, indent=2, ensure_ascii=False) + "\n",
        json.dumps(rows[0], indent="\t"),
        "\ufeff[ ]\n",
        "["
        + json.dumps(rows[0])
        + ' , 1, "x", null , [{"text": "y"}],\r\n'
        + json.dumps(rows[1])
        + "]",
    ]


def _table(delimiter: str, quoting: int, end: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=end)  # type: ignore[arg-type]
    lines = prose()
    writer.writerow(["id", "title", "text", "note"])
    writer.writerow(["a", lines[0], "\n".join(lines[:4]), 'say "x"'])
    writer.writerow(["b", 'the "place"', lines[2], ""])
    writer.writerow(["", lines[4], '"' + lines[3] + '"', "\u00e9\U0001f600"])
    return out.getvalue()


def _csv(delimiter: str) -> list[str]:
    bare = f"text{delimiter}id\n" + "".join(
        line.replace(delimiter, "").replace('"', "") + f"{delimiter}{n}\n"
        for n, line in enumerate(islice(prose(), 4))
    )
    return [
        _table(delimiter, csv.QUOTE_MINIMAL, "\r\n"),
        "\ufeff" + _table(delimiter, csv.QUOTE_ALL, "\n"),
        _table(";" if delimiter == "," else delimiter, csv.QUOTE_ALL, "\r"),
        bare + f"\n\nonly{delimiter}\n" + f'"x" y{delimiter}"z\n\n',
        f"text{delimiter}id\n{prose()[1].replace(delimiter, '')}"
        f' "x" y{delimiter}\n"a"b{delimiter}c',
    ]


@cache
def seeds(kind: str) -> tuple[str, ...]:
    """The seeds of a format, as text; of Parquet and WARC the texts that they hold."""
    samples = {
        "markdown": "scrape/clinic.md",
        "html": "scrape/ferry.html",
        "csv": "scrape/articles.csv",
    }
    own = [(SAMPLES / samples[kind]).read_text(encoding="utf-8")] if kind in samples else []
    if kind == "markdown":
        return (*own, *map(filled, _MARKDOWN))
    if kind == "html":
        return (*own, *map(filled, _HTML))
    if kind == "jsonl":
        return tuple(_jsonl())
    if kind == "json":
        return tuple(_json())
    if kind in ("csv", "tsv"):
        return (*own, *_csv("," if kind == "csv" else "\t"))
    return ("\n".join(prose()[:8]) + "\n", "\n".join(prose()[8:]), *map(filled, _TEXT))
