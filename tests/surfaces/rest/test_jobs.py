"""Long questions on a running server: followed, shared, cancelled, and never in anybody's way."""

import os
import threading
import time
from pathlib import Path

from tests.surfaces.rest.conftest import Server, served


def exists(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def children(process: int) -> list[int]:
    listed = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [int(child) for child in listed]


def test_a_question_that_takes_long_becomes_a_job_with_progress(server: Server) -> None:
    reply = server.ask("/v1/slow-answer?seconds=3", Prefer="wait=0")
    assert reply.status == 202
    assert reply.headers["location"] == f"/v1/jobs/{reply.document['id']}"
    assert reply.headers["retry-after"] == "1"
    going = server.job(reply.headers["location"], "running")
    while going["doing"] is None:
        going = server.job(reply.headers["location"], "running")
    assert (going["doing"], going["share"]) == ("Counting slowly", 0.25)
    chinese = server.ask(reply.headers["location"], Accept_Language="zh").document
    assert chinese["doing"] == "慢慢数数"
    done = server.job(reply.headers["location"], "done")
    assert done["answer"] == "/v1/slow-answer?seconds=3"
    assert done["arguments"] == {"seconds": 3}
    assert done["made_at"] <= done["started_at"] < done["ended_at"]
    first = server.ask(done["answer"], Prefer="wait=0")
    assert first.status == 200
    # It was worked out in a process of its own.
    assert first.document["rows"][0]["n"] not in (os.getpid(), server.process.pid)


def test_the_same_question_is_worked_out_once(server: Server) -> None:
    first = server.ask("/v1/slow-answer?seconds=2", Prefer="wait=0")
    second = server.post("/v1/slow-answer", {"seconds": 2})
    assert first.document["id"] == second.document["id"]
    assert server.post("/v1/slow-answer", {"seconds": 1}).document["id"] != first.document["id"]
    server.job(first.headers["location"], "done")
    assert server.post("/v1/slow-answer", {"seconds": 2}).status == 200


def test_whoever_waits_gets_the_answer_itself(server: Server) -> None:
    reply = server.ask("/v1/slow-answer?seconds=0", Prefer="respond-async, wait=30")
    assert (reply.status, reply.document["verb"]) == (200, "slow_answer")


def test_a_job_is_cancelled_at_once_and_its_process_is_gone(own_shop: Path, tmp_path: Path) -> None:
    with served(own_shop, tmp_path / "log") as server:
        running = server.ask("/v1/slow-answer?seconds=600", Prefer="wait=0")
        waiting = server.ask("/v1/slow-answer?seconds=601", Prefer="wait=0")
        server.job(running.headers["location"], "running")
        time.sleep(2)
        before = set(children(server.process.pid))
        for job, state in ((waiting, "waiting"), (running, "running")):
            path = job.headers["location"]
            assert server.ask(path).document["state"] == state
            assert server.cancel(path).document["state"] == "cancelled"
            assert server.ask(path).document["answer"] is None
        time.sleep(1)
        gone = [process for process in before if not exists(process)]
        assert len(gone) == 1
        # The next one runs, and cancelling what is over changes nothing.
        reply = server.ask("/v1/slow-answer?seconds=0", Prefer="wait=30")
        assert reply.status == 200
        jobs = server.ask("/v1/jobs").document["jobs"]
        assert [job["state"] for job in jobs] == ["cancelled", "cancelled", "done"]
        assert server.cancel(f"/v1/jobs/{jobs[2]['id']}").document["state"] == "done"
        left = children(server.process.pid)
    assert [process for process in left if exists(process)] == []


def test_a_cancelled_job_is_told_to_whoever_waits_for_it(server: Server) -> None:
    told = []
    waiting = threading.Thread(
        target=lambda: told.append(server.ask("/v1/slow-answer?seconds=333", Prefer="wait=30"))
    )
    waiting.start()
    while not (jobs := [job for job in server.ask("/v1/jobs").document["jobs"]
                        if job["arguments"] == {"seconds": 333}]):  # fmt: skip
        time.sleep(0.1)
    server.cancel(f"/v1/jobs/{jobs[0]['id']}")
    waiting.join()
    assert told[0].status == 409
    assert told[0].document["found"] == "The job was cancelled."


def test_a_verb_that_takes_long_delays_nobody(server: Server) -> None:
    server.ask("/v1/overview")
    job = server.ask("/v1/slow-answer?seconds=60", Prefer="wait=0")
    server.job(job.headers["location"], "running")
    took = []
    for _ in range(200):
        began = time.perf_counter()
        assert server.ask("/v1/overview").status == 200
        took.append(time.perf_counter() - began)
    assert server.cancel(job.headers["location"]).document["state"] == "cancelled"
    assert sorted(took)[150] < 0.5


def test_no_more_jobs_wait_than_there_is_room_for(own_shop: Path, tmp_path: Path) -> None:
    with served(own_shop, tmp_path / "log") as server:
        statuses = [
            server.ask(f"/v1/slow-answer?seconds={600 + number}", Prefer="wait=0").status
            for number in range(20)
        ]
        assert statuses == [202] * 16 + [429] * 4
        refused = server.post("/v1/slow-answer", {"seconds": 999})
        assert (refused.status, refused.headers["retry-after"]) == (429, "10")
        # What is there is still answered.
        assert server.ask("/v1/overview").status == 200


def test_a_server_that_is_killed_leaves_no_process_at_work(own_shop: Path, tmp_path: Path) -> None:
    with served(own_shop, tmp_path / "log", ends=-9) as server:
        job = server.ask("/v1/slow-answer?seconds=600", Prefer="wait=0")
        server.job(job.headers["location"], "running")
        time.sleep(2)
        left = children(server.process.pid)
        server.process.kill()
        server.process.wait()
    end = time.monotonic() + 10
    while any(exists(process) for process in left) and time.monotonic() < end:
        time.sleep(0.1)
    assert left
    assert [process for process in left if exists(process)] == []
