"""Who answers a prompt: a server, a model on this machine, or a queue of replies for tests.

A provider has an `identity` (part of the key under which replies are kept, never a secret) and a
method `stream`, which yields pieces of text and at the end one `Reply`. It tries once; trying again,
counting and keeping replies are the generator's work.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from shopkeeper.language.prompts import Prompt
from shopkeeper.words import Words


@dataclass(frozen=True, slots=True)
class Ask:
    """How a prompt is answered.

    Parameters
    ----------
    tokens
        Tokens of the reply at most.
    temperature
        0 for the likeliest reply.
    seed
        Seed of a reply that is drawn.
    seconds
        Time for the whole exchange.
    live
        Whether pieces are wanted as they come.
    """

    tokens: int = 512
    temperature: float = 0.0
    seed: int = 0
    seconds: float = 60.0
    live: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What a provider answered.

    Parameters
    ----------
    text
        The whole reply.
    prompt_tokens, reply_tokens
        Tokens read and written; None where the provider does not say.
    cut
        Whether it stopped because it had no tokens left.
    """

    text: str
    prompt_tokens: int | None = None
    reply_tokens: int | None = None
    cut: bool = False


class Fault(Exception):  # noqa: N818
    """One try failed; users see the error that the generator makes of the last one.

    Parameters
    ----------
    found
        What happened, without the key.
    again
        Whether another try may help.
    wait_seconds
        Wait that the provider asked for.
    paid
        Whether the try may have cost something.
    """

    def __init__(
        self, found: Words, *, again: bool, wait_seconds: float = 0.0, paid: bool = False
    ) -> None:
        super().__init__(found.en)
        self.found, self.again, self.wait_seconds, self.paid = found, again, wait_seconds, paid


class Provider(Protocol):
    """Answers prompts."""

    @property
    def identity(self) -> str:
        """Which model at which place answers."""
        ...

    def stream(self, prompt: Prompt, ask: Ask) -> Iterator[str | Reply]:
        """Yield pieces of text, then the whole reply."""
        ...
