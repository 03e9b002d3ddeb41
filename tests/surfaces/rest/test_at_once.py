"""What takes milliseconds is answered without a job, with what the verb itself would say."""

import csv
import io
from pathlib import Path

from shopkeeper.answer import plain_rows, spoken
from shopkeeper.data.shop import open_shop
from shopkeeper.operations.recommend import recommend
from tests.surfaces.rest.conftest import Server, arrow

ASKED = "/v1/recommend?customers=c7,nobody&k=4&lang=zh"


def test_a_customers_list_comes_at_once_and_is_the_verbs(server: Server, made_shop: Path) -> None:
    jobs = len(server.ask("/v1/jobs").document["jobs"])
    reply = server.ask(ASKED, Prefer="wait=0")
    assert reply.status == 200
    assert reply.headers["cache-control"] == "no-store"
    answer = recommend(open_shop(made_shop), customers="c7,nobody", k=4)
    assert reply.document["rows"] == plain_rows(spoken(answer.table, "zh"), 100)
    assert reply.document["summary"] == [words.zh for words in answer.summary]
    assert reply.document["limits"] == [words.zh for words in answer.limits]
    assert {row["customer_id"] for row in reply.document["rows"]} == {"c7", "nobody"}
    assert len(server.ask("/v1/jobs").document["jobs"]) == jobs


def test_it_comes_in_every_format_and_by_pages(server: Server) -> None:
    whole = server.ask(ASKED, Prefer="wait=0").document
    page = server.ask(f"{ASKED}&limit=3&offset=3", Prefer="wait=0")
    assert page.document["rows"] == whole["rows"][3:6]
    assert 'rel="next"' in page.headers["link"] and 'rel="prev"' in page.headers["link"]
    told = server.ask(ASKED, Accept="text/csv", Prefer="wait=0").body.decode("utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(told)))) == 8
    table = server.ask(f"{ASKED}&table=parts", Accept="application/vnd.apache.arrow.stream")
    assert "lists" in arrow(table)["part"].to_pylist()
    assert server.ask(f"{ASKED}&table=nothing", Prefer="wait=0").status == 404


def test_a_slip_is_told_at_once(server: Server) -> None:
    both = server.ask("/v1/recommend?customers=c7&given=p1", Prefer="wait=0")
    assert (both.status, "Both customers" in both.document["found"]) == (422, True)
    unknown = server.ask("/v1/recommend?given=q1", Prefer="wait=0")
    assert (unknown.status, "nearest known one is p" in unknown.document["do"]) == (422, True)
    assert server.ask("/v1/recommend?customers=c7&k=0", Prefer="wait=0").status == 422


def test_what_takes_longer_is_still_a_job(server: Server) -> None:
    reply = server.ask("/v1/recommend?customers=c7&method=last_item", Prefer="wait=0")
    assert (reply.status, reply.headers["location"][:9]) == (202, "/v1/jobs/")
    assert server.ask("/v1/recommend").headers["etag"]
