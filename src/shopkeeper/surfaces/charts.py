"""Charts as pictures: a Vega-Lite specification becomes one SVG.

The drawing takes its colours and type from here alone, reaches no network and needs no script. The
colours are those of light paper; a page that also has a dark face maps them by `PALETTES`.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape
from typing import Any

from shopkeeper.words import localised

# Every text and mark is one of these roles; a chart that names a colour names it as PAPER["…"].
PAPER = {
    "ink": "#1f1d1a",
    "muted": "#655f56",
    "line": "#e3ddd1",
    "band": "#ecd3cc",
    "accent": "#ad3524",
    "middle": "#cfc7b8",
    "calm": "#6f7d7a",
    "ground": "#fffefb",
}
NIGHT = {
    "ink": "#ece7de",
    "muted": "#aaa397",
    "line": "#38342e",
    "band": "#5a2f27",
    "accent": "#f2907a",
    "middle": "#6b645a",
    "calm": "#93a5a1",
    "ground": "#181613",
}

FONTS = (
    "'Helvetica Neue', 'Segoe UI', Roboto, 'PingFang SC', 'Hiragino Sans GB', 'Microsoft YaHei', "
    "'Noto Sans CJK SC', 'Source Han Sans SC', 'Noto Sans SC', 'WenQuanYi Micro Hei', sans-serif"
)
_MEASURED = "Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif"

_AXIS = {
    "labelColor": PAPER["muted"],
    "titleColor": PAPER["muted"],
    "labelFontSize": 12,
    "titleFontSize": 12,
    "titleFontWeight": "normal",
    "gridColor": PAPER["line"],
    "domainColor": PAPER["line"],
    "tickColor": PAPER["line"],
    "labelPadding": 6,
    "tickSize": 4,
}
THEME: dict[str, Any] = {
    "aria": False,
    "background": None,
    "font": _MEASURED,
    "view": {"stroke": None},
    "axis": _AXIS,
    "axisY": {"domain": False, "ticks": False},
    "axisX": {"grid": False},
    "legend": {
        "orient": "top",
        "title": None,
        "labelColor": PAPER["ink"],
        "titleColor": PAPER["muted"],
        "labelFontSize": 12,
        "symbolType": "square",
        "symbolSize": 90,
        "offset": 8,
    },
    "title": {"color": PAPER["ink"], "fontSize": 14, "anchor": "start", "fontWeight": 600},
    "header": {"labelColor": PAPER["muted"], "titleColor": PAPER["muted"], "labelFontSize": 12},
    "range": {"category": [PAPER["accent"], PAPER["middle"], PAPER["calm"], PAPER["muted"]]},
    "mark": {"color": PAPER["calm"]},
    "bar": {"color": PAPER["calm"]},
    "line": {"color": PAPER["accent"], "strokeWidth": 2.2},
    "area": {"color": PAPER["band"]},
    "point": {"color": PAPER["accent"], "filled": True},
    "rule": {"color": PAPER["muted"]},
    "text": {"color": PAPER["ink"], "fontSize": 12},
}
_OPENING = re.compile(r"<svg[^>]*viewBox=\"0 0 ([\d.]+) ([\d.]+)\"[^>]*>")
_NEEDLESS = re.compile(
    r' (?:class|role|aria-hidden|aria-roledescription|pointer-events|opacity="1"|font-family)'
    r'(?:="[^"]*")?(?=[ />])'
)
_UNSEEN = re.compile(r'<text[^>]*opacity="0"[^>]*>[^<]*</text>|<path[^>]*d=""[^>]*/>')


def svg(
    chart: dict[str, Any],
    *,
    title: str,
    lang: str = "en",
    width: int | None = None,
    told: bool = False,
) -> str:
    """Draw a Vega-Lite specification as one SVG element.

    Parameters
    ----------
    chart
        The specification with its data inside; texts may be `{"en": …, "zh": …}`.
    title
        What the picture shows, for those who cannot see it.
    lang
        Language of the texts.
    width
        Width to draw for, in place of the chart's own.
    told
        Whether each mark says its values in `aria-label`.

    Returns
    -------
    str
        An `<svg>` element without script, style or address of anything outside.

    Limits
    ------
    Data named by an address is not fetched. Text is measured in a Chinese font where the machine has
    one; the reader's own font decides the look.

    Examples
    --------
    >>> bars = {
    ...     "data": {"values": [{"month": "一月", "orders": 3}]},
    ...     "mark": "bar",
    ...     "encoding": {"x": {"field": "month"}, "y": {"field": "orders", "type": "quantitative"}},
    ... }
    >>> drawing = svg(bars, title="订单", lang="zh")
    >>> "一月" in drawing, "<title>订单</title>" in drawing
    (True, True)
    """
    import vl_convert

    wanted = localised(chart, lang)
    if width is not None:
        wanted = {**wanted, "width": width, "autosize": {"type": "fit", "contains": "padding"}}
    drawn = vl_convert.vegalite_to_svg(
        wanted,
        config={**THEME, "aria": told},
        allowed_base_urls=[],
        time_format_locale=_time_locale(lang),
    )
    return _as_picture(drawn, title)


def png(chart: dict[str, Any], *, lang: str = "en") -> bytes:
    """Draw a Vega-Lite specification as a PNG on light paper, at twice its size.

    Parameters
    ----------
    chart
        As for `svg`.
    lang
        Language of the texts.
    """
    import vl_convert

    drawn: bytes = vl_convert.vegalite_to_png(
        localised(chart, lang),
        config={**THEME, "background": PAPER["ground"], "padding": 16},
        scale=2,
        allowed_base_urls=[],
        time_format_locale=_time_locale(lang),
    )
    return drawn


@cache
def _time_locale(lang: str) -> dict[str, Any]:
    import vl_convert

    return vl_convert.get_time_format_locale("zh-CN" if lang == "zh" else "en-GB")


def _as_picture(drawn: str, title: str) -> str:
    opening = _OPENING.search(drawn)
    if opening is None:
        raise ValueError("the drawing has no <svg> element with a viewBox")
    size = tuple(round(float(side)) for side in opening.groups())
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(title)}" '
        f'width="{size[0]}" height="{size[1]}" viewBox="0 0 {size[0]} {size[1]}" '
        f'font-family="{escape(FONTS)}"><title>{escape(title)}</title>'
    )
    inside = _NEEDLESS.sub("", _UNSEEN.sub("", drawn[opening.end() :]))
    return head + inside
