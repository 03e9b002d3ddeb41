"""What a run may spend on a language model, in tokens and in money, and a limit that holds.

Before a request is sent, the most that it can cost is set aside; a request that could exceed the
limit is refused. Afterwards what it did cost takes the place of what was set aside.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from decimal import Decimal

from shopkeeper.errors import BudgetError
from shopkeeper.words import Words

MILLION = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Prices:
    """What a million tokens cost.

    Parameters
    ----------
    prompt, reply
        Price of a million tokens read and written.
    currency
        Its ISO 4217 code.
    """

    prompt: Decimal = Decimal(0)
    reply: Decimal = Decimal(0)
    currency: str = "USD"

    def of(self, prompt_tokens: int, reply_tokens: int) -> Decimal:
        """Return what so many tokens cost.

        Examples
        --------
        >>> Prices(Decimal("0.5"), Decimal("1.5")).of(1_000_000, 2_000_000)
        Decimal('3.5')
        """
        return (self.prompt * prompt_tokens + self.reply * reply_tokens) / MILLION


@dataclass(frozen=True, slots=True)
class Spent:
    """What a run has cost so far.

    Parameters
    ----------
    requests
        Requests that were sent, those that failed included.
    prompt_tokens, reply_tokens
        Tokens read and written.
    money
        What they cost at the prices given.
    currency
        Its ISO 4217 code.
    """

    requests: int
    prompt_tokens: int
    reply_tokens: int
    money: Decimal
    currency: str


class Meter:
    """Counts what a run spends and refuses what could exceed its limit; safe among threads.

    Parameters
    ----------
    tokens
        Tokens that the run may use, read and written together.
    money
        Money that it may cost; None for no limit of money.
    prices
        What a million tokens cost; nothing when not given.

    Limits
    ------
    The bound of a prompt is its UTF-8 bytes and 64 more a message, which no byte-level tokenizer
    exceeds. A server that reports more than the bound is believed, and the next request refused. What
    is under way counts whole, so near the limit several requests at once are refused earlier than
    one after another.

    Examples
    --------
    >>> meter = Meter(tokens=500)
    >>> ticket = meter.reserve(prompt_tokens=300, reply_tokens=100)
    >>> meter.settle(ticket, prompt_tokens=120, reply_tokens=30)
    >>> meter.spent.prompt_tokens, meter.spent.reply_tokens
    (120, 30)
    """

    def __init__(
        self, *, tokens: int = 1_000_000, money: Decimal | None = None, prices: Prices | None = None
    ) -> None:
        self.tokens, self.money, self.prices = tokens, money, prices or Prices()
        self._lock = threading.Lock()
        self._held: dict[int, tuple[int, int]] = {}
        self._next = 0
        self._prompt = self._reply = 0

    @property
    def spent(self) -> Spent:
        """What the run has cost so far."""
        with self._lock:
            money = self.prices.of(self._prompt, self._reply)
            return Spent(self._next, self._prompt, self._reply, money, self.prices.currency)

    def reserve(self, *, prompt_tokens: int, reply_tokens: int) -> int:
        """Set aside the most that a request can cost, and return the ticket to settle it with.

        Raises
        ------
        BudgetError
            Together with what is spent and set aside it could exceed a limit.
        """
        with self._lock:
            prompt = self._prompt + prompt_tokens + sum(one for one, _ in self._held.values())
            reply = self._reply + reply_tokens + sum(one for _, one in self._held.values())
            if prompt + reply > self.tokens:
                raise _over(
                    f"{self._prompt + self._reply:,} of {self.tokens:,} tokens are spent",
                    f"已用 {self._prompt + self._reply:,} / {self.tokens:,} 个 token",
                )
            if self.money is not None and self.prices.of(prompt, reply) > self.money:
                now = f"{self.prices.of(self._prompt, self._reply):.4f}"
                of = f"{self.money} {self.prices.currency}"
                raise _over(f"{now} of {of} are spent", f"已花费 {now} / {of}")
            self._next += 1
            self._held[self._next] = (prompt_tokens, reply_tokens)
            return self._next

    def settle(
        self, ticket: int, *, prompt_tokens: int | None = 0, reply_tokens: int | None = 0
    ) -> None:
        """Put what a request did cost in the place of what was set aside; None for all of it."""
        with self._lock:
            prompt, reply = self._held.pop(ticket)
            self._prompt += prompt if prompt_tokens is None else max(0, prompt_tokens)
            self._reply += reply if reply_tokens is None else max(0, reply_tokens)


def _over(en: str, zh: str) -> BudgetError:
    return BudgetError(
        Words("Asked a language model within a limit.", "在限额内请求语言模型。"),
        Words(f"{en}, and the next request could exceed it.", f"{zh}，下一次请求可能超限。"),
        Words(
            "Raise the limit (SHOPKEEPER_LLM_TOKENS, SHOPKEEPER_LLM_MONEY) or ask for less.",
            "请提高限额（SHOPKEEPER_LLM_TOKENS、SHOPKEEPER_LLM_MONEY），或减少请求。",
        ),
    )
