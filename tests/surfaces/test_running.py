"""Running: what has not changed is not done again, and what is done is stored whole."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop, open_shop
from shopkeeper.data.store import Version, create_shop, writing
from shopkeeper.errors import ArtifactError, MissingDataError
from shopkeeper.surfaces import running
from shopkeeper.surfaces.running import run
from shopkeeper.surfaces.verbs import Need, Verb
from shopkeeper.words import Words

ENABLE = Words("Import orders.", "请导入订单。")
calls: list[str] = []


def plain(shop: Shop, *, repeats: int = 2) -> Answer:
    calls.append("plain")
    table = pa.table({"n": [repeats] * repeats})
    return Answer(verb="plain", title=Words("Plain", "简单"), table=table, method="direct")


def upon(shop: Shop) -> Answer:
    calls.append("upon")
    below = shop.answer("plain")
    assert below is not None
    return Answer(verb="upon", title=Words("Upon", "其上"), table=below.table, method="direct")


def refusing(shop: Shop) -> Answer:
    calls.append("refusing")
    raise MissingDataError(
        Words("Asked.", "要求。"),
        Words("Ten reviews are too few.", "10 条评价太少。"),
        Words("Import more reviews.", "请导入更多评价。"),
    )


def failing(shop: Shop) -> Answer:
    calls.append("failing")
    raise ArtifactError(Words("A.", "甲。"), Words("Found.", "发现。"), Words("Do.", "处理。"))


def broken(shop: Shop) -> Answer:
    raise ZeroDivisionError


def verb(
    function: Callable[..., Answer],
    *answers: str,
    table: str = "sellers",
    reads: tuple[str, ...] = (),
) -> Verb:
    need = Need((table,), ENABLE)
    title = Words(function.__name__, "题")
    return Verb(function.__name__, __name__, title, (need,), reads or (table,), answers)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = create_shop(tmp_path / "店铺 shop")
    add_table(path, "sellers", pa.table({"seller_id": ["s1", "s2"]}))
    calls.clear()
    return path


def add_table(path: Path, name: str, data: pa.Table) -> None:
    with writing(path) as writer:
        folder = writer.folder("tables", name)
        pq.write_table(data, folder / "part-0.parquet")
        version = Version(writer.relative(folder), data.num_rows)
        manifest = writer.manifest
        writer.commit(manifest.replaced(tables=manifest.tables | {name: version}))


def use(monkeypatch: pytest.MonkeyPatch, *verbs: Verb) -> None:
    monkeypatch.setattr(running, "VERBS", verbs)


def outcomes(path: Path, *, again: bool = False) -> dict[str, str]:
    return {step.verb: step.outcome for step in run(path, again=again)}


def test_a_second_run_does_nothing(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, verb(plain), verb(upon, "plain"))
    assert outcomes(shop) == {"plain": "answered", "upon": "answered"}
    before = (shop / "manifest.json").read_bytes()
    assert outcomes(shop) == {"plain": "unchanged", "upon": "unchanged"}
    assert calls == ["plain", "upon"]
    assert (shop / "manifest.json").read_bytes() == before


def test_a_new_version_of_a_table_redoes_what_reads_it_and_what_stands_upon_that(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = verb(refusing, table="places")
    use(monkeypatch, verb(plain), verb(upon, "plain", reads=("places",), table="sellers"), other)
    run(shop)
    calls.clear()
    add_table(shop, "sellers", pa.table({"seller_id": ["s3"]}))
    assert outcomes(shop) == {"plain": "answered", "upon": "answered", "refusing": "skipped"}
    assert calls == ["plain", "upon"]


def test_an_answer_whose_folder_is_gone_is_answered_again(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, verb(plain))
    run(shop)
    shutil.rmtree(shop / "answers")
    assert outcomes(shop) == {"plain": "answered"}
    assert open_shop(shop).answer("plain") is not None


@pytest.mark.parametrize("name", ["answer.json", "table.parquet"])
def test_a_damaged_answer_is_named_with_what_mends_it(
    shop: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    use(monkeypatch, verb(plain))
    run(shop)
    (file,) = (shop / "answers").rglob(name)
    file.write_bytes(b"{")
    with pytest.raises(ArtifactError, match=r"answers/plain/v\d+.*--again"):
        open_shop(shop).answer("plain")
    assert outcomes(shop, again=True) == {"plain": "answered"}
    assert open_shop(shop).answer("plain") is not None


def test_a_table_that_no_verb_reads_redoes_nothing(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, verb(plain))
    run(shop)
    add_table(shop, "categories", pa.table({"category": ["茶"], "language": ["zh"]}))
    assert outcomes(shop) == {"plain": "unchanged"}


def test_a_setting_that_changes_numbers_redoes_and_the_language_does_not(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, verb(plain))
    run(shop)
    toml = (shop / "shop.toml").read_text(encoding="utf-8")
    (shop / "shop.toml").write_text(
        toml.replace('language = "en"', 'language = "zh"'), encoding="utf-8"
    )
    assert outcomes(shop) == {"plain": "unchanged"}
    (shop / "shop.toml").write_text(toml.replace("seed = 0", "seed = 7"), encoding="utf-8")
    assert outcomes(shop) == {"plain": "answered"}


def test_a_new_version_of_the_package_redoes(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, verb(plain))
    run(shop)
    monkeypatch.setattr(running, "__version__", "9.9.9")
    assert outcomes(shop) == {"plain": "answered"}


def test_again_redoes_everything(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, verb(plain))
    run(shop)
    assert outcomes(shop, again=True) == {"plain": "answered"}


def test_a_verb_without_its_tables_is_skipped_and_says_what_would_enable_it(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, verb(plain, table="orders"))
    (step,) = run(shop)
    assert step.outcome == "skipped"
    assert step.to_dict("zh") == {
        "verb": "plain",
        "outcome": "skipped",
        "reason": "以下表没有数据：订单。",
        "enable": "请导入订单。",
    }
    assert calls == []


def test_a_refusal_is_remembered_until_the_data_changes(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, verb(refusing))
    first, second = run(shop)[0], run(shop)[0]
    assert first == second
    assert first.reason == Words("Ten reviews are too few.", "10 条评价太少。")
    assert calls == ["refusing"]
    add_table(shop, "sellers", pa.table({"seller_id": ["s9"]}))
    run(shop)
    assert calls == ["refusing", "refusing"]


def test_a_refusal_takes_back_the_answer_to_older_data(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, verb(plain))
    run(shop)
    monkeypatch.setattr(Verb, "load", lambda self: refusing)
    add_table(shop, "sellers", pa.table({"seller_id": ["s9"]}))
    run(shop)
    assert open_shop(shop).answer("plain") is None


def test_a_failure_is_told_with_its_exit_code_and_the_others_go_on(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, verb(failing), verb(plain))
    failed, answered = run(shop)
    assert (failed.outcome, failed.exit_code, answered.outcome) == ("failed", 2, "answered")
    assert failed.reason is not None
    assert failed.reason.zh == "甲。发现。处理。"


def test_a_defect_in_one_verb_does_not_hold_up_the_others(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, verb(broken), verb(plain))
    failed, answered = run(shop)
    assert (failed.outcome, failed.exit_code, answered.outcome) == ("failed", 1, "answered")
    assert failed.reason is not None
    assert "defect in shopkeeper (ZeroDivisionError)" in failed.reason.en
    monkeypatch.setenv("SHOPKEEPER_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        run(shop)


def test_the_stored_answer_is_the_one_that_was_given(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, verb(plain))
    run(shop)
    stored = open_shop(shop).answer("plain")
    assert stored is not None
    assert stored.table.to_pydict() == {"n": [2, 2]}


def test_a_stored_answer_serves_the_same_question_only(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = verb(plain)
    use(monkeypatch, asked)
    run(shop)
    opened = open_shop(shop)
    assert running.current_answer(asked, opened, {"repeats": 2}) is not None
    assert running.current_answer(asked, opened, {"repeats": 3}) is None


def test_the_manifest_holds_no_time_of_day(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, verb(plain))
    run(shop)
    manifest = json.loads((shop / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["answers"]["plain"].keys() == {"folder", "rows", "fingerprint"}
