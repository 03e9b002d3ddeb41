"""What a running server refuses, and how it says so."""

import json
from pathlib import Path

import pytest

from shopkeeper import errors
from shopkeeper.surfaces.rest import problems
from tests.surfaces.rest.conftest import Reply, Server


def told(reply: Reply, status: int) -> dict[str, object]:
    """The problem document, which must be whole."""
    assert reply.status == status, reply.body
    assert reply.headers["content-type"] == "application/problem+json"
    document: dict[str, object] = reply.document
    assert document["status"] == status
    for name in ("type", "title", "detail", "asked", "found", "do", "request_id"):
        assert document[name], name
    return document


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/v1/overview?period=year", "period: it should be 'month', 'week' or 'day'."),
        ("/v1/overview?periods=week", "periods: there is no such parameter."),
        ("/v1/overview?limit=0", "limit: it should be at least 1."),
        ("/v1/overview?limit=10001", "limit: it should be at most 10000."),
        ("/v1/overview?limit=ten", "limit: it should be a whole number."),
        ("/v1/overview?offset=-1", "offset: it should be at least 0."),
        ("/v1/overview?chart=maybe", "chart: it should be true or false."),
        ("/v1/overview?lang=fr", "lang: it should be 'en' or 'zh'."),
        ("/v1/review-sentiment?accuracy=nan", "accuracy: it should be a finite number."),
        ("/v1/review-sentiment?seed=99999999999", "seed: it should be at most 4294967295."),
        ("/v1/hostile-answer?said=%00", "said: it holds signs that cannot be used."),
        ("/v1/hostile-answer?said=a%E2%80%AEb", "said: it holds signs that cannot be used."),
        ("/v1/hostile-answer?said=" + "a" * 8001, "said: it is longer than 8000 characters."),
    ],
)
def test_a_value_that_cannot_be_used_is_named(server: Server, path: str, found: str) -> None:
    document = told(server.ask(path), 422)
    assert document["found"] == found
    chinese = told(server.ask(path, Accept_Language="zh"), 422)
    assert chinese["found"] != found
    assert str(chinese["detail"]).endswith("。")


def test_an_unknown_address_table_or_method_is_told(server: Server) -> None:
    told(server.ask("/v1/nothing"), 404)
    document = told(server.ask("/v1/overview?table=nothing"), 404)
    assert "by_period" in str(document["do"])
    refused = server.ask("/v1/overview", "DELETE")
    told(refused, 405)
    assert refused.headers["allow"] == "GET, HEAD, POST"
    told(server.ask("/v1/overview", Accept="image/png"), 406)
    told(server.ask("/v1/jobs/nothing"), 404)


def test_a_shop_that_lacks_the_data_says_what_would_enable_it(server: Server) -> None:
    document = told(server.ask("/v1/wanting-answer"), 409)
    assert document["type"] == "urn:shopkeeper:problem:missing-data"
    assert document["do"] == "Import articles."
    assert told(server.post("/v1/wanting-answer"), 409)["do"] == "Import articles."


def test_what_a_verb_refuses_is_told_in_its_own_words(server: Server) -> None:
    document = told(server.ask("/v1/failing-answer", Prefer="wait=30"), 422)
    assert (document["asked"], document["found"], document["do"]) == ("Asked.", "Found.", "Do.")
    chinese = server.ask("/v1/failing-answer", Prefer="wait=30", Accept_Language="zh")
    assert told(chinese, 422)["detail"] == "要求。发现。处理。"


def test_a_defect_of_a_verb_is_told_without_what_it_says(server: Server) -> None:
    document = told(server.ask("/v1/failing-answer?how=breaks", Prefer="wait=30"), 500)
    assert "ZeroDivisionError" in str(document["found"])
    assert "13800138000" not in json.dumps(document)
    assert "13800138000" not in server.log.read_text()


def test_a_verb_whose_process_dies_takes_nothing_with_it(server: Server) -> None:
    document = told(server.ask("/v1/failing-answer?how=dies", Prefer="wait=30"), 500)
    assert "ended without an answer" in str(document["found"])
    assert server.ask("/v1/overview").status == 200


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 422),
        (b"[" * 30_000, "application/json", 400),
        (b"[]", "application/json", 422),
        (b'{"period": "year"}', "application/json", 422),
        (b'{"nothing": 1}', "application/json", 422),
        (b'{"period": "week"}', "text/plain", 422),
        (b'{"period": "\xff"}', "application/json", 400),
    ],
)
def test_a_body_that_cannot_be_used_is_refused(
    server: Server, body: bytes, kind: str, status: int
) -> None:
    told(server.ask("/v1/overview", "POST", body, Content_Type=kind), status)


def test_a_damaged_answer_and_a_shop_that_is_gone_are_told(own_shop: Path, tmp_path: Path) -> None:
    from tests.surfaces.rest.conftest import served

    with served(own_shop, tmp_path / "log") as server:
        assert server.ask("/v1/overview").status == 200
        for file in own_shop.glob("answers/review_sentiment/*/table.parquet"):
            file.write_bytes(b"PAR1")
        document = told(server.ask("/v1/review-sentiment"), 503)
        assert "damaged" in str(document["found"])
        (own_shop / "manifest.json").rename(own_shop / "manifest.away")
        told(server.ask("/v1/overview"), 503)
        told(server.ask("/ready"), 503)
        assert server.ask("/health").status == 200
        (own_shop / "manifest.away").rename(own_shop / "manifest.json")
        assert server.ask("/v1/overview").status == 200


def test_every_error_has_a_status_and_every_status_a_title() -> None:
    kinds = [kind for name, kind in vars(errors).items() if name.endswith("Error")]
    words = problems.TITLES[404]
    statuses = {problems.status_of(kind(words, words, words)) for kind in kinds}
    assert statuses == {409, 422, 500, 502, 503}
    assert statuses <= problems.TITLES.keys()
    assert problems.document_of(errors.ShopBusyError(words, words, words), 503, "zh")["type"] == (
        "urn:shopkeeper:problem:shop-busy"
    )
