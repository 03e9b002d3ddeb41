"""Replies that stand in a queue: a provider for tests."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator

from shopkeeper.language.prompts import Prompt
from shopkeeper.language.providers import Ask, Fault, Reply
from shopkeeper.words import Words


class Queued:
    """Gives the queued replies one after another and remembers what it was asked.

    Parameters
    ----------
    replies
        Texts to reply with, or faults to fail with.

    Examples
    --------
    >>> provider = Queued(["hello you"])
    >>> [piece for piece in provider.stream(Prompt("Hi"), Ask()) if isinstance(piece, str)]
    ['hello ', 'you']
    >>> provider.asked[0].user
    'Hi'
    """

    identity = "queued"

    def __init__(self, replies: Iterable[str | Fault] = ()) -> None:
        self.replies = list(replies)
        self.asked: list[Prompt] = []
        self._lock = threading.Lock()

    def stream(self, prompt: Prompt, ask: Ask) -> Iterator[str | Reply]:
        """Yield the words of the next reply, then the reply."""
        with self._lock:
            self.asked.append(prompt)
            if not self.replies:
                raise Fault(Words("the queue is empty", "队列是空的"), again=False)
            reply = self.replies.pop(0)
        if isinstance(reply, Fault):
            raise reply
        words = reply.split(" ")
        yield from (f"{word} " for word in words[:-1])
        yield words[-1]
        read = sum(len(message["content"].split()) for message in prompt.messages())
        yield Reply(reply, prompt_tokens=read, reply_tokens=len(words))
