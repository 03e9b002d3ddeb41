"""One demo shop, built once for all tests that only read it."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from shopkeeper.data.demo import DemoSummary, build_demo
from shopkeeper.data.demo.history import History, simulate
from shopkeeper.data.demo.plan import Plan
from shopkeeper.data.demo.world import World, make_world


@dataclass(frozen=True)
class Demo:
    """A demo shop on disk and the simulation that it was written from."""

    summary: DemoSummary
    plan: Plan
    world: World
    history: History

    @property
    def exports(self) -> Path:
        return self.summary.folder / "exports"

    @property
    def truth(self) -> Path:
        return self.summary.folder / "truth"


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    plan = Plan(2_000, 80_000, 7)
    world = make_world(plan)
    summary = build_demo(tmp_path_factory.mktemp("demo"), customers=2_000, seed=7)
    return Demo(summary, plan, world, simulate(plan, world))
