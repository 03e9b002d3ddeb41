"""Long work as jobs: each in a process of its own, in turn, with its progress, and cancelled at any time.

A process and not a thread: work in Python would hold the interpreter's lock and delay every other
request, it could not be stopped in the middle, and running out of memory would end the server. The
next process is started before it is needed, so that a short question does not wait for imports.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import os
import secrets
import shutil
import signal
import sys
import time
from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from shopkeeper import errors
from shopkeeper.errors import ShopkeeperError, UsageError
from shopkeeper.surfaces import wording
from shopkeeper.surfaces.asking.desk import Desk
from shopkeeper.surfaces.verbs import Verb
from shopkeeper.words import Words

State = Literal["waiting", "running", "done", "failed", "cancelled"]
_LONGEST_LINE = 2**20
_REMEMBERED = 500


@dataclass(slots=True)
class Job:
    """One question that is worked on.

    Parameters
    ----------
    number
        Its id, which cannot be guessed.
    verb, arguments
        What was asked.
    mark
        Fingerprint of the question when it was asked.
    asker
        Who asked.
    alone
        Whether it is for one call alone.
    state
        How far it is.
    doing
        What is being done.
    share
        The share of it that is done, 0 to 1; None when unknown.
    error
        Why it failed.
    made, started, ended
        Seconds since 1970.
    """

    number: str
    verb: Verb
    arguments: Mapping[str, Any]
    mark: str
    asker: str
    alone: bool = False
    state: State = "waiting"
    doing: Words | None = None
    share: float | None = None
    error: ShopkeeperError | None = None
    made: float = field(default_factory=time.time)
    started: float | None = None
    ended: float | None = None
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Full(Exception):  # noqa: N818 — it is no failure, and the surface says it in its own way
    """No further job can wait."""


class Jobs:
    """The jobs of a server.

    Parameters
    ----------
    desk
        Where answers are kept.
    at_once
        Jobs that are worked on at the same time.
    waiting
        Jobs that may wait for their turn, in all.
    waiting_each
        Jobs of one asker that may wait or run.
    kept_seconds
        How long a job that is over is remembered.
    """

    def __init__(
        self,
        desk: Desk,
        *,
        at_once: int = 1,
        waiting: int = 32,
        waiting_each: int = 16,
        kept_seconds: float = 3600,
    ) -> None:
        self.desk, self.at_once, self.kept_seconds = desk, at_once, kept_seconds
        self._waiting, self._waiting_each = waiting, waiting_each
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._queue: deque[Job] = deque()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._spare: asyncio.Task[asyncio.subprocess.Process] | None = None
        self._taking = asyncio.Lock()

    def __iter__(self) -> Any:
        self._forget()
        return iter([*self._jobs.values()])

    def get(self, number: str) -> Job | None:
        """Return the job of that id; None when there is none or it has been forgotten."""
        self._forget()
        return self._jobs.get(number)

    def ask(
        self, verb: Verb, arguments: Mapping[str, Any], *, asker: str = "", alone: bool = False
    ) -> Job:
        """Return the job that works on a question: one that is under way already, or a new one.

        Parameters
        ----------
        verb
            The verb.
        arguments
            All its arguments.
        asker
            Who asks; a job of another asker is not shared.
        alone
            Whether the job is for this one call, which may cancel it: nobody else's is shared then.

        Raises
        ------
        Full
            Too many jobs wait.
        UsageError
            Percentages of fewer are wanted than the shop shows.
        """
        self._forget()
        _check_floor(verb, arguments, self.desk.view().shop.settings.minimum_count)
        mark = self.desk.mark(verb, arguments)
        going = [job for job in self._jobs.values() if job.state in ("waiting", "running")]
        for job in going:
            if not (alone or job.alone) and (job.mark, job.asker) == (mark, asker):
                return job
        own = sum(job.asker == asker for job in going)
        if len(self._queue) >= self._waiting or own >= self._waiting_each:
            raise Full
        job = Job(secrets.token_urlsafe(12), verb, dict(arguments), mark, asker, alone)
        self._jobs[job.number] = job
        self._queue.append(job)
        self._next()
        return job

    def cancel(self, job: Job) -> None:
        """Stop a job; one that is over stays as it is."""
        if job.state == "waiting":
            self._queue.remove(job)
            self._end(job, "cancelled")
        elif job.state == "running":
            self._end(job, "cancelled")
            self._tasks[job.number].cancel()

    def warm(self) -> None:
        """Start the process that takes the next job."""
        if self._spare is None:
            self._spare = asyncio.create_task(_started())

    async def close(self) -> None:
        """Stop everything."""
        self._queue.clear()
        tasks = [*self._tasks.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._spare is not None:
            with contextlib.suppress(OSError):
                await _stop(await self._spare)

    def _next(self) -> None:
        while self._queue and len(self._tasks) < self.at_once:
            job = self._queue.popleft()
            job.state, job.started = "running", time.time()
            task = self._tasks[job.number] = asyncio.create_task(self._work(job))
            task.add_done_callback(functools.partial(self._worked, job.number))

    def _worked(self, number: str, _: asyncio.Task[None]) -> None:
        del self._tasks[number]
        self._next()

    async def _work(self, job: Job) -> None:
        folder = self.desk.folder / job.number
        process = None
        try:
            process = await self._ready()
            told = await self._hear(job, process, folder)
            if told.get("end") == "done":
                self.desk.keep(told["mark"], folder)
                self._end(job, "done")
            else:
                self._fail(job, _error(told) if told else _lost(job.verb))
        # The last place where a defect can be told; else whoever waits would wait for ever.
        except Exception as error:  # noqa: BLE001
            self._fail(job, wording.unforeseen(error, job.verb.name))
        finally:
            if process:
                await _stop(process)
            if job.state != "done":
                shutil.rmtree(folder, ignore_errors=True)

    async def _ready(self) -> asyncio.subprocess.Process:
        """Return a process that waits for a question, and start the one after it."""
        # One at a time: jobs that begin together would else be given the same process.
        async with self._taking:
            self.warm()
            assert self._spare is not None
            try:
                # Whoever cancels this job does not cancel the start, which the next one takes.
                process = await asyncio.shield(self._spare)
            except OSError:
                # It could not be started; the next job tries anew.
                self._spare = None
                raise
            self._spare = None
            if process.returncode is not None:
                process = await _started()
            self.warm()
            return process

    async def _hear(
        self, job: Job, process: asyncio.subprocess.Process, folder: Path
    ) -> dict[str, Any]:
        """Ask a process and follow it to its last word; empty when it ended without one."""
        assert process.stdin
        assert process.stdout
        question = {
            "shop": str(self.desk.path.absolute()),
            "verb": job.verb.name,
            "arguments": dict(job.arguments),
            "folder": str(folder),
        }
        process.stdin.write(json.dumps(question).encode() + b"\n")
        with contextlib.suppress(ValueError):
            while line := await process.stdout.readline():
                told: dict[str, Any] = json.loads(line)
                if "end" in told:
                    return told
                job.doing, job.share = Words(**told["doing"]), told["share"]
        return {}

    def _fail(self, job: Job, error: ShopkeeperError) -> None:
        job.error = error
        self._end(job, "failed")

    def _end(self, job: Job, state: State) -> None:
        job.state, job.ended = state, time.time()
        job.over.set()

    def _forget(self) -> None:
        oldest = time.time() - self.kept_seconds
        over = [job for job in self._jobs.values() if job.ended is not None]
        for index, job in enumerate(over):
            if (job.ended or 0) < oldest or len(over) - index > _REMEMBERED:
                del self._jobs[job.number]


async def _started() -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "shopkeeper.surfaces.asking.worker",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        # What a library says may hold a cell.
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
        limit=_LONGEST_LINE,
    )


async def _stop(process: asyncio.subprocess.Process) -> None:
    """End a process and whatever it has started."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
    if process.stdin is not None:
        process.stdin.close()


def _error(told: Mapping[str, Any]) -> ShopkeeperError:
    kind: type[ShopkeeperError] = getattr(errors, told["error"])
    return kind(*(Words(**told[part]) for part in ("asked", "found", "do")))


def _check_floor(verb: Verb, arguments: Mapping[str, Any], floor: int) -> None:
    """Refuse what would show shares of fewer than the shop's own floor, which protects the few."""
    least = arguments.get("minimum_count")
    if least is not None and least < floor:
        raise UsageError(
            Words(f"Asked: {verb.name}.", f"要执行：{verb.title.zh}。"),
            Words(
                f"minimum_count is {least}, and the shop shows no percentage of fewer than {floor}.",
                f"minimum_count 为 {least}，而店铺设置低于 {floor} 时不显示百分比。",
            ),
            Words(
                f"Give {floor} or more, or lower minimum_count in shop.toml.",
                f"请给 {floor} 或更大的数，或调低 shop.toml 里的 minimum_count。",
            ),
        )


def _lost(verb: Verb) -> ShopkeeperError:
    return ShopkeeperError(
        Words(f"Asked: {verb.name}.", f"要执行：{verb.title.zh}。"),
        Words(
            "The process that worked on it ended without an answer; the system may have stopped it "
            "for want of memory.",
            "负责计算的进程没有给出结果就结束了，可能因内存不足被系统终止。",
        ),
        Words(
            "Lower memory_limit in shop.toml, or ask when less else runs, and ask again.",
            "请调低 shop.toml 里的 memory_limit，或在其他任务较少时重新提交。",
        ),
    )
