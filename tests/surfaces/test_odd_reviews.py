"""Reviews that say too little or too much: every verb ends in an answer or in words."""

from pathlib import Path


def run_alone(command, tmp_path: Path, path: Path) -> dict[str, dict[str, object]]:
    """Make a shop of one file and run it; every verb must end in an answer or in words."""
    shop = tmp_path / "alone"
    assert command("import", path, "--shop", shop).code == 0
    done = command("run", shop, "--json")
    assert done.code in (0, 3)
    steps = {step["verb"]: step for step in done.document["steps"]}
    assert {step["outcome"] for step in steps.values()} <= {"answered", "skipped"}
    assert all(step["reason"] for step in steps.values() if step["outcome"] == "skipped")
    assert command("report", shop, "--output", tmp_path / "r.html").code == 0
    return steps


def test_all_texts_empty(command, tmp_path: Path, exported, reviews) -> None:
    path = exported("mute.csv", [row | {"text": ""} for row in reviews(60)])
    steps = run_alone(command, tmp_path, path)
    assert steps["review_sentiment"]["outcome"] == "answered"
    answer = command("review-sentiment", tmp_path / "alone", "--json").document
    assert {row["origin"] for row in answer["table"]} == {"stars"}
    assert any("No text was read" in limit for limit in answer["limits"])


def test_one_class_only(command, tmp_path: Path, exported, reviews) -> None:
    steps = run_alone(command, tmp_path, exported("happy.csv", reviews(80, stars=(5,))))
    assert steps["overview"]["outcome"] == "answered"
    assert steps["review_sentiment"]["outcome"] == "answered"


def test_ten_reviews_give_no_percentage(command, tmp_path: Path, exported, reviews) -> None:
    steps = run_alone(command, tmp_path, exported("few.csv", reviews(10)))
    assert steps["sentiment_effect"]["outcome"] == "skipped"
    for name in ("overview", "review-sentiment"):
        answer = command(name, tmp_path / "alone", "--json").document
        assert "%" not in " ".join(answer["summary"])
        assert answer["rows"] > 0


def test_a_review_of_100_000_characters(command, tmp_path: Path, exported, reviews, texts) -> None:
    rows = reviews(60)
    rows[3]["text"] = "这把茶壶真的很好看 lovely " * 7000
    run_alone(command, tmp_path, exported("long.csv", rows))
    kept = max(len(text or "") for text in texts(tmp_path / "alone"))
    assert kept >= 100_000
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert len(page) < 3_000_000


def test_html_in_a_review_reaches_the_report_as_text(
    command, tmp_path: Path, exported, reviews
) -> None:
    attack = "<script>alert(1)</script><img src=x onerror=alert(2)> 太差 broke"
    rows = [row | {"text": f"{attack} {row['text']}"} for row in reviews(80)]
    run_alone(command, tmp_path, exported("html.csv", rows))
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page
