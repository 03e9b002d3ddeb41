"""The sections of how customers behave and of what to show them: every number is an answer's."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.operations.behaviour import funnel, paths, retention, sessions
from shopkeeper.operations.recommend import recommend
from shopkeeper.operations.segments import lifetime_value
from shopkeeper.settings import Settings
from shopkeeper.surfaces.report import write_report

START = datetime(2025, 1, 6, 9)
SCRIPT = "<script>alert(1)</script>"
TITLES = [
    "龙井茶 250 克",
    SCRIPT,
    "cup\u202egpj.exe",
    "Tea & <b>bowl</b>",
    "碗",
    "Kettle",
    "Tray",
    None,
]
CUSTOMERS, LEAST = 220, 10
LANGUAGES = ("en", "zh")
VERBS = ("funnel", "sessions", "retention", "lifetime_value", "paths", "recommend")
SECTIONS = ("behaviour", "recommend")


def bought() -> Iterator[tuple[int, int, datetime]]:
    """Yield customer, number of the purchase and time: the later begun, the rarer the third one."""
    for who in range(CUSTOMERS):
        for step in range(1 + who % 4):
            day = who * 240 // CUSTOMERS + step * (20 + who % 17)
            yield who, step, START + timedelta(days=day, minutes=who)


def tables() -> dict[str, pa.Table]:
    """Return a shop of a year in which every purchase had a visit, and many visits had none."""
    orders, items, events = [], [], []
    for who, step, at in bought():
        key, product = f"o{who}-{step}", f"p{(who + 3 * step) % len(TITLES)}"
        orders.append(
            {"order_id": key, "customer_id": f"c{who:03d}", "ordered_at": at, "ordered_on": at.date(),
             "time_zone": "Asia/Shanghai", "status": "delivered", "total": 40 + who, "currency": "CNY"}
        )  # fmt: skip
        items.append(
            {"order_id": key, "line": 1, "product_id": product, "quantity": 1, "price": 40 + who}
        )
        names = ("Product Viewed", "Product Added", "Order Completed")
        visits = [(key, names), (f"{key}x", names[: 1 + who % 2])]
        events += [
            {"name": name, "happened_at": at - timedelta(minutes=9 - place), "session_id": visit,
             "customer_id": f"c{who:03d}", "product_id": product}
            for visit, done in visits
            for place, name in enumerate(done)
        ]  # fmt: skip
    products = [{"product_id": f"p{n}", "title": title} for n, title in enumerate(TITLES)]
    made = {"orders": orders, "order_items": items, "events": events, "products": products}
    return {name: pa.Table.from_pylist(rows) for name, rows in made.items()}


def answers(settings: Settings) -> dict[str, Answer]:
    """Return what the verbs answer to the shop."""
    bare = shop_from_tables(tables(), settings=settings)
    verbs = (funnel, paths, sessions, retention, lifetime_value, recommend)
    return {verb.__name__: verb(bare) for verb in verbs}


@pytest.fixture(scope="module")
def told() -> dict[str, Answer]:
    return answers(Settings(minimum_count=LEAST))


def shop(told: dict[str, Answer], least: int = LEAST) -> Shop:
    chosen = Settings(minimum_count=least, currency="CNY")
    return shop_from_tables(tables(), settings=chosen, answers=told)


def page(made: Shop, folder: Path, lang: str) -> str:
    return write_report(made, folder / f"{lang}.html", lang=lang).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def pages(told: dict[str, Answer], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder, made = tmp_path_factory.mktemp("customers"), shop(told)
    return {lang: page(made, folder, lang) for lang in LANGUAGES}


def section(text: str, name: str) -> str:
    found = re.search(f'<section id="{name}".*?</section>', text, re.S)
    assert found is not None, name
    return found[0]


def plain(text: str) -> str:
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", text)).split())


def grids(text: str) -> list[list[list[str]]]:
    """Return the tables of a section as texts."""
    return [
        [
            [plain(cell) for cell in re.findall("<t[hd].*?</t[hd]>", row, re.S)]
            for row in re.findall("<tr>.*?</tr>", body, re.S)
        ]
        for body in re.findall("<tbody>(.*?)</tbody>", text, re.S)
    ]


def share(row: dict[str, Any], names: tuple[str, str, str] = ("share", "low", "high")) -> str:
    value, low, high = (f"{100 * row[name]:.1f}%" for name in names)
    return f"{value} {low}–{high}"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_both_sections_stand_after_the_glance_and_in_the_contents(
    pages: dict[str, str], lang: str
) -> None:
    ids = re.findall(r'<section id="(\w+)"', pages[lang])
    assert ids[2:5] == ["glance", *SECTIONS]
    contents = pages[lang][pages[lang].index("<nav") : pages[lang].index("</nav>")]
    assert all(f'href="#{name}"' in contents for name in SECTIONS)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_way_to_an_order_has_the_numbers_of_the_funnel(
    pages: dict[str, str], told: dict[str, Answer], lang: str
) -> None:
    text, rows = section(pages[lang], "behaviour"), told["funnel"].table.to_pylist()
    first, *later = grids(text)[0]
    assert first[1:] == [f"{rows[0]['count']:,}", "", "", ""]
    assert len(later) == len(rows) - 1 == 2
    for cells, row in zip(later, rows[1:], strict=True):
        previous = share(row, ("share_of_previous", "previous_low", "previous_high"))
        assert cells[1:] == [f"{row['count']:,}", f"{row['lost']:,}", share(row), previous]
    spoken = plain(text).replace(" ", "")
    for words in told["funnel"].summary:
        assert words.get(lang).replace(" ", "") in spoken
    drawing = re.search("<svg.*?</svg>", text, re.S)
    assert drawing is not None
    for row in rows:
        assert f">{100 * row['share']:.1f}%<" in drawing[0]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_who_comes_back_is_told_without_shares_of_unfinished_periods(
    pages: dict[str, str], told: dict[str, Answer], lang: str
) -> None:
    rows = {
        (row["since"].isoformat()[:7], row["age"]): row
        for row in told["retention"].table.to_pylist()
    }
    by_age = {row["age"]: row for row in told["retention"].evidence["by_age"].to_pylist()}
    whole, *lines = grids(section(pages[lang], "behaviour"))[1]
    ages = (1, 2, 3, 6, 9)
    few = {"share": None, "few": {"en": "too few", "zh": "样本太少"}[lang]}
    told = [by_age.get(age, few) for age in ages]
    assert whole[2:] == [few["few"] if row["share"] is None else share(row) for row in told]
    assert len(lines) > 5
    unfinished = hidden = 0
    for cells in lines:
        for cell, age in zip(cells[2:], ages, strict=True):
            row = rows.get((cells[0], age))
            if row is None:
                assert cell == ""
            elif row["returned"] is None:
                hidden += 1
                assert cell == "–"
            elif row["complete"]:
                assert cell == f"{100 * row['share']:.1f}%"
            else:
                unfinished += 1
                assert cell == f"{row['returned']}…"
        assert cells[1] == f"{rows[cells[0], 0]['customers']}"
    assert hidden > 1 and unfinished > 0


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sessions_and_money_are_told_in_one_line_each(
    pages: dict[str, str], told: dict[str, Answer], lang: str
) -> None:
    text = section(pages[lang], "behaviour")
    linked = re.findall(r'href="#def-sessions-([\w-]+)">([^<]+)<', text)
    known = {
        row["metric"].replace("_", "-"): row
        for row in told["sessions"].table.to_pylist()
        if row["by"] == "all"
    }
    assert dict(linked).keys() == {"sessions", *known}
    for metric, said in linked:
        row = known.get(metric, known["purchase-rate"])
        count = f"{row['sessions']:,}" if metric == "sessions" else f"{row['value']:.1f}"
        assert said.startswith(f"{100 * row['value']:.1f}%" if metric.endswith("rate") else count)
    money = [
        row
        for row in told["retention"].evidence["revenue_by_age"].to_pylist()
        if row["age"] in (1, 2, 3, 6, 9, 12) and row["per_customer"] is not None
    ][-1]
    symbol = {"en": "CN¥", "zh": "¥"}[lang]
    brought = re.findall(r'href="#def-retention-per-customer">([^<]+)<', text)
    assert brought[0] == f"{symbol}{money['per_customer']:,.2f}"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_customers_are_worth_is_held_against_the_baseline(
    pages: dict[str, str], told: dict[str, Answer], lang: str
) -> None:
    answer, text = told["lifetime_value"], section(pages[lang], "behaviour")
    known = {(row["method"], row["metric"]): row for row in answer.evidence["quality"].to_pylist()}
    cells = grids(text)[2]
    for line, metric in zip(cells[:2], ("purchases_ratio", "purchases_rmse"), strict=True):
        digits = 2 if metric.endswith("ratio") else 3
        for cell, method in zip(line[1:], ("bg_nbd", "same_again"), strict=True):
            row = known[method, metric]
            assert cell.split()[0] == f"{row['value']:.{digits}f}"
            assert f"{row['low']:.{digits}f}" in cell
            assert f"{row['high']:.{digits}f}" in cell
    values = sorted(answer.table["predicted_clv"].to_pylist(), reverse=True)
    part = sum(values[: len(values) // 10]) / sum(values)
    assert f'href="#def-worth-part">{100 * part:.1f}%<' in text
    tenth = answer.evidence["calibration"].to_pylist()[-1]
    assert tenth["tenth"] == 10
    assert f'href="#def-lifetime-value-tenth">{tenth["expected"]:.2f}<' in text
    assert f'href="#def-lifetime-value-happened">{tenth["happened"]:.2f}<' in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_dozen_customers_are_listed_with_products_and_reasons(
    pages: dict[str, str], told: dict[str, Answer], lang: str
) -> None:
    rows = told["recommend"].table.to_pylist()
    wanted = list(dict.fromkeys(row["customer_id"] for row in rows))[:12]
    lines = grids(section(pages[lang], "recommend"))[0]
    assert [cells[0] for cells in lines] == wanted
    assert len(wanted) == 12
    for cells in lines:
        best = [row for row in rows if row["customer_id"] == cells[0]][:3]
        said = " ".join(f"{row['title']} {row[f'reason_{lang}']}" for row in best)
        assert cells[1] == " ".join(said.replace("\u202e", "⟨U+202E⟩").split())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_ranking_stands_beside_popular_and_last_item(
    pages: dict[str, str], told: dict[str, Answer], lang: str
) -> None:
    found = told["recommend"].evidence["ranking_quality"].to_pylist()
    known = {row["method"]: row for row in found if row["history"] == "all"}
    lines = grids(section(pages[lang], "recommend"))[1]
    for cells, method in zip(lines, ("transitions", "popular", "last_item"), strict=True):
        row = known[method]
        assert cells[1].split()[0] == f"{row['ndcg']:.3f}"
        assert f"{row['low']:.3f}" in cells[1]
        assert cells[2].startswith(f"{100 * row['recall']:.1f}%")
        assert (cells[3] == "–") == (method == "popular")


def judged(told: dict[str, Answer], own: dict[str, float], last: dict[str, float]) -> Shop:
    """Return the shop with another outcome of the ranking."""
    answer = told["recommend"]
    changed = {"transitions": own, "last_item": last}
    rows = [row | changed.get(row["method"], {})
            for row in answer.evidence["ranking_quality"].to_pylist()]  # fmt: skip
    table = pa.Table.from_pylist(rows, schema=answer.evidence["ranking_quality"].schema)
    made = replace(answer, evidence=answer.evidence | {"ranking_quality": table})
    return shop({"recommend": made})


@pytest.mark.parametrize(
    ("ahead", "own", "last", "said"),
    [
        ((0.1, 0.05, 0.2), (0.4, 0.3), (0.2, 0.1), ("It is ahead of the popular products by 0.100",
                                                    "Its interval lies above")),
        ((0.1, -0.05, 0.2), (0.4, 0.2), (0.3, 0.1), ("It is not shown to do better than the popular",
                                                     "It is not shown to do better than what followed")),
        ((-0.1, -0.2, -0.05), (0.1, 0.0), (0.3, 0.2), ("Here the popular products do better",
                                                       "Here what followed the newest product does better")),
    ],
)  # fmt: skip
def test_the_verdict_says_what_is_shown_and_what_is_not(
    told: dict[str, Answer],
    tmp_path: Path,
    ahead: tuple[float, float, float],
    own: tuple[float, float],
    last: tuple[float, float],
    said: tuple[str, str],
) -> None:
    names = ("ahead", "ahead_low", "ahead_high")
    mine = dict(zip(names, ahead, strict=True)) | {"high": own[0], "low": own[1]}
    made = judged(told, mine, {"high": last[0], "low": last[1]})
    text = plain(section(page(made, tmp_path, "en"), "recommend"))
    assert all(one in text for one in said)
    others = ("It is ahead", "not shown to do better", "does better", "do better", "lies above")
    counts = {one: text.count(one) for one in others}
    assert sum(counts.values()) == sum(one.count(word) for one in said for word in others)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_titles_of_strangers_are_shown_and_not_obeyed(
    pages: dict[str, str], told: dict[str, Answer], lang: str
) -> None:
    text = section(pages[lang], "recommend")
    assert SCRIPT not in text
    assert "<b>bowl" not in text
    assert "\u202e" not in text
    assert "<bdi>&lt;script&gt;alert(1)&lt;/script&gt;</bdi>" in text
    assert "<bdi>cup⟨U+202E⟩gpj.exe</bdi>" in text
    who = re.findall('<th scope="row"><span title="(c[^"]+)">', text)
    rows = [row for row in told["recommend"].table.to_pylist() if row["customer_id"] in who]
    best = [row for row in rows if row["rank"] <= 3]
    assert len(best) == 36
    for row in best:
        reason = html.escape(row[f"reason_{lang}"]).replace("\u202e", "⟨U+202E⟩")
        assert f"<bdi>{reason}</bdi></a>" in text


def test_every_number_leads_to_a_definition_in_both_languages(pages: dict[str, str]) -> None:
    linked = {}
    for lang, text in pages.items():
        meant = dict(re.findall(r'<div id="(def-[\w-]+)"><dt>.+?</dt><dd>(.+?)</dd>', text))
        for name in SECTIONS:
            own = section(text, name)
            linked[lang, name] = re.findall('href="#(def-[^"]+)"', own)
            assert set(linked[lang, name]) <= meant.keys()
            free = "svg|bdi|time|caption|thead|figcaption|a|h2|h3"
            rest = re.sub(rf"<({free})\b.*?</\1>", " ", own, flags=re.S)
            assert re.findall(r"\d+", plain(rest)) == []
    for name in SECTIONS:
        assert set(linked["en", name]) == set(linked["zh", name])
    assert len(set(linked["en", "behaviour"])) > 15


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_is_said_to_cause_anything(pages: dict[str, str], lang: str) -> None:
    for name in SECTIONS:
        assert not re.search(r"\bcaus(e|ed|es|ing)\b|导致|造成", plain(section(pages[lang], name)))


def test_below_the_least_count_there_are_counts_and_no_shares(tmp_path: Path) -> None:
    few = Settings(minimum_count=100_000)
    text = page(shop(answers(few), few.minimum_count), tmp_path, "en")
    for name in SECTIONS:
        own = section(text, name)
        # The probability that one customer is still active is no share of a count.
        kept = re.sub('<a class="n" href="#def-worth-ahead">[^<]*</a>', "", own)
        assert "%" not in plain(kept)
        assert "too few" in own


@pytest.mark.parametrize("name", VERBS)
def test_a_section_says_what_it_lacks(told: dict[str, Answer], tmp_path: Path, name: str) -> None:
    made = shop({verb: answer for verb, answer in told.items() if verb != name})
    text = page(made, tmp_path, "zh")
    own = section(text, "recommend" if name == "recommend" else "behaviour")
    lines = [plain(one) for one in re.findall('<p class="missing">(.*?)</p>', own, re.S)]
    called = {"funnel": "转化漏斗", "sessions": "会话概况", "retention": "顾客留存",
              "lifetime_value": "顾客价值", "paths": "访客路径", "recommend": "给每位顾客的推荐"}  # fmt: skip
    assert lines == [f"未列出：{called[name]}。执行 shopkeeper run 即可得到。"]
    assert f'href="#def-{name.replace("_", "-")}-' not in own


def test_what_a_verb_found_wanting_is_told_and_its_numbers_are_links(tmp_path: Path) -> None:
    bare = shop({})
    refusal = {
        "fingerprint": "",
        "reason": {"en": "Only 3 <customers>.", "zh": "只有 3 位<顾客>。"},
        "enable": {"en": "Import more orders.", "zh": "请导入更多订单。"},
    }
    refused = {"lifetime_value": refusal, "recommend": refusal}
    made = replace(bare, manifest=replace(bare.manifest, refusals=refused))
    text = page(made, tmp_path, "en")
    said = plain(section(text, "behaviour"))
    assert "Not shown: what customers are worth. Only 3 <customers>. Import more orders." in said
    assert (
        "Not shown: the way to an order, what becomes of sessions, who comes back, which ways visitors take."
        in said
    )
    own = section(text, "recommend")
    assert 'href="#def-not-answered">3</a> &lt;customers&gt;' in own
    assert own.count('class="missing"') == 1


def test_a_shop_of_reviews_is_told_what_to_import(tmp_path: Path) -> None:
    made = shop_from_tables({"reviews": pa.table({"review_id": ["a"], "rating": [2.0]})})
    for lang, said in (("en", "Import events: an event log"), ("zh", "请导入行为事件")):
        text = page(made, tmp_path, lang)
        own = section(text, "behaviour")
        assert own.count('class="missing"') == 1
        assert said in plain(own)
        assert "<table>" not in own + section(text, "recommend")
