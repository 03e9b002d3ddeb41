"""Languages, vectors and topics: how right, how stable, how fast, beside what a user would pick.

Run `python benchmarks/language_topics.py`, or with the names of some of: tongues vectors topics demo
newest.

Stability is the adjusted Rand index of two runs on the same rows. Nothing in `find_topics` depends
on a seed, so over seeds it is one by construction; what can differ is the sample that the tree is
built on (`other sample`: another salt of the hash that chooses it) and the rows (`without the
last 2 %`). The peer is TF-IDF with KMeans, ten restarts, as many clusters, by seed, and BERTopic
where it is installed. Coherence is
NPMI of each topic's five first terms over the documents (Bouma 2009), the same function for both.
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from machine import keep
from sentiment import read
from sklearn.cluster import KMeans
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from shopkeeper.data.demo import build_demo
from shopkeeper.data.importing import import_files
from shopkeeper.data.shop import open_shop
from shopkeeper.language.encode import SentenceEncoder, load_encoder
from shopkeeper.language.hashed import HashedEncoder
from shopkeeper.language.terms import telling_terms
from shopkeeper.language.text import normalise, text_key
from shopkeeper.language.tongue import languages
from shopkeeper.language.topics import adjusted_rand, find_topics, nearest_topics
from shopkeeper.operations.reviews.ask import review_topics

TOPICS, MINIMUM, ROWS = 20, 30, 8_000
CASES = Path(__file__).parent.parent / "tests" / "language" / "tongue_cases.toml"


def olist() -> list[str]:
    """Texts of Olist's reviews."""
    rows = read("olist/olist_order_reviews_dataset.csv")
    both = ("review_comment_title", "review_comment_message")
    return list(filter(None, ("\n".join(row[c].strip() for c in both).strip() for row in rows)))


def chinese() -> list[str]:
    """A seventh of the Chinese shopping reviews, every category alike."""
    return [row["review"] for row in read("zh_reviews/online_shopping_10_cats.csv")][::7]


def amazon() -> list[str]:
    """Summary and text of Amazon's reviews of musical instruments."""
    rows = read("amazon_musical_instruments/Musical_instruments_reviews.csv")
    return [f"{row['summary']}. {row['reviewText']}" for row in rows]


DATA: dict[str, tuple[Callable[[], list[str]], str]] = {
    "olist": (olist, "pt"),
    "zh_reviews": (chinese, "zh"),
    "amazon": (amazon, "en"),
}


def tongues() -> list[dict[str, Any]]:
    """Precision and recall on the labelled cases, and the share read right on real reviews."""
    whole = tomllib.loads(CASES.read_text(encoding="utf-8"))
    made = []
    for part in ("cases", "mixed", "unseen"):
        pairs = [
            (name, text)
            for name, block in whole[part].items()
            for text in block.split("\n")
            if text
        ]
        said = languages([text for _, text in pairs])
        for name in whole[part]:
            right = sum(s == name == true for s, (true, _) in zip(said, pairs, strict=True))
            true = sum(true == name for true, _ in pairs)
            made.append(
                {"part": f"language, {part}", "language": name, "cases": true}
                | {"precision": round(right / max(1, said.count(name)), 3)}
                | {"recall": round(right / true, 3)}
            )
    for name, (texts_of, language) in DATA.items():
        texts = texts_of()[:4_000]
        short = [text for text in texts if len(text) <= 20]
        start = time.perf_counter()
        alone = languages(texts)
        seconds = time.perf_counter() - start
        settled = languages(texts, settle=True)
        rate = {
            "alone": alone.count(language) / len(texts),
            "settled": settled.count(language) / len(texts),
            "alone_short": languages(short).count(language) / max(1, len(short)),
        }
        made.append(
            {"part": "language, real", "data": name, "texts": len(texts), "short": len(short)}
            | {key: round(value, 4) for key, value in rate.items()}
            | {"per_second": round(len(texts) / seconds)}
        )
    return made


def vectors() -> list[dict[str, Any]]:
    """Sentences a second: ours, kept ones, and sentence-transformers or plain Transformers."""
    texts = amazon()[:400]
    load_encoder("")
    made = []
    with tempfile.TemporaryDirectory() as folder:
        ours = SentenceEncoder(cache=Path(folder))
        for name in ("ours", "ours, kept"):
            start = time.perf_counter()
            rows = ours.vectors(texts)
            made.append(_rate(name, texts, start))
    start = time.perf_counter()
    theirs = _plain(texts)
    made.append(_rate("Transformers, batches of 32, float32", texts, start))
    cosine = (rows * theirs).sum(axis=1)
    made.append(
        {"part": "vectors", "method": "ours with theirs", "lowest cosine": float(cosine.min())}
    )
    start = time.perf_counter()
    HashedEncoder().vectors(amazon())
    made.append(_rate("hashed, random axes", amazon(), start))
    return made


def _plain(texts: Sequence[str]) -> np.ndarray:
    import torch
    from transformers import AutoModel, AutoTokenizer

    from shopkeeper.language.encode import encoder_source

    source = encoder_source("")
    tokenizer, model = (
        AutoTokenizer.from_pretrained(source),
        AutoModel.from_pretrained(source).eval(),
    )
    parts = []
    for start in range(0, len(texts), 32):
        some = [normalise(text) for text in texts[start : start + 32]]
        given = tokenizer(some, padding=True, truncation=True, max_length=128, return_tensors="pt")
        with torch.inference_mode():
            top = model(**given).last_hidden_state
        held = given["attention_mask"][..., None].float()
        mean = (top * held).sum(1) / held.sum(1)
        parts.append(torch.nn.functional.normalize(mean, dim=1).numpy())
    return np.concatenate(parts)


def _rate(method: str, texts: Sequence[str], start: float) -> dict[str, Any]:
    seconds = time.perf_counter() - start
    return {"part": "vectors", "method": method, "texts": len(texts)} | {
        "per_second": round(len(texts) / seconds, 1)
    }


def topics() -> list[dict[str, Any]]:
    """Stability, coherence and seconds of ours and of TF-IDF with KMeans, on the same rows."""
    made = []
    for name, (texts_of, language) in DATA.items():
        texts = texts_of()[:ROWS]
        made += [
            _ours(name, texts, language),
            _peer(name, texts, language),
            _bertopic(name, texts, language),
        ]
    return made


def _ours(name: str, texts: list[str], language: str) -> dict[str, Any]:
    start = time.perf_counter()
    rows = HashedEncoder(width=64).fit(texts).vectors(texts)
    keys = [text_key(text) for text in texts]
    first = find_topics(rows, keys, topics=TOPICS, minimum=MINIMUM)
    seconds = time.perf_counter() - start
    again = find_topics(rows, keys, topics=TOPICS, minimum=MINIMUM)
    others = [
        find_topics(rows, keys, topics=TOPICS, minimum=MINIMUM, salt=salt).codes for salt in "ab"
    ]
    left = {}
    for share in (0.02, 0.1):
        old = round(len(texts) * (1 - share))
        early = find_topics(rows[:old], keys[:old], topics=TOPICS, minimum=MINIMUM)
        codes, _ = nearest_topics(rows[:old], early.centres)
        left[f"ari, without the last {share:.0%}"] = round(
            adjusted_rand(first.codes[:old], codes), 3
        )
    return {
        "part": "topics",
        "data": name,
        "method": "ours",
        "texts": len(texts),
        "topics": len(first.centres),
        "ari over seeds": round(adjusted_rand(first.codes, again.codes), 3),
        "ari, other sample": round(
            float(np.mean([adjusted_rand(first.codes, other) for other in others])), 3
        ),
        **left,
        "npmi": round(_coherence(texts, first.codes, language), 3),
        "seconds": round(seconds, 1),
    }


def _peer(name: str, texts: list[str], language: str) -> dict[str, Any]:
    start = time.perf_counter()
    spaced = language != "zh"
    weights = TfidfVectorizer(
        analyzer="word" if spaced else "char", ngram_range=(1, 2) if spaced else (1, 3),
        min_df=3, max_df=0.5, max_features=40_000, sublinear_tf=True,
    ).fit_transform([normalise(text) for text in texts])  # fmt: skip
    runs = [
        KMeans(TOPICS, n_init=1, random_state=seed, max_iter=50).fit(weights) for seed in range(3)
    ]
    seconds = (time.perf_counter() - start) / 3
    codes = [run.labels_.astype(np.intp) for run in runs]
    return {
        "part": "topics",
        "data": name,
        "method": "TF-IDF + KMeans",
        "texts": len(texts),
        "topics": TOPICS,
        "ari over seeds": round(
            float(np.mean([adjusted_rand(a, b) for a, b in combinations(codes, 2)])), 3
        ),
        "npmi": round(_coherence(texts, codes[0], language), 3),
        "seconds": round(seconds, 1),
    }


def _bertopic(name: str, texts: list[str], language: str) -> dict[str, Any]:
    """BERTopic as it comes (UMAP, HDBSCAN), on MiniLM's vectors, three runs; texts without a topic count."""
    head = {"part": "topics", "data": name, "method": "BERTopic", "texts": len(texts)}
    if importlib.util.find_spec("bertopic") is None:
        return head | {"missing": "pip install bertopic"}
    from bertopic import BERTopic
    from umap import UMAP

    start = time.perf_counter()
    vectors = SentenceEncoder().vectors(texts)
    encoded = time.perf_counter() - start
    codes = []
    for seed in range(3):
        # Its own settings; BERTopic leaves the seed open, so a run differs from the next.
        reducer = UMAP(
            n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed
        )
        words = CountVectorizer() if language != "zh" else CountVectorizer(
            analyzer="char", ngram_range=(2, 3)
        )  # fmt: skip
        model = BERTopic(umap_model=reducer, vectorizer_model=words)
        codes.append(np.array(model.fit_transform(texts, vectors)[0], np.intp))
    seconds = encoded + (time.perf_counter() - start - encoded) / 3
    kept = codes[0] >= 0
    return head | {
        "topics": int(codes[0].max()) + 1,
        "without a topic": round(float(1 - kept.mean()), 3),
        "ari over seeds": round(
            float(np.mean([adjusted_rand(a + 1, b + 1) for a, b in combinations(codes, 2)])), 3
        ),
        "npmi": round(
            _coherence(
                [text for text, k in zip(texts, kept, strict=True) if k], codes[0][kept], language
            ),
            3,
        ),
        "seconds": round(seconds, 1),
    }


def _coherence(texts: Sequence[str], codes: np.ndarray, language: str) -> float:
    """Return the mean NPMI of the pairs among each topic's first five terms."""
    plain = [normalise(text) for text in texts]
    held: dict[str, np.ndarray] = {}
    found = []
    for terms in telling_terms(texts, codes, language=language, count=5):
        for term in terms:
            if term.term not in held:
                held[term.term] = np.array([term.term in text for text in plain])
        for one, other in combinations([held[term.term] for term in terms], 2):
            both, chance = (one & other).mean(), one.mean() * other.mean()
            found.append(
                -1.0 if both == 0 else float(np.log(both / chance) / -np.log(both + 1e-12))
            )
    return float(np.mean(found))


def demo() -> list[dict[str, Any]]:
    """The verb on the demo shop: seconds, and whether another seed gives the same topics."""
    made = []
    with tempfile.TemporaryDirectory() as folder:
        build_demo(Path(folder) / "demo", customers=2_000, seed=3)
        import_files([Path(folder) / "demo" / "exports"], Path(folder) / "shop")
        shop = open_shop(Path(folder) / "shop")
        for source in ("reviews", "searches", "messages"):
            start = time.perf_counter()
            one = review_topics(shop, source=source)
            seconds = time.perf_counter() - start
            other = review_topics(shop, source=source, seed=1)
            codes = [
                np.array(
                    [-1 if n is None else n for n in answer.evidence["texts"]["topic"].to_pylist()]
                )
                for answer in (one, other)
            ]
            made.append(
                {"part": "demo", "source": source, "texts": len(codes[0])}
                | {"topics": one.table.num_rows, "seconds": round(seconds, 1)}
                | {"ari over seeds": round(adjusted_rand(*codes), 3)}
                | {"languages": dict(Counter(one.table["language"].to_pylist()))}
            )
    return made


PARTS: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "tongues": tongues,
    "vectors": vectors,
    "topics": topics,
    "demo": demo,
}


if __name__ == "__main__":
    for part in sys.argv[1:] or PARTS:
        keep("language_topics", PARTS[part]())
