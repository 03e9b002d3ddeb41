"""What the answer of `searches` says in words; every number in a sentence stands in a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shopkeeper.operations.behaviour.seeking.rows import (
    BOUGHT_HOURS,
    MACHINE,
    REFORMULATED_MINUTES,
    Source,
)
from shopkeeper.operations.behaviour.small_cells import SMALLEST
from shopkeeper.words import Words, counted

Row = dict[str, Any]

TITLE = Words("What people look for, and what they find", "顾客搜什么、搜到什么")
_TOLD = 3
DEFINITIONS = {
    "query": Words(
        "Words typed, in lower case with single blanks.",
        "输入的搜索词，英文转为小写，多个空格并为一个。",
    ),
    "searches": Words("Number of searches, without those of machines.", "搜索次数，不含机器。"),
    "searchers": Words(
        "Different visitors (else customers, else sessions) who searched so; empty where they are fewer than 20.",
        "搜过该词的不同访客数（无访客编号时按顾客，再无则按会话）；不足 20 位时留空。",
    ),
    "zero_share": Words(
        "Searches without a result ÷ searches whose number of results is known; 95 % Wilson interval.",
        "无结果的搜索 ÷ 已知结果数的搜索；区间为 95% Wilson 区间。",
    ),
    "clicked_share": Words(
        "Searches after which a product was clicked ÷ searches of which that is known: the product that the "
        "source names, else the first one viewed in the same session before the next search, within "
        f"{REFORMULATED_MINUTES} minutes; 95 % Wilson interval.",
        "之后点击了商品的搜索 ÷ 可以知道是否点击的搜索：来源记录的点击商品；没有记录时，取同一会话中"
        f"下一次搜索之前、{REFORMULATED_MINUTES} 分钟内最先浏览的商品；区间为 95% Wilson 区间。",
    ),
    "reformulated_share": Words(
        f"Searches without a click that another query of the same session followed within {REFORMULATED_MINUTES} "
        "minutes ÷ searches with a session (else visitor or customer); 95 % Wilson interval.",
        f"没有点击、且同一会话在 {REFORMULATED_MINUTES} 分钟内改用别的词再搜的搜索 ÷ 有会话（或访客、顾客）编号的搜索；"
        "区间为 95% Wilson 区间。",
    ),
    "bought_share": Words(
        f"Searches that an order of the same session (else visitor or customer) followed within {BOUGHT_HOURS} "
        "hours ÷ searches of which that is known; 95 % Wilson interval. It follows; it need not be the cause.",
        f"同一会话（或访客、顾客）在 {BOUGHT_HOURS} 小时内下单的搜索 ÷ 可以知道是否下单的搜索；"
        "区间为 95% Wilson 区间。只说先后，不说因果。",
    ),
    "intent": Words(
        "Number of the group of queries that mean the same, by their words and by the titles of what is "
        "clicked after them; the largest first. Empty where a query is near none.",
        "含义相近的搜索词的组号，依据词本身和之后点击的商品标题；按搜索次数从大到小。不近于任何组的为空。",
    ),
    "name": Words("Telling words of the intent.", "该意图最具区分度的词。"),
    "chinese": Words("Share of the searches that are in Chinese.", "其中中文搜索的占比。"),
    "in_catalogue": Words(
        "Largest share of the query's words that one product's title, category and brand hold.",
        "同一件商品的标题、类目、品牌所含的搜索词用字的最大占比。",
    ),
    "why": Words(
        "Why it looks not sold: no_results, at least half of the searches find nothing; no_words, no product "
        "holds any of its words and nothing was clicked. Queries with a suggestion are left out.",
        "为何看来店里没有：无结果（no_results）指至少一半的搜索无结果；无此词（no_words）指没有商品含其中任何词，也没有点击。"
        "有更正建议的不列入。",
    ),
    "suggestion": Words(
        "The query with the word that was likely meant, one slip of the keyboard away and in the catalogue, or "
        "ten times as frequent.",
        "更正后的搜索词：只差一处键误，且在商品文字中出现，或搜索次数为其十倍以上。",
    ),
    "o_bought": Words("Searches followed by an order.", "之后下单的搜索数。"),
    "o_clicked": Words("Others followed by a click.", "其余中有点击的搜索数。"),
    "o_zero": Words("Others without a result.", "其余中无结果的搜索数。"),
    "o_reformulated": Words("Others put in other words.", "其余中换词再搜的搜索数。"),
    "o_nothing": Words("All others.", "其余的搜索数。"),
}


def sentences(evidence: dict[str, list[Row]]) -> Iterator[Words]:
    """Yield what a shopkeeper should know first."""
    parts = {row["part"]: row["searches"] for row in evidence["parts"]}
    whole = next(row for row in evidence["whole"] if row["language"] == "all")
    yield Words(
        f"{counted(parts['people'], 'search', 'searches')} for {parts['queries']:,} different queries.",
        f"共 {parts['people']:,} 次搜索，{parts['queries']:,} 个不同的搜索词。",
    )
    if parts["by_machines"]:
        yield Words(
            f"Left out as made by machines: {counted(parts['by_machines'], 'search', 'searches')}.",
            f"另有 {parts['by_machines']:,} 次判为机器所搜，未计入。",
        )
    for rate, en, zh in (
        ("zero", "find nothing", "没有结果"),
        ("clicked", "lead to a click", "有点击"),
        ("reformulated", "are put in other words", "换词再搜"),
        ("bought", "are followed by an order", "之后有下单"),
    ):
        if whole.get(f"{rate}_share") is not None:
            value, low, high = (f"{whole[f'{rate}_{end}']:.1%}" for end in ("share", "low", "high"))
            yield Words(
                f"{value} of the searches {en} (95 % interval {low} to {high}).",
                f"{value} 的搜索{zh}（95% 区间 {low} 至 {high}）。",
            )
    for row in evidence["intents"][:1]:
        yield Words(
            f"Most is searched for {row['name']} ({row['share']:.1%} of the searches).",
            f"搜得最多的是{row['name']}（占搜索的 {row['share']:.1%}）。",
        )
    yield from _lists(evidence)


def _lists(evidence: dict[str, list[Row]]) -> Iterator[Words]:
    missing = evidence["not_sold"]
    if missing:
        names_en = ", ".join(f"“{row['query']}” ({row['searches']:,})" for row in missing[:_TOLD])
        names_zh = "、".join(f"“{row['query']}”（{row['searches']:,}）" for row in missing[:_TOLD])
        yield Words(
            f"Looked for and not found in the shop, most often first: {names_en}.",
            f"有人搜而店里没有的，从多到少：{names_zh}。",
        )
    slips = evidence["misspelt"]
    if slips:
        names_en = ", ".join(f"“{r['query']}” for “{r['suggestion']}”" for r in slips[:_TOLD])
        names_zh = "、".join(f"“{r['query']}”应为“{r['suggestion']}”" for r in slips[:_TOLD])
        yield Words(f"Likely misspelt: {names_en}.", f"可能打错的：{names_zh}。")


def limits(least: int, source: Source, parts: dict[str, int], searchers: int) -> tuple[Words, ...]:
    """Return what the answer cannot say."""
    said = [
        Words(
            f"A query of fewer than {searchers} searchers is counted and not written out, for it may tell who it is. Of"
            f" a query, a language or an intent that fewer than {SMALLEST} searched for, neither their number nor what they"
            " did is told, only how often it was searched and found nothing.",
            f"不足 {searchers} 人搜过的词只计数、不列出，以免透露个人信息；不足 {SMALLEST} 人搜过的词、语言或意图只给搜索次数和"
            "无结果占比，不给人数及其点击、改搜和下单。",
        ),
        Words(
            f"No share is shown of fewer than {least} searches.",
            f"不足 {least} 次搜索的不显示占比。",
        ),
        Words(
            f"More than {MACHINE} searches of one visitor in a day are taken for a machine's; slower ones stay.",
            f"同一访客一天内超过 {MACHINE} 次的判为机器；更慢的机器无法识别。",
        ),
        Words(
            "Suggestions and intents are made from spelling and clicks; look at them before you act on them.",
            "更正建议和意图分组依据拼写与点击得出，采用前请先核对。",
        ),
    ]
    if not source.link:
        said.append(
            Words(
                "Searches name no session, visitor or customer, so what followed them is not known.",
                "搜索没有会话、访客或顾客编号，因此不知道之后发生了什么。",
            )
        )
    elif not source.orders:
        said.append(
            Words(
                "No order can be joined to a search, so purchases are not known.",
                "没有订单能与搜索对应，因此不知道是否下单。",
            )
        )
    if not parts["with_results"]:
        said.append(
            Words(
                "The source does not say how many results were shown; what is not sold is told by words alone.",
                "来源没有记录结果数，因此“店里没有”只能按用词判断。",
            )
        )
    if parts["not_read"]:
        said.append(
            Words(
                f"Rare queries have no language and no intent: {counted(parts['not_read'], 'search', 'searches')}.",
                f"较少见的搜索词不分语言与意图：{parts['not_read']:,} 次搜索。",
            )
        )
    return tuple(said)
