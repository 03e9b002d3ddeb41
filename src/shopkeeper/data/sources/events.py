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

from shopkeeper.data.sources.kinds import Extract, FileKind
from shopkeeper.data.tables import EVENT_NAMES, EVENTS, IDENTITIES, SEARCHES
from shopkeeper.words import Words

_EVENT = ("event_text", "event", "name")
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
    return "coalesce(" + ", ".join(f'cell("{name}")' for name in names) + ")"


def _property(name: str) -> str:
    plain = [name] if name in _PLAIN else []
    return f"coalesce(properties_list[{_PROPERTIES.index(name) + 1}], {_first(f'properties.{name}', *plain)})"


def _context(name: str) -> str:
    flat = _first(f"context.{name}", f"context_{name.replace('.', '_')}")
    return f"coalesce(context_list[{_CONTEXT.index(name) + 1}], {flat})"


def _json(column: str, paths: tuple[str, ...]) -> str:
    keys = ", ".join(f"'$.{_escaped(path)}'" for path in paths)
    return f"""CASE WHEN json_valid("{column}") THEN json_extract_string("{column}", [{keys}]) END"""


def _escaped(path: str) -> str:
    return f'"{path}"' if path.startswith("$") else path


def _of(item: str, *keys: str) -> str:
    return "coalesce(" + ", ".join(f"json_extract_string({item}, '$.{key}')" for key in keys) + ")"


_KNOWN = " ".join(f"WHEN '{name.lower()}' THEN '{name}'" for name in EVENT_NAMES)
_NAME = f"""CASE lower(replace(said, '_', ' ')) {_KNOWN}
    WHEN '$pageview' THEN 'Page Viewed' WHEN 'page' THEN 'Page Viewed' ELSE said END"""
_MOMENT = """CASE WHEN regexp_full_match(moment, '\\d{9,10}(\\.\\d+)?')
        THEN strftime(epoch_seconds(moment) AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M:%S.%fZ')
    WHEN regexp_full_match(moment, '\\d{12,13}')
        THEN strftime(epoch_milliseconds(moment) AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M:%S.%fZ')
    ELSE moment END"""
_WHOLE = ", ".join(f"""coalesce(cell("{name}"), '')""" for name in _COLUMNS)
_ROWS = f"""
SELECT *, {_NAME} AS event_name, {_MOMENT} AS happened,
    CASE WHEN json_valid(listed) AND json_type(listed) = 'ARRAY' THEN json_extract(listed, '$[*]') END AS items
FROM (SELECT *, coalesce({_first(*_EVENT)}, CASE "type" WHEN 'page' THEN 'page' ELSE cell("type") END) AS said,
    {_first(*_TIME)} AS moment, {_property("products")} AS listed,
    coalesce({_first(*_ID)}, row_key(concat_ws(chr(31), {_WHOLE}))) AS id
FROM (SELECT *, {_json("properties", _PROPERTIES)} AS properties_list,
    {_json("context", _CONTEXT)} AS context_list FROM file))"""
_CUSTOMER = f"""person(coalesce({_first(*_USER)}, {_property("$user_id")},
    CASE WHEN cell("distinct_id") IS DISTINCT FROM {_property("$device_id")} THEN cell("distinct_id") END))"""
_VISITOR_ID = f"""person(coalesce({_first(*_VISITOR)}, {_property("$device_id")}, cell("distinct_id")))"""
_PAGE = f"""regexp_replace(replace(coalesce({_context("page.path")}, {_context("page.url")},
    {_property("path")}, {_property("url")}, {_property("$current_url")}), '%40', '@'), '[?#].*$', '')"""
_SHARED = {
    "customer_id": _CUSTOMER,
    "visitor_id": _VISITOR_ID,
    "session_id": f"coalesce({_property('$session_id')}, {_context('sessionId')}, {_property('session_id')})",
}
_EVENT_COLUMNS = _SHARED | {
    "event_id": "id",
    "name": "event_name",
    "happened_at": "happened",
    "product_id": f"""coalesce({_property("product_id")}, {_property("sku")},
        CASE WHEN len(items) = 1 OR event_name LIKE 'Order %' THEN {_of("items[1]", "product_id", "sku")} END)""",
    "order_id": _property("order_id"),
    "query": _property("query"),
    "page": _PAGE,
    "channel": f"coalesce({_context('campaign.medium')}, {_context('campaign.source')}, {_property('utm_medium')})",
    "device": f"coalesce({_context('device.type')}, {_property('$device_type')})",
    "quantity": f"""coalesce({_property("quantity")}, CASE WHEN len(items) = 1 OR event_name LIKE 'Order %'
        THEN {_of("items[1]", "quantity")} END)""",
    "price": f"""coalesce({_property("price")}, CASE WHEN len(items) = 1 OR event_name LIKE 'Order %'
        THEN {_of("items[1]", "price")} END)""",
    "currency": _property("currency"),
    "ip": f"coalesce({_context('ip')}, {_property('$ip')})",
}

KINDS = (
    FileKind(
        name="events",
        platform="events",
        title=Words("Events (Segment, RudderStack, PostHog)", "行为事件（Segment、RudderStack、PostHog）"),
        required=("event|event_text|name", "|".join(_TIME), "|".join((*_USER, *_VISITOR, "distinct_id"))),
        optional=_COLUMNS,
        rows=_ROWS,
        grain=Extract(EVENTS, _EVENT_COLUMNS),
        others=(
            Extract(EVENTS, _EVENT_COLUMNS | {
                "event_id": "id || '#' || (_number + 1)",
                "product_id": _of("_item", "product_id", "sku"),
                "quantity": _of("_item", "quantity"),
                "price": _of("_item", "price"),
            }, where="event_name LIKE 'Order %' AND len(items) > 1", each="items[2:]"),
            Extract(SEARCHES, _SHARED | {
                "search_id": "id",
                "query": _property("query"),
                "searched_at": "happened",
                "results": _property("results"),
            }, where=f"event_name = 'Products Searched' AND {_property('query')} IS NOT NULL"),
            Extract(IDENTITIES, {"alias": _VISITOR_ID, "customer_id": _CUSTOMER},
                    where=f"{_VISITOR_ID} <> {_CUSTOMER}"),
        ),
    ),
)  # fmt: skip
