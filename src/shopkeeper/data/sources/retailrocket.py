"""RetailRocket's page events: the original header, and the re-numbered copy with Unix seconds.

Events have no id: equal rows are one event. A visitor is all that is known of a person.
"""

from __future__ import annotations

from shopkeeper.data.sources.kinds import Extract, FileKind
from shopkeeper.data.tables import EVENTS
from shopkeeper.words import Words

_NAME = """CASE lower(cell("event")) WHEN 'view' THEN 'Product Viewed' WHEN 'addtocart' THEN 'Product Added'
    WHEN 'cart' THEN 'Product Added' WHEN 'transaction' THEN 'Order Completed'
    WHEN 'buy' THEN 'Order Completed' ELSE "event" END"""


def _kind(name: str, title: Words, columns: dict[str, str]) -> FileKind:
    time = f'"{columns["time"]}"'
    extra = {"order_id": f'"{columns["order"]}"'} if "order" in columns else {}
    cells = ", ".join(f"""coalesce(cell("{source}"), '')""" for source in columns.values())
    return FileKind(
        name=name,
        platform="retailrocket",
        title=title,
        required=tuple(columns.values()),
        rows=f"SELECT *, concat_ws('-', {cells}) AS _id FROM file",
        grain=Extract(EVENTS, {
            "event_id": "_id",
            "name": _NAME,
            # The original counts milliseconds; seconds stay below ten thousand million until 2286.
            "happened_at": f"CASE WHEN number({time}) > 1e10 THEN epoch_milliseconds({time}) ELSE epoch_seconds({time}) END",
            "visitor_id": f'"{columns["visitor"]}"',
            "product_id": f'"{columns["item"]}"',
        } | extra),
    )


KINDS = (
    _kind("retailrocket_events", Words("RetailRocket events", "RetailRocket 行为"), {
        "time": "timestamp", "visitor": "visitorid", "event": "event", "item": "itemid",
        "order": "transactionid",
    }),
    _kind("retailrocket_renumbered", Words("RetailRocket events, re-numbered", "RetailRocket 行为（重新编号）"), {
        "time": "ts", "visitor": "user", "event": "event", "item": "item",
    }),
)
