"""Tokens that the fuzzer puts into its inputs, and what it puts words into."""

from __future__ import annotations

#: Tokens that have broken readers of any format before.
COMMON = (
    *"\0 \x1b \x1e \x7f \u0085 \u00a0 \u00ad \u0130 \u0131 \u0345 \u200b \u200d \u202e".split(" "),
    *"\u2028 \u2029 \ufeff \ufffd \ufffe \U0001f600 \U0001f1e9\U0001f1ea \ufb01 \u00df".split(" "),
    *("\r", "\r\n", "\n", "\n\n", "\t", "\x0b", "\x0c", " ", "\u3000", "e\u0301", "\u1e9e"),
    *("’s", "'s", '"', "”", "U.S.", "three,000", "<!-- spinfix: off -->", "a_b", "`", "&amp;"),
    *("<!-- spinfix: on -->", "spinfix: ignore", "http://a.b/c?d=e", "x@y.example", "[/b]"),
)

#: Tokens of the formats themselves.
TOKENS: dict[str, tuple[str, ...]] = {
    "text": ("\n---\n", "<b>", "</b>", "{", "}", "•"),
    "markdown": (
        *(
            "*",
            "**",
            "_",
            "~~",
            "``",
            "```\n",
            "\n```\n",
            "~~~\n",
            "# ",
            "\n===\n",
            "\n---\n",
            "> ",
        ),
        *("- ", "1. ", "1) ", "+ ", "[", "]", "](", "](x)", "![", "[^1]", "[^1]: ", "[a]: /b\n"),
        *("|", "|-|-|\n", "\\", "  \n", "\\\n", "<", ">", "<http://a>", "<b>", "</b>", "<!--"),
        *("-->", "$", "$$", "&amp;", "&#65;", "\n    ", "\n\t", "+++\n", "***\n", "- [ ] ", ":"),
    ),
    "html": (
        *("<", ">", "</", "/>", "<!", "<!--", "-->", "--!>", "<!-->", "<![CDATA[", "]]>", "<?"),
        *("?>", "<?php ", "&", "&amp", "&amp;", "&lt;", "&#", "&#x", "&#65;", "&#0;", "&#xD83D;"),
        *("&#x110000;", "&nbsp;", "&notit;", "&eacute;", "<p>", "</p>", "<b>", "</b>", "<br>"),
        *(
            "<pre>",
            "</pre>",
            "<script>",
            "</script>",
            "<style>",
            "</style>",
            "<textarea>",
            "=",
            "='",
        ),
        *('="', "<svg>", "</svg>", "<math>", "<title>", "<plaintext>", "<template>", "<wbr>"),
        *("<a href=x>", '<img alt=">">', "<code>", "</code>", "<p/>", "<td>", "<x-y z>", "</p x>"),
    ),
    "jsonl": (
        *('"', "\\", "{", "}", "[", "]", ",", ":", "null", "true", "1e999", "-0", "NaN", "\\u"),
        *("\\ud83d", "\\ude00", "\\ud83d\\ude00", "\\u0000", "\\n", "\\/", '\\"', "\\x", "\\u00e9"),
        *(
            '"text"',
            '"text": ',
            '"text": "',
            '"id": 7, ',
            '"title": null, ',
            '{"text": ',
            "\n{",
            "}\n",
        ),
        *("9" * 5000, "[" * 3000, '{"a":' * 1500, "//", "'"),
    ),
    "csv": (
        *(
            ",",
            ";",
            "|",
            "\t",
            '"',
            '""',
            '"""',
            '",',
            ',"',
            '"\n',
            '\n"',
            '"\r',
            "\r",
            ",,,,",
            '" "',
        ),
        *("text", "id", "=1+1", "\\"),
    ),
    "warc": (
        *("WARC/1.0\r\n", "\r\n\r\n", "WARC-Type: conversion\r\n", "Content-Length: 5\r\n"),
        *("Content-Length: -1\r\n", "Content-Type: text/plain\r\n", "\r\nWARC/1.1\r\n", ": "),
    ),
}
TOKENS["json"] = (*TOKENS["jsonl"], "},{", "}, ", "[]", "[{")
TOKENS["tsv"] = TOKENS["csv"]
TOKENS["parquet"] = TOKENS["text"]

#: What a stretch of text is put into.
WRAPS: dict[str, tuple[str, ...]] = {
    "text": ("<!-- {} -->", "<!-- spinfix: off -->{}<!-- spinfix: on -->", '"{}"', "({})", "`{}`"),
    "markdown": (
        *("*{}*", "**{}**", "_{}_", "~~{}~~", "`{}`", "[{}](u)", "![{}](u)", "[{}][r]", "[{}]"),
        *(
            "\n\n> {}",
            "\n\n- {}\n- x",
            "\n\n1. {}",
            "\n\n# {}\n",
            "\n\n```\n{}\n```\n",
            "<b>{}</b>",
        ),
        *("<!-- {} -->", "\n\n| {} | a |\n|---|---|\n| b | c |\n", "\n\n{}\n===\n", "${}$", "<{}>"),
        *(
            "\n\n<div>\n{}\n</div>\n\n",
            "\n\n[r]: u '{}'\n",
            "***{}***",
            "\n\n    {}\n",
            "\n- [x] {}",
        ),
    ),
    "html": (
        *("<b>{}</b>", "<p>{}</p>", "<!-- {} -->", "<![CDATA[{}]]>", "<pre>{}</pre>", "<i>{}"),
        *("<script>{}</script>", "<a title='{}'>", '<a title="{}">', "<td>{}</td>", "{}</p>"),
        *(
            "<svg><text>{}</text></svg>",
            "<title>{}</title>",
            "<code>{}</code>",
            "<q>{}</q>",
            "<{}>",
        ),
        *(
            "<textarea>{}</textarea>",
            "<template>{}</template>",
            "<li>{}",
            "&{};",
            "<span >{}</span >",
        ),
    ),
    "jsonl": ('{{"text": "{}"}}\n', '"{}"', "[{}]", '", "x": "{}', '{{"a": {{"text": "{}"}}}}\n'),
    "csv": ('"{}"', '""{}""', ",{},", '"{}",', '\n"{}"\n', '"{}" x'),
}
WRAPS["json"] = WRAPS["jsonl"]
WRAPS["tsv"] = WRAPS["csv"]
WRAPS["parquet"] = WRAPS["warc"] = WRAPS["text"]
