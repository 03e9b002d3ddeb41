"""Every route of a running server, and what it answers in each format and language."""

import csv
import gzip
import io
import json
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pytest

from shopkeeper.data.shop import open_shop
from shopkeeper.surfaces.verbs import VERBS, Verb
from tests.surfaces.rest.conftest import Server, arrow

STORED = [verb for verb in VERBS if not verb.by_hand]
ADDRESSES = {verb.name: f"/v1/{verb.name.replace('_', '-')}" for verb in VERBS}


@pytest.mark.parametrize("verb", STORED, ids=lambda verb: verb.name)
def test_a_stored_answer_is_given_at_once(server: Server, made_shop: Path, verb: Verb) -> None:
    reply = server.ask(ADDRESSES[verb.name])
    stored = open_shop(made_shop).answer(verb.name)
    assert stored is not None
    assert reply.status == 200
    assert reply.document["title"] == stored.title.en
    assert reply.document["total"] == stored.table.num_rows
    assert len(reply.document["rows"]) == min(100, stored.table.num_rows)
    assert reply.document["evidence"] == {k: t.num_rows for k, t in stored.evidence.items()}
    assert "chart" not in reply.document


def test_the_index_lists_every_verb_with_its_state(server: Server) -> None:
    document = server.ask("/v1").document
    states = {item["verb"]: item for item in document["verbs"]}
    assert set(states) >= {verb.name for verb in VERBS}
    assert all(states[verb.name]["state"] == "answered" for verb in STORED)
    assert states["slow_answer"]["state"] == "not asked yet"
    wanting = states["wanting_answer"]
    assert (wanting["state"], wanting["enable"]) == ("missing data", "Import articles.")
    assert states["overview"]["address"] == "/v1/overview"


def test_texts_are_in_the_language_asked_for(server: Server) -> None:
    english = server.ask("/v1/overview", Accept_Language="fr, en;q=0.9, zh;q=0.1")
    by_header = server.ask("/v1/overview", Accept_Language="zh-CN, en;q=0.5")
    by_query = server.ask("/v1/overview?lang=zh", Accept_Language="en")
    assert english.document["title"] == "The shop by month"
    assert by_header.document == by_query.document != english.document
    assert by_query.document["title"] == "店铺经营概览（按月）"
    assert by_query.headers["content-language"] == "zh"
    assert "Accept-Language" in by_query.headers["vary"]


def test_pages_hold_every_row_once_and_lead_to_one_another(server: Server) -> None:
    rows, path = [], "/v1/hostile-answer?table=many&limit=5000"
    assert server.ask(path, Prefer="wait=30").status == 200
    seen = []
    while path:
        reply = server.ask(path)
        rows += [row["n"] for row in reply.document["rows"]]
        seen.append(len(reply.document["rows"]))
        links = {
            part.split('rel="')[1].rstrip('"'): part.split(">")[0].strip(" <")
            for part in reply.headers.get("link", "").split(", ")
            if part
        }
        assert ("prev" in links) == (len(seen) > 1)
        path = links.get("next", "")
    assert rows == list(range(12_345))
    assert seen == [5000, 5000, 2345]
    assert server.ask("/v1/hostile-answer?table=many&offset=99999").document["rows"] == []


def test_an_answer_that_the_asker_has_is_not_sent_again(server: Server) -> None:
    first = server.ask("/v1/overview")
    again = server.ask("/v1/overview", If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    whatever = server.ask("/v1/overview?table=by_period", If_None_Match="*")
    assert whatever.status == 304
    assert server.ask("/v1/overview?table=nothing", If_None_Match="*").status == 404
    tags = {
        server.ask(path, **headers).headers["etag"]
        for path, headers in (
            ("/v1/overview", {}),
            ("/v1/overview?lang=zh", {}),
            ("/v1/overview?limit=3", {}),
            ("/v1/overview?offset=1", {}),
            ("/v1/overview?chart=true", {}),
            ("/v1/overview?table=by_period", {}),
            ("/v1/overview", {"Accept": "text/csv"}),
            ("/v1/review-sentiment", {}),
        )
    }
    assert len(tags) == 8


def test_an_answer_is_compressed_for_whoever_takes_that(server: Server) -> None:
    plain = server.ask("/v1/overview")
    packed = server.ask("/v1/overview", Accept_Encoding="br, gzip")
    refused = server.ask("/v1/overview", Accept_Encoding="gzip;q=0, identity")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body == refused.body
    assert len(packed.body) < len(plain.body)
    table = server.ask("/v1/review-sentiment", Accept="text/csv")
    zipped = server.ask("/v1/review-sentiment", Accept="text/csv", Accept_Encoding="gzip")
    assert gzip.decompress(zipped.body) == table.body


def test_a_table_comes_as_csv_that_no_spreadsheet_runs(server: Server) -> None:
    assert server.ask("/v1/hostile-answer", Prefer="wait=30").status == 200
    reply = server.ask("/v1/hostile-answer?lang=zh", Accept="text/csv")
    assert reply.headers["content-type"].startswith("text/csv")
    assert reply.headers["content-disposition"].endswith('filename="hostile-answer-table.csv"')
    # Without the mark Excel takes the Chinese for signs of another code page.
    assert reply.body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(reply.body.decode("utf-8-sig"), newline="")))
    cells = [row["cell"] for row in rows]
    assert cells[0] == "'=cmd|' /C calc'!A0"
    assert cells[1:] == ["'@SUM(1)", "<script>alert(1)</script>", 'a,b\n"c"', "'＝1+1", "'-2 stars", "好"]  # fmt: skip
    assert [row["n"] for row in rows[:3]] == ["-1.5", "", "2.0"]
    assert {row["what"] for row in rows} == {"延迟"}


def test_a_table_comes_as_arrow_with_its_types(server: Server, made_shop: Path) -> None:
    reply = server.ask("/v1/review-sentiment", Accept="application/vnd.apache.arrow.stream")
    stored = open_shop(made_shop).answer("review_sentiment")
    assert stored is not None
    assert arrow(reply).equals(stored.table)
    page = server.ask("/v1/review-sentiment?offset=7&limit=5", Accept="application/vnd.apache.*, application/vnd.apache.arrow.stream")  # fmt: skip
    assert arrow(page).equals(stored.table.slice(7, 5))
    none = server.ask("/v1/hostile-answer?table=none", Accept="application/vnd.apache.arrow.stream", Prefer="wait=30")  # fmt: skip
    assert arrow(none).schema == pa.schema([("n", pa.int64())])


def test_json_holds_no_number_that_json_has_not(server: Server) -> None:
    reply = server.ask("/v1/hostile-answer", Prefer="wait=30")
    rows = json.loads(reply.body, parse_constant=pytest.fail)["rows"]
    assert rows[-1]["n"] is None
    assert rows[2]["cell"] == "<script>alert(1)</script>"
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["x-content-type-options"] == "nosniff"


def test_the_chart_comes_when_it_is_wanted(server: Server) -> None:
    reply = server.ask("/v1/hostile-answer?chart=true&lang=zh", Prefer="wait=30")
    assert reply.document["chart"] == {"mark": "bar", "title": "柱"}


def test_health_readiness_and_figures(server: Server) -> None:
    assert server.ask("/health").document == {"status": "ok"}
    end = time.monotonic() + 300
    while (ready := server.ask("/ready").document)["pages"] != "made":
        assert ready["pages"] == "being made"
        assert time.monotonic() < end
        time.sleep(0.2)
    assert ready["status"] == "ready"
    assert server.ask("/nowhere").status == 404
    figures = server.ask("/metrics").body.decode()
    assert 'shopkeeper_requests_total{method="GET",route="/health",status="200"}' in figures
    assert 'shopkeeper_requests_total{method="GET",route="(none)",status="404"}' in figures
    assert "nowhere" not in figures
    assert 'shopkeeper_jobs{state="running"}' in figures
    assert "shopkeeper_shop_version " in figures


def test_a_request_keeps_its_id_and_gets_one_where_it_has_none(server: Server) -> None:
    assert server.ask("/health", X_Request_ID="abc-1").headers["x-request-id"] == "abc-1"
    made = server.ask("/health", X_Request_ID="a b{}" * 50).headers["x-request-id"]
    assert len(made) == 24
    problem = server.ask("/v1/nowhere", X_Request_ID="abc-2").document
    assert problem["request_id"] == "abc-2"


def test_every_parameter_is_described_from_the_signature(server: Server) -> None:
    document = server.ask("/openapi.json").document
    assert document["openapi"].startswith("3.1")
    for verb in VERBS:
        for method in ("get", "post"):
            operation = document["paths"][ADDRESSES[verb.name]][method]
            assert operation["summary"].startswith(verb.title.en)
            assert operation["description"]
            assert {"200", "202", "401", "409", "422", "429"} <= set(operation["responses"])
        parameters = document["paths"][ADDRESSES[verb.name]]["get"]["parameters"]
        assert all(item["description"] and item["schema"].get("type") for item in parameters)
    parameters = document["paths"]["/v1/review-topics"]["get"]["parameters"]
    source = next(item["schema"] for item in parameters if item["name"] == "source")
    assert source["enum"] == ["reviews", "searches", "messages"]
    assert source["default"] == "reviews"


def test_the_server_loads_its_parts_only_when_it_serves() -> None:
    code = (
        "import sys\n"
        "from shopkeeper.surfaces.cli import main\n"
        "try:\n    main(['serve', '--help'])\n"
        "finally:\n    print(sorted({'fastapi', 'uvicorn', 'pydantic', 'pyarrow'} & set(sys.modules)), file=sys.stderr)"
    )  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "--host" in done.stdout
    assert done.stderr.strip() == "[]"
