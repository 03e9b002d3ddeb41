"""No raw name, e-mail, phone, address or IP of a planted set is anywhere in the shop's folder."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

FILES = Path(__file__).parent / "files"
NAME, NICKNAME, EMAIL = "Zelda Quixote", "欧阳小满", "zelda.quixote@private.example"
PHONE, MOBILE = "(415) 555-0199", "13812349876"
ADDRESS, IP, IPV6 = "742 Evergreen Terrace", "203.0.113.199", "2001:db8:85a3::8a2e:370:7334"
PLANTED = (
    "zelda",
    "quixote",
    "小满",
    "private.example",
    "555-0199",
    "13812349876",
    "evergreen",
    "203.0.113.199",
    "85a3::8a2e",
)
NOTE = f"write {EMAIL} or call {PHONE} / {MOBILE}, from {IP} or {IPV6}"
URL = f"https://shop.example.com/u/{EMAIL.replace('@', '%40')}/cart?email={EMAIL}&ip={IP}"
# What stands in a column of that name, whatever the platform.
CELLS = {
    "Email": EMAIL, "Phone": MOBILE, "Billing Name": NAME, "Shipping Name": NAME, "Billing Street": ADDRESS,
    "Shipping Address1": ADDRESS, "Shipping Phone": PHONE, "Notes": NOTE, "Note Attributes": NOTE,
    "First Name": "Zelda", "Last Name": "Quixote", "Default Address Address1": ADDRESS, "Default Address Phone": PHONE,
    "买家会员名": NICKNAME, "买家支付宝账号": EMAIL, "买家留言": NOTE, "收货人姓名": NICKNAME,
    "收货地址": f"浙江省 杭州市 西湖区 {ADDRESS}", "联系电话": PHONE, "联系手机": f"'{MOBILE}", "订单备注": NOTE,
    "reviewer_name": NAME, "reviewer_email": EMAIL, "ip_address": IP, "reply": NOTE, "body": NOTE,
    "reviewerName": NAME, "reviewText": NOTE, "summary": NOTE, "review_comment_title": NOTE,
    "review_comment_message": NOTE, "text": NOTE, "Tags": NOTE, "tags": NOTE, "note": NOTE, "name": NAME,
    "email": EMAIL, "phone": PHONE, "address": ADDRESS, "ip": IP, "reply_text": NOTE, "query": NOTE, "page": URL,
}  # fmt: skip


def leaks(shop: Path) -> set[str]:
    """The planted values that occur in any file of the folder, Parquet read cell by cell."""
    found: set[str] = set()
    for path in shop.rglob("*"):
        if not path.is_file():
            continue
        texts = [str(path), path.read_bytes().decode("utf-8", errors="replace")]
        if path.suffix == ".parquet":
            texts += [json.dumps(pq.read_table(path).to_pylist(), default=str, ensure_ascii=False)]
        found |= {
            f"{path.name}: {value}" for value in PLANTED for text in texts if value in text.lower()
        }
    return found


def planted_csv(name: str) -> str:
    """A file of `files/` with personal values in every cell that can hold them, kept and rejected."""
    records = list(csv.DictReader(io.StringIO((FILES / name).read_text(encoding="utf-8-sig"))))
    out = io.StringIO()
    writer = csv.DictWriter(out, list(records[0]))
    writer.writeheader()
    for record in records:
        writer.writerow(
            {
                key: CELLS.get(key.strip(), cell) if key.strip() in CELLS else cell
                for key, cell in record.items()
            }
        )
    # A line with a cell too many, and one that is cut off inside a quoted cell.
    line = ",".join(f'"{CELLS.get(key.strip(), "x")}"' for key in records[0])
    return out.getvalue() + line + ',"more"\r\n' + line[:-3]


@pytest.mark.parametrize(
    "name", sorted(path.name for path in FILES.glob("*.csv") if "retailrocket" not in path.name)
)
def test_no_planted_value_is_stored_from_a_csv(load, name):
    imported = load(planted_csv=planted_csv(name))
    assert (imported.file.outcome, imported.file.kind) == ("imported", name.split(".")[0])
    assert imported.file.kept > 0
    assert imported.file.rejected >= 1
    assert leaks(imported.path) == set()


@pytest.mark.parametrize("name", sorted(path.name for path in FILES.glob("*.jsonl")))
def test_no_planted_value_is_stored_from_json_lines(load, name):
    lines = [
        json.loads(line)
        for line in (FILES / name).read_text(encoding="utf-8").splitlines()
        if line.endswith("}")
    ]
    # The name of a business or of an event is nobody's.
    kept = () if name == "yelp_users.jsonl" else ("name",)
    written = [
        json.dumps(
            {
                key: CELLS.get(key, cell)
                if isinstance(cell, (str, type(None))) and key not in kept
                else cell
                for key, cell in line.items()
            },
            ensure_ascii=False,
        )
        for line in lines
    ]
    imported = load(planted_jsonl="\n".join([*written, written[0][:-9]]))
    assert imported.file.kind == name.split(".")[0]
    assert imported.file.rejected >= 1
    assert leaks(imported.path) == set()


def test_no_planted_value_is_stored_from_events(load):
    event = {
        "type": "track", "event": "Products Searched", "messageId": "m1", "userId": EMAIL, "anonymousId": MOBILE,
        "timestamp": "2024-05-01T16:30:00Z",
        "properties": {"query": NOTE, "email": EMAIL, "name": NAME, "url": URL, "$ip": IP},
        "context": {"ip": IP, "page": {"url": URL, "path": f"/u/{EMAIL}"}, "traits": {"name": NAME, "address": ADDRESS}},
    }  # fmt: skip
    lines = [
        json.dumps(event),
        json.dumps(event | {"messageId": "m2", "timestamp": f"when {PHONE} calls"}),
        json.dumps(event | {"messageId": "m3", "userId": NAME}),
        json.dumps(event)[:-5],
    ]
    imported = load(events_jsonl="\n".join(lines))
    assert (imported.file.kept, imported.file.rejected) == (2, 2)
    assert leaks(imported.path) == set()


def test_no_planted_value_is_stored_from_canonical_or_mapped_files(load, tmp_path):
    columns = ["customer_id", "name", "email", "phone", "address", "tags", "city"]
    row = [EMAIL, NAME, EMAIL, PHONE, ADDRESS, "", "杭州"]
    imported = load(
        customers_csv=",".join(columns)
        + "\n"
        + ",".join(row)
        + "\n"
        + ",".join(["", *row[1:]])
        + "\n"
    )
    assert (imported.file.kind, imported.file.kept, imported.file.rejected) == (
        "canonical_customers",
        1,
        1,
    )
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        'table = "reviews"\n[columns]\ntext = "评价"\ncustomer_id = "昵称"\nreviewed_at = "时间"\n',
        encoding="utf-8",
    )
    written = f'评价,昵称,时间,手机\n"{NOTE}",{NICKNAME},2024-01-01,{MOBILE}\n"{NOTE}",{NAME},x,{MOBILE}\n'
    mapped = load(mapped_csv=written, mapping=mapping)
    assert (mapped.file.kind, mapped.file.kept) == ("mapping_reviews", 2)
    assert leaks(mapped.path) == set()


def test_no_planted_value_is_in_the_suggestion_for_an_unknown_file(load):
    written = f"评价内容,昵称,{EMAIL}\n{NOTE.replace(',', '')},{NICKNAME},{IP}\n"
    imported = load(unknown_csv=written)
    assert imported.file.outcome == "unrecognised"
    assert imported.file.mapping.is_file()
    assert leaks(imported.path) == set()


def test_a_person_is_one_pseudonym_here_and_another_in_the_next_shop(load, tmp_path):
    from shopkeeper.data.importing import import_files
    from shopkeeper.data.shop import open_shop

    here = {row["customer_id"] for row in load("shopify_orders.csv").rows("orders")}
    import_files([FILES / "shopify_orders.csv"], tmp_path / "other")
    there = set(open_shop(tmp_path / "other").orders.to_pyarrow()["customer_id"].to_pylist())
    assert len(here) == len(there) == 3
    assert not here & there
