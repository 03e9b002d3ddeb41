"""Damage and slips: whatever a user or a bad disk can do is told in words, and never as a defect."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from shopkeeper.data.importing import import_files

REVIEWS = "review_id,product_id,rating,text,reviewed_at\n"
ORDERS = "order_id,customer_id,ordered_at,status,total,currency\n"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound shop with a rejected row, to be copied and harmed."""
    folder = tmp_path_factory.mktemp("whole")
    said = [
        f"r{n},p{n % 3},{1 + n % 5},质量很好 good {n},2025-03-{1 + n % 28:02d}" for n in range(60)
    ]
    placed = [f"o{n},c{n % 9},2025-02-{1 + n % 28:02d},paid,{n}.50,CNY" for n in range(60)]
    placed += ["bad,c1,no day,paid,1,CNY"]
    (folder / "reviews.csv").write_text(REVIEWS + "\n".join(said) + "\n", encoding="utf-8")
    (folder / "orders.csv").write_text(ORDERS + "\n".join(placed) + "\n", encoding="utf-8")
    import_files([folder / "reviews.csv", folder / "orders.csv"], folder / "shop")
    return folder


@pytest.fixture
def shop(whole: Path, tmp_path: Path) -> Path:
    shutil.copytree(whole, tmp_path / "a")
    return tmp_path / "a" / "shop"


Harm = Callable[[Path], None]


def cut(file: str) -> Harm:
    """Keep the first half of a file."""

    def harm(shop: Path) -> None:
        path = next(iter(shop.glob(file)))
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    return harm


def garble(file: str) -> Harm:
    """Overwrite the rows of a Parquet file and leave its ends."""

    def harm(shop: Path) -> None:
        path = next(iter(shop.glob(file)))
        path.write_bytes(path.read_bytes()[:4] + b"\xff" * 400 + path.read_bytes()[404:])

    return harm


def gone(folder: str) -> Harm:
    """Delete a folder."""
    return lambda shop: [shutil.rmtree(path) for path in shop.glob(folder)] and None


def written(file: str, content: str | bytes) -> Harm:
    """Write other bytes."""
    content = content.encode() if isinstance(content, str) else content

    def harm(shop: Path) -> None:
        (shop / file).parent.mkdir(exist_ok=True)
        (shop / file).write_bytes(content)

    return harm


def folder_at(file: str) -> Harm:
    """Put a folder in a file's place."""

    def harm(shop: Path) -> None:
        (shop / file).unlink(missing_ok=True)
        (shop / file).mkdir(parents=True)

    return harm


def pipe_at(file: str) -> Harm:
    """Put a pipe in a file's place."""
    return lambda shop: os.mkfifo(shop / file)


def edited(change: Callable[[dict], object]) -> Harm:
    """Change the manifest."""

    def harm(shop: Path) -> None:
        raw = json.loads((shop / "manifest.json").read_text(encoding="utf-8"))
        raw = change(raw) or raw
        (shop / "manifest.json").write_text(json.dumps(raw), encoding="utf-8")

    return harm


def nothing(shop: Path) -> None:
    """Leave the shop as it is."""


MANIFEST: dict[str, Harm] = {
    "cut": cut("manifest.json"),
    "no JSON": written("manifest.json", "tables: none"),
    "no UTF-8": written("manifest.json", b"\xff\xfe\xfa"),
    "empty": written("manifest.json", ""),
    "a list": edited(lambda raw: [raw]),
    "no imports": edited(lambda raw: raw.pop("imports") and None),
    "tables as a list": edited(lambda raw: raw.update(tables=[])),
    "rows in words": edited(lambda raw: raw["tables"]["reviews"].update(rows="many")),
    "rows beyond count": edited(lambda raw: raw["tables"]["reviews"].update(rows=10**30)),
    "rows below none": edited(lambda raw: raw["tables"]["reviews"].update(rows=-1)),
    "a folder elsewhere": edited(lambda raw: raw["tables"]["reviews"].update(folder="tables/../x")),
    "no folder": edited(lambda raw: raw["tables"]["reviews"].update(folder="")),
    "cells in words": edited(lambda raw: raw["imports"][0].update(repaired={"rating": "two"})),
    "a field too many": edited(lambda raw: raw["tables"]["reviews"].update(size=3)),
    "an import without counts": edited(lambda raw: raw["imports"][0].pop("kept") and None),
    "a refusal without words": edited(lambda raw: raw["refusals"].update(overview={"reason": 1})),
    "deep": written("manifest.json", "[" * 100_000),
}
OTHERS: list[tuple[str, Harm, str, str]] = [
    ("table gone", gone("tables/reviews/*"), "{command} {shop}", "reviews"),
    ("table cut", cut("tables/reviews/*/*.parquet"), "{command} {shop}", "reviews"),
    ("table garbled", garble("tables/reviews/*/*.parquet"), "run {shop}", "reviews"),
    ("orders garbled", garble("tables/orders/*/*.parquet"), "run {shop}", "orders"),
    ("rejected rows gone", gone("quarantine/*/*"), "check {shop}", "quarantine"),
    ("settings a folder", folder_at("shop.toml"), "{command} {shop}", "shop.toml"),
    ("settings not UTF-8", written("shop.toml", b'name = "\xb5\xea"'), "check {shop}", "shop.toml"),
    ("settings of wrong types", written("shop.toml", "privacy = 3"), "run {shop}", "shop.toml"),
    ("a list of privacy", written("shop.toml", "[[privacy]]\n"), "run {shop}", "shop.toml"),
    ("a seed too large", written("shop.toml", f"seed = {10**30}"), "run {shop}", "shop.toml"),
    ("salt a folder", folder_at("salt"), "import {more} --shop {shop}", "salt"),
    ("lock a folder", folder_at(".lock"), "import {more} --shop {shop}", "shop"),
    ("no mapping", nothing, "import {more} --shop {shop} --mapping {shop}/nope.toml", "nope.toml"),
    ("mapping a folder", nothing, "import {more} --shop {shop} --mapping {shop}/tables", "tables"),
    ("mapping a pipe", pipe_at("m.toml"), "import {more} --shop {shop} --mapping {shop}/m.toml", "m.toml"),
    ("mapping not there, new shop", nothing, "import {more} --shop {shop}2 --mapping no.toml", "no.toml"),
    ("own mapping a folder", folder_at("mappings/x.toml"), "import {more} --shop {shop}", "x.toml"),
    ("shop a file", nothing, "{command} {shop}/shop.toml", "shop.toml"),
    ("shop below a file", nothing, "{command} {shop}/shop.toml/x", "shop.toml"),
    ("import into a file", nothing, "import {more} --shop {shop}/shop.toml", "shop.toml"),
    ("import below a file", nothing, "import {more} --shop {shop}/shop.toml/x", "shop.toml"),
    ("demo below a file", nothing, "demo {shop}/shop.toml/x", "shop.toml"),
    ("report into a folder", nothing, "report {shop} --output {shop}", "shop"),
    ("report below a file", nothing, "report {shop} --output {more}/r.html", "r.html"),
    ("a pipe to import", pipe_at("in.csv"), "import {shop}/in.csv --shop {shop}2", "in.csv"),
    ("a device to import", nothing, "import /dev/null --shop {shop}2", "null"),
    ("a seed below zero", nothing, "review-sentiment {shop} --seed -1", "--seed"),
    ("an encoder that is not there", nothing,
     "review-sentiment {shop} --method encoder --encoder ./nope", "nope"),
    ("an encoder of topics that is not there", nothing,
     "review-topics {shop} --method encoder --encoder ./nope", "nope"),
]  # fmt: skip
DEFECT = ("defect", "缺陷", "SHOPKEEPER_DEBUG")


def told(command, shop: Path, line: str, named: str, lang: str) -> None:
    """Run a command line; it must be answered in words that name what is wrong."""
    more = shop.parent / "orders.csv"
    words = [word.format(shop=shop, more=more) for word in line.split()]
    done = command(*words, "--lang", lang)
    text = done.out + done.err
    assert done.code in (2, 3, 5), text
    assert not [word for word in DEFECT if word in text], text
    assert named in text
    assert (lang == "zh") == any("\u4e00" <= letter <= "\u9fff" for letter in done.err + done.out)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("harm", MANIFEST.values(), ids=MANIFEST)
def test_a_damaged_manifest_is_named(command, shop: Path, harm: Harm, lang: str) -> None:
    harm(shop)
    for line in ("check {shop}", "run {shop}", "report {shop}", "import {more} --shop {shop}"):
        told(command, shop, line, "manifest.json", lang)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    ("harm", "line", "named"), [case[1:] for case in OTHERS], ids=[case[0] for case in OTHERS]
)
def test_damage_and_slips_are_told_in_words(
    command, shop: Path, harm: Harm, line: str, named: str, lang: str
) -> None:
    harm(shop)
    for name in ("check", "run", "report", "review-sentiment") if "{command}" in line else ("",):
        told(command, shop, line.replace("{command}", name), named, lang)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_broken_link_is_told_in_words(command, shop: Path, lang: str) -> None:
    (shop / "link.csv").symlink_to(shop / "nowhere.csv")
    told(command, shop, "import {shop}/link.csv --shop {shop}2", "link.csv", lang)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_name_that_is_no_text_is_told_in_words(command, shop: Path, lang: str) -> None:
    told(command, shop, "import b\udcff.csv --shop {shop}", "UTF-8", lang)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_file_in_a_folder_whose_name_is_no_text_is_told_in_words(
    command, shop: Path, lang: str
) -> None:
    (shop.parent / "b\udcff.csv").write_text(ORDERS, encoding="utf-8")
    told(command, shop, "import {shop}/.. --shop {shop}2", "UTF-8", lang)


def test_more_rows_than_there_can_be_are_all_rows(command, shop: Path) -> None:
    done = command("check", shop, "--rows", 10**30)
    assert done.code == 0
    assert "more row" not in done.out


def test_damage_leaves_the_shop_as_it_was(command, shop: Path) -> None:
    cut("tables/orders/*/*.parquet")(shop)
    before = (shop / "manifest.json").read_bytes()
    later = shop.parent / "later.csv"
    later.write_text(ORDERS + "z1,c1,2025-05-01,paid,3,CNY\n", encoding="utf-8")
    assert command("import", later, "--shop", shop).code == 3
    assert (shop / "manifest.json").read_bytes() == before


def test_a_report_makes_the_folder_that_it_goes_into(command, shop: Path, tmp_path: Path) -> None:
    target = tmp_path / "new" / "deep" / "r.html"
    assert command("report", shop, "--output", target).code == 0
    assert target.is_file()
