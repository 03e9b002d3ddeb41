"""A prompt becomes text, or JSON that satisfies a schema.

Who answers is a provider: a server named in the environment, a model on this machine, or a queue
for tests. Around it stand what a shop needs to rely on it: tries that wait, a time limit, a hard
limit of tokens and money, replies that are kept and never paid twice, and several prompts at once
with the replies in order. Nothing is sent anywhere unless the user has named a server.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from shopkeeper.errors import ProviderError, ReplyError, SettingsError
from shopkeeper.language.meter import Meter, Prices
from shopkeeper.language.prompts import Prompt, for_json, for_repair
from shopkeeper.language.providers import Ask, Fault, Provider, Reply
from shopkeeper.language.providers.connection import connection
from shopkeeper.language.replies import KeptReplies, reply_key
from shopkeeper.language.schema import Schema, check_schema, faults, parsed
from shopkeeper.words import Words

LONGEST_WAIT_SECONDS = 60.0
"""A server that asks for a longer wait is not waited for."""

_MESSAGE_OVERHEAD = 64


@dataclass(frozen=True, slots=True)
class Patience:
    """How long and how often a provider is tried.

    Parameters
    ----------
    seconds
        Time for one try.
    attempts
        Tries of one prompt.
    first_wait_seconds
        Wait after the first failed try; it doubles each time, and half of it is drawn by lot.
    sleep
        Waits; tests give another one.
    """

    seconds: float = 60.0
    attempts: int = 4
    first_wait_seconds: float = 0.5
    sleep: Callable[[float], None] = time.sleep


class Generator:
    """Asks a provider.

    Parameters
    ----------
    provider
        Who answers.
    meter
        What the run may spend; a million tokens when not given.
    kept
        Where replies are kept; nowhere when not given.
    patience
        How long and how often the provider is tried.
    temperature
        0 for the likeliest reply.
    seed
        Seed of drawn replies and of waits.
    threads
        Prompts that are under way at the same time.

    Limits
    ------
    A kept reply is given again even where the temperature is above 0: another seed asks anew. What
    a model writes is not true because it is well-formed; hold it to its sources
    (`shopkeeper.language.ground`).

    Examples
    --------
    >>> from shopkeeper.language.providers.queued import Queued
    >>> generator = Generator(Queued(["A kettle.", '{"label": "good"}']))
    >>> generator.text(Prompt("What is it?"))
    'A kettle.'
    >>> schema = {"type": "object", "properties": {"label": {"enum": ["good", "bad"]}}}
    >>> generator.json(Prompt("Is it good?"), schema)
    {'label': 'good'}
    """

    def __init__(
        self,
        provider: Provider,
        *,
        meter: Meter | None = None,
        kept: KeptReplies | None = None,
        patience: Patience | None = None,
        temperature: float = 0.0,
        seed: int = 0,
        threads: int = 4,
    ) -> None:
        self.provider, self.kept = provider, kept
        self.meter, self.patience = meter or Meter(), patience or Patience()
        self.temperature, self.seed, self.threads = temperature, seed, threads

    def text(self, prompt: Prompt, *, tokens: int = 512) -> str:
        """Return the reply to a prompt.

        Raises
        ------
        ProviderError
            Every try failed.
        BudgetError
            The request could exceed the limit of the run.
        """
        return self._reply(prompt, self._ask(tokens)).text

    def texts(self, prompts: Sequence[Prompt], *, tokens: int = 512) -> list[str]:
        """Return the replies to prompts, in their order; equal prompts are asked once."""
        return self._each(lambda prompt: self.text(prompt, tokens=tokens), prompts)

    def json(self, prompt: Prompt, schema: Schema, *, tokens: int = 512) -> Any:
        """Return the JSON value that a prompt asks for, checked against a schema.

        A reply that does not satisfy it is shown to the model once, with what is wrong.

        Raises
        ------
        ReplyError
            The second reply does not satisfy it either.
        """
        check_schema(schema)
        ask, asked = self._ask(tokens), for_json(prompt, schema)
        reply = self._reply(asked, ask)
        value, fault = _judged(reply, schema)
        if fault is None:
            return value
        repair = for_repair(asked, reply.text, fault)
        second = self._reply(repair, ask)
        value, fault = _judged(second, schema)
        if fault is None:
            return value
        for one in (asked, repair):
            if self.kept:
                self.kept.forget(reply_key(self.provider.identity, one, ask))
        raise _not_json(fault)

    def stream(self, prompt: Prompt, *, tokens: int = 512) -> Iterator[str]:
        """Yield the reply piece by piece; once a piece is out there is no second try."""
        ask = replace(self._ask(tokens), live=True)
        key = reply_key(self.provider.identity, prompt, ask)
        known = self.kept.get(key) if self.kept else None
        if known is not None:
            yield known.text
            return
        for number in range(self.patience.attempts):
            out = False
            try:
                for piece in self._metered(prompt, ask):
                    if isinstance(piece, Reply):
                        self._keep(key, piece)
                    else:
                        out = True
                        yield piece
                return
            except Fault as fault:
                self._wait(fault, number, key, final=out)

    def _ask(self, tokens: int) -> Ask:
        return Ask(tokens, self.temperature, self.seed, self.patience.seconds)

    def _each(self, do: Callable[[Prompt], Any], prompts: Sequence[Prompt]) -> list[Any]:
        """Do something for each prompt, several at a time; the first failure stops the rest."""
        stopped = threading.Event()

        def once(prompt: Prompt) -> Any:
            if stopped.is_set():
                return None
            try:
                return do(prompt)
            except BaseException:
                stopped.set()
                raise

        different = list(dict.fromkeys(prompts))
        with ThreadPoolExecutor(max(1, self.threads)) as pool:
            running = [pool.submit(once, prompt) for prompt in different]
        failed = next((one for one in running if one.exception()), None)
        if failed is not None:
            failed.result()
        done = dict(zip(different, (one.result() for one in running), strict=True))
        return [done[prompt] for prompt in prompts]

    def _reply(self, prompt: Prompt, ask: Ask) -> Reply:
        key = reply_key(self.provider.identity, prompt, ask)
        known = self.kept.get(key) if self.kept else None
        if known is not None:
            return known
        for number in range(self.patience.attempts):
            try:
                *_, reply = self._metered(prompt, ask)
                assert isinstance(reply, Reply)
                self._keep(key, reply)
                return reply
            except Fault as fault:
                self._wait(fault, number, key, final=False)
        raise AssertionError("the last try raises")

    def _metered(self, prompt: Prompt, ask: Ask) -> Iterator[str | Reply]:
        """Ask once; set aside beforehand what it can cost, and settle it whatever happens."""
        messages = prompt.messages()
        most = sum(len(one["content"].encode()) + _MESSAGE_OVERHEAD for one in messages)
        ticket = self.meter.reserve(prompt_tokens=most, reply_tokens=ask.tokens)
        read: int | None = None
        written: int | None = None
        try:
            for piece in self.provider.stream(prompt, ask):
                if isinstance(piece, Reply):
                    read, written = piece.prompt_tokens, piece.reply_tokens
                yield piece
        except Fault as fault:
            read, written = (None, None) if fault.paid else (0, 0)
            raise
        finally:
            self.meter.settle(ticket, prompt_tokens=read, reply_tokens=written)

    def _keep(self, key: str, reply: Reply) -> None:
        if self.kept:
            self.kept.put(key, reply)

    def _wait(self, fault: Fault, number: int, key: str, *, final: bool) -> None:
        """Wait before the next try, or raise when there is none."""
        last = number + 1 >= self.patience.attempts
        if final or last or not fault.again or fault.wait_seconds > LONGEST_WAIT_SECONDS:
            raise _failed(fault, number + 1) from fault
        lot = random.Random(f"{self.seed}:{key}:{number}").random()  # noqa: S311 no secret
        wait = self.patience.first_wait_seconds * 2**number * (0.5 + lot / 2)
        self.patience.sleep(max(fault.wait_seconds, min(wait, LONGEST_WAIT_SECONDS)))


def generator_from_environment(
    *, kept: KeptReplies | None = None, environment: Mapping[str, str] | None = None
) -> Generator | None:
    """Return the generator that the environment names, or None where it names none.

    SHOPKEEPER_LLM_URL, SHOPKEEPER_LLM_KEY and SHOPKEEPER_LLM_MODEL name a server and a model on it;
    without a URL, SHOPKEEPER_LLM_MODEL is the folder of a model on this machine. SHOPKEEPER_LLM_TOKENS
    and SHOPKEEPER_LLM_MONEY limit a run; SHOPKEEPER_LLM_PRICE_PROMPT, SHOPKEEPER_LLM_PRICE_REPLY (for
    a million tokens) and SHOPKEEPER_LLM_CURRENCY say what it costs.

    Raises
    ------
    SettingsError
        A value cannot be used.

    Examples
    --------
    >>> generator_from_environment(environment={}) is None
    True
    """
    given = os.environ if environment is None else environment
    said = {name: given.get(f"SHOPKEEPER_LLM_{name}", "").strip() for name in _NAMES}
    if not said["URL"] and not said["MODEL"]:
        return None
    meter = _meter(said)
    provider: Provider
    if said["URL"]:
        from shopkeeper.language.providers.server import Server

        provider = Server(connection(said["URL"], said["KEY"], said["MODEL"]))
    else:
        from shopkeeper.language.providers.local import LocalModel

        folder = Path(said["MODEL"]).expanduser()
        if not folder.is_dir():
            raise _bad_setting("MODEL", "neither a folder nor a model of a server (no URL is set)")
        provider = LocalModel(folder)
    return Generator(provider, meter=meter, kept=kept)


_NAMES = ("URL", "KEY", "MODEL", "TOKENS", "MONEY", "PRICE_PROMPT", "PRICE_REPLY", "CURRENCY")


def _meter(said: Mapping[str, str]) -> Meter:
    prices = Prices(
        _decimal(said, "PRICE_PROMPT") or Decimal(0),
        _decimal(said, "PRICE_REPLY") or Decimal(0),
        said["CURRENCY"] or "USD",
    )
    money = _decimal(said, "MONEY")
    if money is not None and not (prices.prompt or prices.reply):
        raise _bad_setting("MONEY", "set, but no price is")
    tokens = _decimal(said, "TOKENS")
    return Meter(tokens=1_000_000 if tokens is None else int(tokens), money=money, prices=prices)


def _decimal(said: Mapping[str, str], name: str) -> Decimal | None:
    if not said[name]:
        return None
    try:
        value = Decimal(said[name])
    except InvalidOperation:
        raise _bad_setting(name, "no number") from None
    if not value.is_finite() or value < 0:
        raise _bad_setting(name, "no number that can be a limit or a price")
    return value


def _judged(reply: Reply, schema: Schema) -> tuple[Any, str | None]:
    """Return the value of a reply, or what is wrong with it."""
    try:
        value = parsed(reply.text)
    except ValueError as error:
        cut = "; it was cut off at the limit of tokens" if reply.cut else ""
        return None, f"it is no JSON ({error}){cut}"
    found = [fault for fault, _ in zip(faults(value, schema), range(5), strict=False)]
    return value, "; ".join(found) or None


def _failed(fault: Fault, tries: int) -> ProviderError:
    asked_to_wait = fault.wait_seconds > LONGEST_WAIT_SECONDS
    wait = f" and asked for a wait of {fault.wait_seconds:.0f} s" if asked_to_wait else ""
    zh_wait = f"，并要求等待 {fault.wait_seconds:.0f} 秒" if asked_to_wait else ""
    return ProviderError(
        Words("Asked a language model.", "请求了语言模型。"),
        Words(
            f"After {tries} {'try' if tries == 1 else 'tries'}: {fault.found.en}{wait}.",
            f"尝试 {tries} 次后：{fault.found.zh}{zh_wait}。",
        ),
        Words(
            "Check SHOPKEEPER_LLM_URL, SHOPKEEPER_LLM_KEY and SHOPKEEPER_LLM_MODEL, and that the"
            " server runs; then try again.",
            "请检查 SHOPKEEPER_LLM_URL、SHOPKEEPER_LLM_KEY、SHOPKEEPER_LLM_MODEL"
            "以及服务器是否在运行，然后重试。",
        ),
    )


def _not_json(fault: str) -> ReplyError:
    line = fault if len(fault) <= 300 else f"{fault[:297]}…"
    return ReplyError(
        Words("Asked a language model for JSON.", "要求语言模型给出 JSON。"),
        Words(f"After one repair: {line}.", f"修正一次后仍不符合：{line}。"),
        Words(
            "Use a stronger model, a simpler schema, or more tokens.",
            "请换用更强的模型、更简单的模式，或放宽 token 上限。",
        ),
    )


def _bad_setting(name: str, found: str) -> SettingsError:
    return SettingsError(
        Words("Asked to use a language model.", "要使用语言模型。"),
        Words(f"SHOPKEEPER_LLM_{name} is {found}.", f"SHOPKEEPER_LLM_{name} 不能使用。"),
        Words("Correct it or unset it.", "请改正或取消设置。"),
    )
