"""Build the demo shop, part by part; see the package for what each part does."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from shopkeeper.data.demo import DemoSummary
from shopkeeper.data.demo.catalogue import Catalogue, write_products
from shopkeeper.data.demo.dirt import write_dirt
from shopkeeper.data.demo.events import write_events
from shopkeeper.data.demo.history import simulate
from shopkeeper.data.demo.orders import write_orders
from shopkeeper.data.demo.people import write_campaigns, write_customers
from shopkeeper.data.demo.plan import Plan
from shopkeeper.data.demo.reviews import write_reviews
from shopkeeper.data.demo.service import write_service
from shopkeeper.data.demo.truth import write_truth
from shopkeeper.data.demo.world import make_world


def build(folder: Path, *, customers: int, events: int, seed: int) -> DemoSummary:
    """Write the exports and the truth of a checked request."""
    exports, truth = folder / "exports", folder / "truth"
    for path in (exports, truth):
        path.mkdir(parents=True, exist_ok=True)
    plan = Plan(customers, events, seed)
    world = make_world(plan)
    catalogue = Catalogue(plan, world)
    history = simulate(plan, world)
    write_customers(exports, world)
    write_products(exports, plan, world, catalogue)
    write_campaigns(exports, plan, world, history.campaign)
    write_orders(exports, plan, world, catalogue, history.orders, history.campaign)
    write_reviews(exports, truth, plan, world, catalogue, history.reviews)
    write_service(exports, plan, world, history.orders)
    exposure, counts = write_events(exports, plan, world, history.orders, history.reviews)
    dirt = write_dirt(exports, plan)
    written = write_truth(truth, plan, world, history, exposure, counts, dirt)
    rows = {
        path.name: pq.read_metadata(path).num_rows for path in sorted(exports.glob("*.parquet"))
    }
    rows |= {name: kinds["rows"] for name, kinds in dirt.items()}
    return DemoSummary(folder, rows, written["effects"])
