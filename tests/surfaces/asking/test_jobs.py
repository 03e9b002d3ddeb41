"""Jobs without a server: each has a process of its own, and none is left waiting."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pyarrow as pa
import pytest

from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.errors import UsageError
from shopkeeper.surfaces.asking import jobs as module
from shopkeeper.surfaces.asking.desk import Desk
from shopkeeper.surfaces.asking.jobs import Full, Job, Jobs
from shopkeeper.surfaces.verbs import BY_NAME

OVERVIEW = BY_NAME["overview"]


@pytest.fixture
def shop() -> Shop:
    return shop_from_tables({"reviews": pa.table({"review_id": ["a"], "rating": [5.0]})})


def worked(shop: Shop, at_once: int, ask: Callable[[Jobs], Awaitable[list[Job]]]) -> list[str]:
    """Let jobs be asked, and return the states in which they end within a minute."""

    async def go() -> list[str]:
        with Desk(shop.path) as desk:
            jobs = Jobs(desk, at_once=at_once)
            try:
                async with asyncio.timeout(60):
                    asked = await ask(jobs)
                    await asyncio.gather(*(job.over.wait() for job in asked))
                return [job.state for job in asked]
            finally:
                await jobs.close()
                # The pipes of the processes that have ended are closed in the next rounds of the loop.
                await asyncio.sleep(0.2)

    return asyncio.run(go())


def test_jobs_that_begin_together_have_a_process_each(shop: Shop) -> None:
    async def ask(jobs: Jobs) -> list[Job]:
        return [jobs.ask(OVERVIEW, {"period": period}) for period in ("month", "week", "day")]

    assert worked(shop, 3, ask) == ["done"] * 3


def test_a_process_that_cannot_be_started_fails_its_own_job_alone(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, times = module._started, []

    async def started() -> Any:
        times.append(1)
        if len(times) == 1:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        return await original()

    monkeypatch.setattr(module, "_started", started)

    async def ask(jobs: Jobs) -> list[Job]:
        first = jobs.ask(OVERVIEW, {"period": "month"})
        await first.over.wait()
        return [first, jobs.ask(OVERVIEW, {"period": "week"})]

    assert worked(shop, 1, ask) == ["failed", "done"]


def test_a_defect_on_the_way_to_the_answer_is_told(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: object) -> None:
        raise RuntimeError("secret cell")

    monkeypatch.setattr(Desk, "keep", broken)

    async def ask(jobs: Jobs) -> list[Job]:
        return [jobs.ask(OVERVIEW, {"period": "month"})]

    assert worked(shop, 1, ask) == ["failed"]


def test_a_job_for_one_call_alone_is_shared_with_nobody_and_counts_for_its_asker(
    shop: Shop,
) -> None:
    async def go() -> None:
        with Desk(shop.path) as desk:
            jobs = Jobs(desk, waiting_each=3)
            try:
                asked = [
                    jobs.ask(OVERVIEW, {"period": "month"}, asker="till", alone=True) for _ in "ab"
                ]
                asked.append(jobs.ask(OVERVIEW, {"period": "month"}, asker="till"))
                assert len({job.number for job in asked}) == 3
                for alone in (False, True):
                    with pytest.raises(Full):
                        jobs.ask(OVERVIEW, {"period": "week"}, asker="till", alone=alone)
                assert jobs.ask(OVERVIEW, {"period": "month"}, asker="till") is asked[2]
                jobs.ask(OVERVIEW, {"period": "week"}, asker="other")
            finally:
                await jobs.close()
                await asyncio.sleep(0.2)

    asyncio.run(go())


def test_nobody_afar_asks_for_percentages_of_fewer_than_the_shop_shows(shop: Shop) -> None:
    retention = BY_NAME["retention"]

    async def ask(jobs: Jobs) -> list[Job]:
        for least in (1, 29, -5):
            with pytest.raises(UsageError, match="the shop shows no percentage of fewer than 30"):
                jobs.ask(retention, retention.defaults() | {"minimum_count": least})
        return [jobs.ask(retention, retention.defaults() | {"minimum_count": 30})]

    # It is asked, and declined for want of data.
    assert worked(shop, 1, ask) == ["failed"]
