"""What peers do with the same customers, in a process of their own, for their versions are not ours.

`python benchmarks/segments_peers.py pymc HISTORIES.parquet` or `… retail LINES.parquet`; prints one JSON line.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any


def pymc(file: Path) -> dict[str, Any]:
    """Fit both models with PyMC-Marketing and predict for everybody, twice: the first time it compiles or loads.

    BG/NBD has flat priors, so that its maximum a posteriori is that of the likelihood.
    """
    import pandas as pd
    from pymc_extras.prior import Prior
    from pymc_marketing.clv import BetaGeoModel, GammaGammaModel

    frame = pd.read_parquet(file)
    data = pd.DataFrame({
        "customer_id": range(len(frame)), "frequency": frame["repeats"].astype(float),
        "recency": frame["recency"] / 7, "T": frame["age"] / 7,
        "monetary_value": frame["spent_again"] / frame["repeats"].clip(lower=1)})  # fmt: skip
    again = data[data["frequency"] > 0]
    flat = {name: Prior("HalfFlat") for name in ("r", "alpha", "a", "b")}
    times = []
    for _ in range(2):
        start = time.perf_counter()
        model = BetaGeoModel(data=data.drop(columns="monetary_value"), model_config=flat)
        model.fit(method="map", progressbar=False)
        fitted = time.perf_counter() - start
        model.expected_purchases(future_t=90 / 7)
        spend = GammaGammaModel(data=again[["customer_id", "frequency", "monetary_value"]])
        spend.fit(method="map", progressbar=False)
        spend.expected_customer_spend(data=data[["customer_id", "frequency", "monetary_value"]])
        times.append((fitted, time.perf_counter() - start))
    found = model.fit_result
    return {
        "seconds_fit": times[0][0], "seconds": times[0][1],
        "seconds_fit_again": times[1][0], "seconds_again": times[1][1],
        **{name: float(found[name].values.ravel()[0]) for name in ("r", "alpha", "a", "b")},
    }  # fmt: skip


def retail(file: Path) -> dict[str, Any]:
    """Score RFM and count by segment with openretailscience."""
    import ibis
    from openretailscience.segmentation.rfm import RFMSegmentation
    from openretailscience.segmentation.segstats import SegTransactionStats

    lines = ibis.duckdb.connect(threads=1).read_parquet(file)
    last = str(lines.transaction_date.max().execute())[:10]
    times = []
    for _ in range(3):
        start = time.perf_counter()
        scored = RFMSegmentation(lines, current_date=last, r_segments=5, f_segments=5, m_segments=5)
        frame = scored.df
        seconds = time.perf_counter() - start
        joined = lines.join(
            ibis.memtable(frame.reset_index()[["customer_id", "rfm_segment"]].astype(str)),
            "customer_id",
        )
        stats = SegTransactionStats(joined, segment_col="rfm_segment").df
        times.append((seconds, time.perf_counter() - start))
    return {
        "seconds_rfm": min(one for one, _ in times), "seconds": min(both for _, both in times),
        "customers": len(frame), "spent": float(frame["monetary"].sum()), "rows": len(stats),
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps({"pymc": pymc, "retail": retail}[sys.argv[1]](Path(sys.argv[2]))))
