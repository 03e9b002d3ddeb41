"""Events in the e-commerce vocabulary that Segment, RudderStack and PostHog share.

JSON lines, or CSV with the same names, flat or with JSON in `properties` and `context`. Names of the
vocabulary are written as it writes them (`product_viewed` is `Product Viewed`); any other name is kept.
An order event with several products becomes one event a product, the second and later ones with
`#2`, `#3` … after their id. A search also fills `searches`. Where an event has no id, one is made from
all of it, so equal events are duplicates. A cookie that is seen with a customer is kept as a further
id (`identities`). Orders are not made from events: the order export is the better witness.

PostHog's `distinct_id` is the device until somebody logs in, so it is a customer only where it differs
from the device. Of a page only the path before `?` is kept.
"""

from __future__ import annotations

from dataclasses import replace

from shopkeeper.data.sources.kinds import Extract, FileKind
from shopkeeper.data.tables import EVENT_NAMES, EVENTS, IDENTITIES, SEARCHES
from shopkeeper.words import Words

_EVENT = ("event_text", "event")
_TIME = ("timestamp", "originalTimestamp", "original_timestamp", "sentAt", "sent_at")
_USER = ("userId", "user_id")
_VISITOR = ("anonymousId", "anonymous_id")
_ID = ("messageId", "message_id", "uuid", "event_id", "id")
_PROPERTIES = (
    "product_id", "sku", "order_id", "query", "quantity", "price", "currency", "path", "url",
    "session_id", "results", "$session_id", "$device_id", "$user_id", "$current_url", "$device_type",
    "$ip", "products", "utm_medium",
)  # fmt: skip
_CONTEXT = ("ip", "page.path", "page.url", "sessionId", "campaign.medium", "campaign.source", "device.type")
_FLAT = tuple(f"properties.{name}" for name in _PROPERTIES) + tuple(
    f"context.{name}" for name in _CONTEXT
) + tuple(f"context_{name.replace('.', '_')}" for name in _CONTEXT)
_PLAIN = tuple(name for name in _PROPERTIES if name[0] != "$")
_COLUMNS = tuple(dict.fromkeys((
    *_EVENT, *_TIME, *_USER, *_VISITOR, *_ID, "distinct_id", "type", "properties", "context", *_FLAT, *_PLAIN,
)))  # fmt: skip


def _first(*names: str) -> str:
    return "coalesce(" + ", ".join(f"""nullif(trim("{name}"), '')""" for name in names) + ")"


def _json(column: str, paths: tuple[str, ...]) -> str:
    keys = ", ".join(f"""'$."{path}"'""" if path[0] == "$" else f"'$.{path}'" for path in paths)
    return f"""CASE WHEN json_valid("{column}") THEN json_extract_string("{column}", [{keys}]) END"""


def _plain(name: str) -> str:
    return name.replace("$", "own_").replace(".", "_")


def _of(item: str, *keys: str) -> str:
    return "coalesce(" + ", ".join(f"json_extract_string({item}, '$.{key}')" for key in keys) + ")"


# Step by step, so that each cell is looked up once and every later step names it.
_LOOKED_UP = ",\n    ".join((
    *(f"coalesce(_properties[{number}], {_first(f'properties.{name}', *([name] if name in _PLAIN else []))})"
      f" AS _p_{_plain(name)}" for number, name in enumerate(_PROPERTIES, start=1)),
    *(f"coalesce(_context[{number}], {_first(f'context.{name}', f'context_{_plain(name)}')}) AS _c_{_plain(name)}"
      for number, name in enumerate(_CONTEXT, start=1)),
))  # fmt: skip
_WHOLE = ", ".join(f"""coalesce("{name}", '')""" for name in _COLUMNS)
_KNOWN = " ".join(f"WHEN '{name.lower()}' THEN '{name}'" for name in EVENT_NAMES)
_NAME = f"""CASE lower(replace(_said, '_', ' ')) {_KNOWN}
    WHEN '$pageview' THEN 'Page Viewed' WHEN 'page' THEN 'Page Viewed' WHEN 'screen' THEN 'Page Viewed'
    ELSE _said END"""
_MOMENT = """CASE WHEN regexp_full_match(_when, '\\d{9,10}(\\.\\d+)?')
        THEN strftime(to_timestamp(try_cast(_when AS DOUBLE)) AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M:%S.%fZ')
    WHEN regexp_full_match(_when, '\\d{12,13}')
        THEN strftime(to_timestamp(try_cast(_when AS DOUBLE) / 1000) AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M:%S.%fZ')
    ELSE _when END"""
_ROWS = f"""
SELECT * REPLACE (_event AS "event", _moment AS "timestamp", _user AS "userId", _visitor AS "anonymousId"),
    CASE WHEN _event LIKE 'Order %' OR len(_products) = 1 THEN _products[1] END AS _only
FROM (SELECT *, {_NAME} AS _event, {_MOMENT} AS _moment,
    coalesce({_first(*_USER)}, _p_own_user_id, CASE WHEN _distinct IS DISTINCT FROM _p_own_device_id THEN _distinct END)
        AS _user,
    coalesce({_first(*_VISITOR)}, _p_own_device_id, _distinct) AS _visitor,
    CASE WHEN json_valid(_p_products) AND json_type(_p_products) = 'ARRAY' THEN json_extract(_p_products, '$[*]') END
        AS _products
FROM (SELECT *, {_first(*_EVENT, "type")} AS _said, {_first(*_TIME)} AS _when, {_first("distinct_id")} AS _distinct,
    coalesce({_first(*_ID)}, row_key(concat_ws(chr(31), {_WHOLE}))) AS _id,
    {_LOOKED_UP}
FROM (SELECT *, {_json("properties", _PROPERTIES)} AS _properties, {_json("context", _CONTEXT)} AS _context FROM file)))"""

_WHO = {
    "customer_id": '"userId"',
    "visitor_id": '"anonymousId"',
    "session_id": "coalesce(_p_own_session_id, _c_sessionId, _p_session_id)",
}
_EVENT_COLUMNS = _WHO | {
    "event_id": "_id",
    "name": '"event"',
    "happened_at": '"timestamp"',
    "product_id": f"coalesce(_p_product_id, _p_sku, {_of('_only', 'product_id', 'sku')})",
    "order_id": "_p_order_id",
    "query": "_p_query",
    "page": "regexp_replace(coalesce(_c_page_path, _c_page_url, _p_path, _p_url, _p_own_current_url), '[?#].*$', '')",
    "channel": "coalesce(_c_campaign_medium, _c_campaign_source, _p_utm_medium)",
    "device": "coalesce(_c_device_type, _p_own_device_type)",
    "quantity": f"coalesce(_p_quantity, {_of('_only', 'quantity')})",
    "price": f"coalesce(_p_price, {_of('_only', 'price')})",
    "currency": "_p_currency",
    "ip": 'coalesce(_c_ip, _p_own_ip, "context.ip")',
}

_WHEN_AND_WHO = ("|".join(_TIME), "|".join((*_USER, *_VISITOR, "distinct_id")))
_EVENTS = FileKind(
    name="events",
    platform="events",
    title=Words("Events (Segment, RudderStack, PostHog)", "行为事件（Segment、RudderStack、PostHog）"),
    required=("|".join(_EVENT), *_WHEN_AND_WHO),
    optional=_COLUMNS,
    rows=_ROWS,
    grain=Extract(EVENTS, _EVENT_COLUMNS),
    others=(
        Extract(EVENTS, _EVENT_COLUMNS | {
            "event_id": "_id || '#' || (_number + 1)",
            "product_id": _of("_item", "product_id", "sku"),
            "quantity": _of("_item", "quantity"),
            "price": _of("_item", "price"),
        }, where=""""event" LIKE 'Order %'""", each="_products[2:]"),
        Extract(SEARCHES, _WHO | {
            "search_id": "_id",
            "query": "_p_query",
            "searched_at": '"timestamp"',
            "results": "_p_results",
        }, where=""""event" = 'Products Searched' AND _p_query IS NOT NULL"""),
        Extract(IDENTITIES, {"alias": '"anonymousId"', "customer_id": '"userId"'},
                where='"anonymousId" <> "userId"'),
    ),
)  # fmt: skip

KINDS = (
    _EVENTS,
    # A file of page views alone names no event; a column of names may be one of people.
    replace(_EVENTS, required=("type", "|".join(_ID[:2]), *_WHEN_AND_WHO)),
)
