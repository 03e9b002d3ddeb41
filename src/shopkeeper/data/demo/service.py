"""The service desk of the demo shop: conversations and help articles, in both languages."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from shopkeeper.data.demo.columns import Export, at, coded_ids, constant, ids, on
from shopkeeper.data.demo.dialogues import ARTICLES, DIALOGUES, Dialogue
from shopkeeper.data.demo.dice import Dice
from shopkeeper.data.demo.plan import DAY, END, ZONE, Ints, Plan, Rows, time_of_day
from shopkeeper.data.demo.spelling import CONVERSATION, CUSTOMER, ORDER, PRODUCT
from shopkeeper.data.demo.world import World

_BATCH = 20_000
_SHARE = 0.12
"""Conversations per order."""
_LATE_INTENT = "where_is_my_order"


def write_service(folder: Path, plan: Plan, world: World, orders: Rows) -> None:
    """Write `messages` and `articles`."""
    rng = plan.generator("service")
    dice = Dice(rng)
    chance = np.where(orders["late"] == 1, 3 * _SHARE, _SHARE) * (orders["ring"] == 0)
    asked = np.flatnonzero(rng.random(len(orders)) < chance)
    with Export(folder, "messages", plain=("message_id", "text")) as export:
        for start in range(0, len(asked), _BATCH):
            part = asked[start : start + _BATCH]
            _write_conversations(rng, dice, export, world, orders, part, start)
    with Export(folder, "articles", plain=("text",)) as articles:
        count = len(ARTICLES)
        articles.write(
            {
                "article_id": [f"H{number:03d}" for number in range(count)],
                "kind": [item.kind for item in ARTICLES],
                "title": [item.title for item in ARTICLES],
                "text": [item.text for item in ARTICLES],
                "language": [item.language for item in ARTICLES],
                "updated_at": at(-np.arange(count) * 3 * DAY),
            }
        )


def _write_conversations(
    rng: np.random.Generator,
    dice: Dice,
    export: Export,
    world: World,
    orders: Rows,
    order: Ints,
    first: int,
) -> None:
    customer = orders["customer"][order].astype(np.int64)
    late = orders["late"][order] == 1
    days = np.where(late, 6, rng.integers(1, 12, len(order)))
    start = (orders["time"][order] // DAY + days) * DAY + time_of_day(rng, len(order))
    texts: list[str] = []
    senders: list[str] = []
    lengths: list[int] = []
    for zh, waits in zip(world.chinese[customer].tolist(), late.tolist(), strict=True):
        lines = _conversation(dice, DIALOGUES["zh" if zh else "en"], waits)
        lengths.append(len(lines))
        senders.extend(sender for sender, _ in lines)
        texts.extend(text for _, text in lines)
    row = np.repeat(np.arange(len(order)), lengths)
    turn = np.arange(len(row)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    time = start[row] + turn * 70 + rng.integers(0, 60, len(row))
    kept = np.flatnonzero(time < END)
    row, time = row[kept], time[kept]
    export.write(
        {
            "message_id": ids(("M", 9), export.rows + np.arange(len(row))),
            "conversation_id": coded_ids(CONVERSATION, first + row),
            "sender": [senders[index] for index in kept],
            "text": [texts[index] for index in kept],
            "sent_at": at(time),
            "sent_on": on(time),
            "time_zone": constant(ZONE, len(row)),
            "customer_id": coded_ids(CUSTOMER, customer[row]),
            "order_id": coded_ids(ORDER, order[row]),
            "product_id": coded_ids(PRODUCT, orders["bought"][order][row].astype(np.int64)),
            "channel": constant("chat", len(row)),
        }
    )


def _conversation(dice: Dice, dialogues: tuple[Dialogue, ...], late: bool) -> list[tuple[str, str]]:
    usual = dice.pick(dialogues)
    waiting = next(item for item in dialogues if item.intent == _LATE_INTENT)
    dialogue = waiting if late and dice.random() < 0.8 else usual
    lines = [("bot", dice.pick(dialogue.greetings))] if dice.random() < 0.5 else []
    lines.append(("customer", dice.pick(dialogue.asked)))
    lines.append(("agent", dice.pick(dialogue.answered)))
    if dice.random() < 0.6:
        lines.append(("customer", dice.pick(dialogue.followed)))
        lines.append(("agent", dice.pick(dialogue.closed)))
    return lines
