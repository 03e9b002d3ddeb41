"""Files that are written oddly lose nothing: blank lines first, late columns, bytes out of place."""

from __future__ import annotations

import json

import pytest

ROWS = "review_id,text,rating\nr1,good,5\nr2,bad,1\n,whose,3\n"
EVENT = {"event": "Product Viewed", "anonymousId": "a1", "timestamp": "2024-05-01T16:30:00Z"}
REVIEW = '{"asin":"p1","reviewerID":"A2IBPI20UZIR0U","overall":5,"summary":"s","reviewText":"%s","unixReviewTime":%d}'


@pytest.mark.parametrize("before", ["\n", "\r\n\n", ",,\r\n", "sep=,\n", "\ufeff\n"])
def test_lines_before_the_header_are_no_header_and_counted(load, before):
    imported = load(odd_csv=before + ROWS)
    file = imported.file
    assert (file.kind, file.rows_read, file.kept, file.rejected) == ("canonical_reviews", 3, 2, 1)
    assert imported.rejected()[0][0] == 4 + before.count("\n")


def test_a_column_that_only_a_late_line_has_is_read(load):
    lines = [json.dumps(EVENT | {"messageId": f"m{n}"}) for n in range(2100)]
    lines.append(json.dumps(EVENT | {"messageId": "late", "properties": {"product_id": "p9"}}))
    found = load(events_jsonl="\n".join(lines)).rows("events", "event_id", "product_id")
    assert [row for row in found if row.get("product_id")] == [
        {"event_id": "late", "product_id": "p9"}
    ]


def test_one_line_out_of_its_encoding_is_rejected_alone(load):
    good = "\n".join(REVIEW % ("质量很好，下次再来", 1_400_000_000 + n) for n in range(40)).encode()
    bad = (REVIEW % ("x", 1)).encode().replace(b'"x"', b'"\xff\xfe"')
    imported = load(odd_jsonl=good + b"\n" + bad)
    assert (imported.file.kept, imported.file.rejected) == (40, 1)
    assert imported.rejected() == [(41, "bytes that are not utf-8")]


def test_a_file_is_read_anew_after_a_setting_that_decides_its_reading(load):
    first = load(own_csv=ROWS)
    toml = first.path / "shop.toml"
    written = toml.read_text(encoding="utf-8")
    toml.write_text(written.replace('text = "mask"', 'text = "drop"'), encoding="utf-8")
    again = load(own_csv=ROWS)
    assert again.file.outcome == "imported"
    assert len(again.shop.manifest.imports) == 1
    assert all("text" not in row for row in again.rows("reviews"))
    assert load(own_csv=ROWS).file.outcome == "unchanged"


def test_people_with_names_are_not_taken_for_events(load):
    written = "user_id,name,email,timestamp\n1,Jane Doe,j@x.example,2024-05-01 10:00:00\n"
    assert load(users_csv=written).file.kind != "events"


def test_a_suggestion_that_was_corrected_is_not_overwritten(load):
    first = load(odd_csv="Menge,Preis\n1,2\n").file.mapping
    first.write_text("# corrected", encoding="utf-8")
    second = load(odd_csv="Menge,Preis\n1,2\n").file.mapping
    assert second != first
    assert first.read_text(encoding="utf-8") == "# corrected"
