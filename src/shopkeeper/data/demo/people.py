"""The customers' words and the campaigns' contacts. Every name, number and address is made up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shopkeeper.data.demo.campaign import START_DAY, WINDOW_DAYS, Campaign
from shopkeeper.data.demo.columns import Export, at, coded_ids, constant, ids, money, named
from shopkeeper.data.demo.plan import CURRENCY, DAY, ZONE, Flags, Ints, Plan
from shopkeeper.data.demo.spelling import CAMPAIGNS, CUSTOMER
from shopkeeper.data.demo.world import World

_BATCH = 100_000
_PLACES = (
    ("广州", "广东", "CN"),
    ("深圳", "广东", "CN"),
    ("杭州", "浙江", "CN"),
    ("宁波", "浙江", "CN"),
    ("南京", "江苏", "CN"),
    ("苏州", "江苏", "CN"),
    ("上海", "上海", "CN"),
    ("北京", "北京", "CN"),
    ("成都", "四川", "CN"),
    ("武汉", "湖北", "CN"),
    ("西安", "陕西", "CN"),
    ("长沙", "湖南", "CN"),
    ("济南", "山东", "CN"),
    ("沈阳", "辽宁", "CN"),
    ("Singapore", "Singapore", "SG"),
    ("Kuala Lumpur", "Kuala Lumpur", "MY"),
    ("London", "England", "GB"),
    ("Sydney", "New South Wales", "AU"),
    ("Hong Kong", "Hong Kong", "HK"),
    ("Auckland", "Auckland", "NZ"),
)
_CHINESE_PLACES = 14
_NEWSLETTER_DAY = 320


def regions(world: World, customer: Ints) -> tuple[pa.DictionaryArray, pa.DictionaryArray]:
    """Return region and country of each of these customers."""
    code = _place(world, customer)
    return _named_once(code, 1), _named_once(code, 2)


def _named_once(code: Ints, part: int) -> pa.DictionaryArray:
    """Name places by a part that several share, each name once.

    Arrow writes a dictionary with repeated values in one of two ways, not always the same.
    """
    names = sorted({place[part] for place in _PLACES})
    return named(np.array([names.index(place[part]) for place in _PLACES])[code], names)


def _place(world: World, customer: Ints) -> Ints:
    draw = world.place[customer]
    foreign = _CHINESE_PLACES + draw % (len(_PLACES) - _CHINESE_PLACES)
    return np.where(world.chinese[customer], draw % _CHINESE_PLACES, foreign)


def _digits(numbers: Ints, width: int) -> pa.Array:
    return pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")


def _joined(*parts: pa.Array | str) -> pa.Array:
    return pc.binary_join_element_wise(*parts, "")


def write_customers(folder: Path, world: World) -> None:
    """Write `customers`."""
    with Export(
        folder, "customers", plain=("customer_id", "name", "email", "phone", "address")
    ) as export:
        for start in range(0, world.customers, _BATCH):
            customer = np.arange(start, min(start + _BATCH, world.customers))
            export.write(_customer_columns(world, customer))


def _customer_columns(world: World, customer: Ints) -> dict[str, pa.Array]:
    count = len(customer)
    chinese, ring, place = world.chinese[customer], world.ring[customer], _place(world, customer)
    number = _digits(customer, 7)
    name = pc.if_else(pa.array(chinese), _joined("顾客", number), _joined("Customer ", number))
    # The members of a ring share an address and two telephones.
    line = np.where(ring > 0, 90_000_000 + ring * 10 + customer % 2, customer)
    phone = _digits(line, 8)
    house = _digits(np.where(ring > 0, ring, world.place[customer] * 7 + customer), 1)
    street = pc.if_else(
        pa.array(ring > 0), "示例仓库", pc.if_else(pa.array(chinese), "示例路", "Example Road")
    )
    region, country = regions(world, customer)
    return {
        "customer_id": ids(CUSTOMER, customer),
        "name": name,
        "email": _joined("customer", number, "@example.com"),
        "phone": _joined(
            "+86 100 ",
            pc.utf8_slice_codeunits(phone, 0, 4),
            " ",
            pc.utf8_slice_codeunits(phone, 4, 8),
        ),
        "address": _joined(
            street, " ", house, pc.if_else(pa.array(chinese | (ring > 0)), " 号", "")
        ),
        "city": named(place, [item[0] for item in _PLACES]),
        "region": region,
        "country": country,
        "postal_prefix": _digits(100 + place * 17, 3),
        "accepts_marketing": pa.array(world.accepts[customer]),
        "tags": named(chinese.astype(np.int64), ["en", "zh"]),
        "created_at": at(world.created[customer]),
        "time_zone": constant(ZONE, count),
    }


def write_campaigns(folder: Path, plan: Plan, world: World, campaign: Campaign) -> None:
    """Write `campaigns` and `contacts`: the win-back with its control group, and a newsletter."""
    rng = plan.generator("contacts")
    days = np.array([START_DAY, _NEWSLETTER_DAY])
    with Export(folder, "campaigns") as export:
        export.write(
            {
                "campaign_id": CAMPAIGNS,
                "name": ["春季召回 Win-back", "五月上新 May newsletter"],
                "channel": ["sms", "email"],
                "offer": ["九折 10% off", "新品预告 New arrivals"],
                "cost": money(np.array([len(campaign.customer) * 4, len(campaign.customer)])),
                "currency": constant(CURRENCY, 2),
                "started_at": at(days * DAY),
                "ended_at": at((days + WINDOW_DAYS) * DAY),
                "time_zone": constant(ZONE, 2),
            }
        )
    accepting = np.flatnonzero(world.accepts & (world.created < _NEWSLETTER_DAY * DAY))
    with Export(folder, "contacts") as export:
        export.write(_contact_columns(rng, 0, campaign.customer, campaign.treated))
        readers = rng.random(len(accepting)) < 0.9
        export.write(_contact_columns(rng, 1, accepting, readers))


def _contact_columns(
    rng: np.random.Generator, number: int, customer: Ints, treated: Flags
) -> dict[str, pa.Array]:
    count = len(customer)
    start = (START_DAY, _NEWSLETTER_DAY)[number] * DAY
    sent = np.full(count, start + 10 * 3600) + rng.integers(0, 1800, count)
    opened = treated & (rng.random(count) < 0.35)
    clicked = opened & (rng.random(count) < 0.25)
    return {
        "campaign_id": constant(CAMPAIGNS[number], count),
        "customer_id": coded_ids(CUSTOMER, customer),
        "arm": named(treated.astype(np.int64), ["control", "treatment"]),
        "assigned_at": at(np.full(count, start)),
        "time_zone": constant(ZONE, count),
        "contacted_at": at(sent, treated),
        "opened_at": at(sent + rng.integers(60, 40_000, count), opened),
        "clicked_at": at(sent + 50_000 + rng.integers(60, 9_000, count), clicked),
    }
