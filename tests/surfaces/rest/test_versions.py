"""A server whose shop gets a new version, and a run that no server stands in the way of."""

import csv
import os
import subprocess
import sys
import threading
from pathlib import Path

from shopkeeper.surfaces.cli import main  # noqa: F401 — what the commands below run
from tests.surfaces.conftest import review_rows
from tests.surfaces.rest.conftest import served


def command(*arguments: object) -> int:
    done = subprocess.run(
        [sys.executable, "-m", "shopkeeper", *map(str, arguments)], capture_output=True, text=True,
        check=False, env=os.environ | {"OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return done.returncode


def test_a_new_version_is_picked_up_while_requests_go_on(own_shop: Path, tmp_path: Path) -> None:
    more = tmp_path / "more.csv"
    rows = review_rows(300)[240:]
    with more.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    with served(own_shop, tmp_path / "log") as server:
        path = "/v1/review-sentiment"
        before = server.ask(path)
        version = server.ask("/ready").document["version"]
        job = server.ask("/v1/slow-answer?seconds=600", Prefer="wait=0")
        statuses: list[int] = []
        over = threading.Event()

        def keep_asking() -> None:
            while not over.is_set():
                statuses.append(server.ask("/v1/overview", Prefer="wait=30").status)

        asking = threading.Thread(target=keep_asking)
        asking.start()
        # Neither the requests nor the job hold what a writer needs.
        codes = [command("import", more, "--shop", own_shop)]
        assert server.ask(path, Prefer="wait=0", If_None_Match=before.headers["etag"]).status == 202
        codes.append(command("run", own_shop))
        over.set()
        server.cancel(job.headers["location"])
        asking.join()
        assert codes == [0, 0]
        after = server.ask(path, If_None_Match=before.headers["etag"])
        assert after.status == 200
        assert (before.document["total"], after.document["total"]) == (240, 300)
        assert server.ask("/ready").document["version"] > version
        assert set(statuses) <= {200, 202}
        assert len(statuses) > 5


def test_new_settings_are_picked_up(own_shop: Path, tmp_path: Path) -> None:
    with served(own_shop, tmp_path / "log") as server:
        assert server.ask("/v1/overview").status == 200
        settings = own_shop / "shop.toml"
        text = settings.read_text(encoding="utf-8")
        settings.write_text(text.replace("minimum_count = 30", "minimum_count = 7"), "utf-8")
        reply = server.ask("/v1/overview", Prefer="wait=30")
        assert reply.status == 200
        assert any("fewer than 7" in limit for limit in reply.document["limits"])
        settings.write_text("nonsense = 1", encoding="utf-8")
        refused = server.ask("/v1/overview")
        assert (refused.status, "nonsense" in refused.document["found"]) == (503, True)


def test_a_server_changes_nothing_in_the_shop(own_shop: Path, tmp_path: Path) -> None:
    def files() -> dict[str, bytes]:
        return {str(file): file.read_bytes() for file in own_shop.rglob("*") if file.is_file()}

    before = files()
    with served(own_shop, tmp_path / "log") as server:
        assert server.ask("/v1/overview?period=week", Prefer="wait=30").status == 200
        assert server.ask("/v1/review-aspects?method=words", Prefer="wait=30").status == 200
        assert server.ask("/v1/failing-answer", Prefer="wait=30").status == 422
        assert server.ask("/v1").status == 200
    assert files() == before
