"""What attackers send to the pages, or have put into the shop, and what it must not do."""

import asyncio
import csv
import gzip
import io
import re
import socket
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as Xml

import openpyxl
import pyarrow as pa
import pytest

from shopkeeper.surfaces.drawings import clean, drawing
from shopkeeper.surfaces.rest.application import make_app
from shopkeeper.surfaces.rest.door import Rules
from shopkeeper.surfaces.web.files import workbook
from shopkeeper.surfaces.web.verb_pages import QUESTIONS
from tests.surfaces.rest.conftest import Server
from tests.surfaces.rest.test_attacks import PATHS, SQL
from tests.surfaces.web.conftest import FORMULA, Visitor

PAGES = (
    "/", "/reviews", "/reviews?q=broke", "/reviews/r00000", "/reviews/r00001", "/behaviour", "/customers",
    "/recommend?customers=c1", "/recommend?product=p1", "/ask?q=<script>alert(1)</script>评价", "/data", "/proof",
    "/verbs", *(f"/verbs/{path}" for path in ("review-aspects", "review-topics", "recommend", "similar-products", "sentiment-effect")),
    "/verbs/hostile-answer?said=%3Cscript%3Ealert(1)%3C/script%3E",
)  # fmt: skip


class Elements(HTMLParser):
    """What a browser would make of a page: every element and attribute."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.scripts: list[dict[str, str | None]] = []
        self.odd: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script":
            self.scripts.append(given)
        self.odd += [f"{tag} {name}" for name in given if name.startswith("on") or name == "style"]
        address = (given.get("href") or given.get("src") or given.get("action") or "").lower()
        if tag in ("img", "object", "embed", "base") or not address.startswith(("/", "#", "?", "")):
            self.odd.append(tag)
        if re.match(r"\s*(javascript|data|vbscript|https?|//)", address):
            self.odd.append(f"{tag} {address}")


@pytest.mark.parametrize("path", PAGES)
def test_what_strangers_wrote_is_no_part_of_a_page(known: Visitor, path: str) -> None:
    reply = known.get(quote(path, safe="/?=&%"))
    assert reply.status == 200
    seen = Elements(reply.body.decode())
    assert seen.odd == []
    assert [sorted(script) for script in seen.scripts] == [["defer", "src"]]
    policy = reply.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("text", [*SQL, *PATHS])
@pytest.mark.parametrize(
    "name", ["sentiment", "aspect", "topic", "product", "q", "from", "days", "page"]
)
def test_no_filter_reaches_sql_or_a_file(known: Visitor, name: str, text: str) -> None:
    reply = known.get(f"/reviews?{name}={quote(text)}")
    assert reply.status == 200
    assert b"root:" not in reply.body


@pytest.mark.parametrize("text", [*SQL, *PATHS])
def test_no_path_leads_out_of_the_pages(known: Visitor, text: str) -> None:
    quoted = quote(text, safe="%/\\:~")
    for place in (
        "/static/",
        "/verbs/",
        "/reviews/",
        "/jobs/",
        "/data/",
        "/verbs/funnel/table.",
        "/today.",
    ):
        reply = known.get(place + quoted)
        assert reply.status in (303, 404), place
        assert b"root:" not in reply.body
    assert known.get(f"/verbs/funnel/table.csv?table={quote(text)}").status == 404
    assert known.get("/").status == 200


FORMS = ("/verbs/overview", "/recommend", "/logout", "/login", "/jobs/x/cancel")


@pytest.mark.parametrize("path", FORMS)
def test_a_form_of_another_site_is_refused(known: Visitor, guarded: Server, path: str) -> None:
    other = Visitor(guarded).seal()
    for form in ({}, {"seal": ""}, {"seal": "a.b"}, {"seal": other}):
        assert known.post(path, form).status == 403, form
    assert known.get("/").status == 200


def test_an_open_server_takes_no_form_that_another_site_sent(server: Server) -> None:
    visitor = Visitor(server)
    seal = visitor.seal("/verbs/overview")
    form = {"seal": seal, "period": "week"}
    assert visitor.post("/verbs/overview", form, Origin="https://evil.example").status == 403
    assert visitor.post("/verbs/overview", form, Sec_Fetch_Site="cross-site").status == 403
    assert visitor.get("/", Host="evil.example").status == 421
    # A link in a chat may be followed; a page of it in a frame or by a script may not.
    followed = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"}
    assert visitor.get("/", **followed, Sec_Fetch_Dest="document").status == 200
    assert visitor.get("/", **followed, Sec_Fetch_Dest="iframe").status == 403
    assert visitor.get("/v1", **followed, Sec_Fetch_Dest="document").status == 403


def test_no_form_offers_an_address_or_a_place_on_the_machine() -> None:
    offered = {field.name for question in QUESTIONS.values() for field in question.fields}
    assert offered
    assert not {name for name in offered if re.search("url|path|file|folder|hub|encoder", name)}


def test_a_chart_fetches_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.2)
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/data.json"
        chart = {"data": {"url": address}, "mark": "bar", "encoding": {"x": {"field": "a"}}}
        with pytest.raises(ValueError, match=r".*"):
            drawing(chart, title="", lang="en", width=300)
        with pytest.raises(TimeoutError):
            listening.accept()


def test_a_drawing_holds_nothing_but_what_draws() -> None:
    chart = {
        "data": {"values": [{"name": "<script>alert(1)</script>", "n": 1}]},
        "mark": {"type": "bar", "tooltip": True},
        "encoding": {"y": {"field": "name"}, "x": {"field": "n", "type": "quantitative"}},
    }
    drawn = str(drawing(chart, title='"><script>x</script>', lang="en", width=400))
    assert "<script" not in drawn
    assert " style=" not in drawn
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in drawn


def test_whatever_a_drawing_holds_only_what_draws_is_let_through() -> None:
    hostile = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink" onload="a()">'
        '<script>a()</script><a x:href="javascript:a()"><path d="M0,0" style="fill:url(//evil)" /></a>'
        '<path d="M1,1" fill="url(http://evil)" onclick="a()" aria-label="seen"/><foreignObject/>'
        '<image href="http://evil"/><rect fill="url(#g)"/></svg>'
    )
    root = Xml.fromstring(hostile)
    clean(root, "p")
    kept = Xml.tostring(root, encoding="unicode")
    assert kept == (
        '<svg xmlns="http://www.w3.org/2000/svg"><path d="M1,1"><title>seen</title></path>'
        '<rect fill="url(#p-g)" /></svg>'
    )


def test_a_live_chart_is_of_no_origin(known: Visitor) -> None:
    reply = known.get("/verbs/sentiment-effect/chart/frame")
    policy = reply.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts; default-src 'none'")
    assert "allow-same-origin" not in policy
    assert "connect-src" not in policy
    # What strangers wrote stands in a JSON element that it cannot end.
    given = reply.body.decode().split('id="given">')[1].split("</script>")[0]
    assert "<" not in given


@pytest.mark.parametrize(
    "path", ["/reviews", "/verbs/recommend/table", "/verbs/hostile-answer/table", "/data/imports"]
)
def test_no_cell_is_a_formula(known: Visitor, path: str) -> None:
    known.worked_out("hostile-answer")
    text = known.get(f"{path}.csv").body.decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert len(cells) > 10
    for cell in cells:
        assert not cell.startswith(("=", "@", "+")), cell
        assert not cell.startswith("-") or re.fullmatch(r"-[\d.]+(e-?\d+)?", cell), cell
    book = zipfile.ZipFile(io.BytesIO(known.get(f"{path}.xlsx").body))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") > 1
    assert not re.search("<f[ >]|<hyperlink|<dde", sheet)


def test_a_workbook_keeps_a_formula_as_the_text_that_it_is() -> None:
    table = pa.table(
        {
            FORMULA: [FORMULA, "http://evil.example", "+1", "a\x00b", None],
            "n": [1.5, None, float("nan"), float("inf"), 4],
        }
    )
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(table, "en"))).active
    assert [cell.value for cell in sheet["A"]][1:] == [
        FORMULA,
        "http://evil.example",
        "+1",
        "ab",
        None,
    ]
    assert sheet["A3"].hyperlink is None


def test_a_large_or_packed_form_is_not_read(visitor: Visitor) -> None:
    assert visitor.post("/login", {"name": "x" * 70_000}).status == 413
    bomb = gzip.compress(b"a=" + b"0" * 10_000_000)
    assert len(bomb) < 65_536
    packed = visitor._sent("/login", "POST", bomb, {"Content-Encoding": "gzip"})
    assert packed.status == 415


def test_a_slow_form_is_not_waited_for(hostile_shop: Path) -> None:
    door, sent = make_app(hostile_shop, rules=Rules(body_seconds=0.05)), []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(60)
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", b"127.0.0.1"), (b"content-length", b"10")]
    scope = {"type": "http", "method": "POST", "path": "/login", "query_string": b"", "headers": headers,
             "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "scheme": "http", "http_version": "1.1",
             "raw_path": b"/login", "root_path": ""}  # fmt: skip
    asyncio.run(door(scope, receive, send))
    assert sent[0]["status"] == 408


def test_ten_thousand_fields_are_not_read(known: Visitor) -> None:
    form = {f"a{number}": "" for number in range(5000)}
    assert known.post("/verbs/overview", form).status == 403
