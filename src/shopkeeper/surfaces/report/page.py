"""The page: sections in order, their definitions after them, and a policy that lets nothing in."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

import jinja2
from markupsafe import Markup

from shopkeeper import __version__
from shopkeeper.data.shop import Shop
from shopkeeper.surfaces.charts import FONTS, NIGHT, PAPER
from shopkeeper.surfaces.report import phrases
from shopkeeper.surfaces.report.advice import first, following
from shopkeeper.surfaces.report.aspects import aspects
from shopkeeper.surfaces.report.behaviour import behaviour
from shopkeeper.surfaces.report.blocks import Missing, Section
from shopkeeper.surfaces.report.change import change
from shopkeeper.surfaces.report.definitions import definition
from shopkeeper.surfaces.report.effect import effect
from shopkeeper.surfaces.report.glance import glance, spans
from shopkeeper.surfaces.report.groups import categories, sellers
from shopkeeper.surfaces.report.material import Material, gather
from shopkeeper.surfaces.report.opinions import over_time
from shopkeeper.surfaces.report.pen import Pen, anchor, visible
from shopkeeper.surfaces.report.products import products
from shopkeeper.surfaces.report.quality import quality
from shopkeeper.surfaces.report.recommendations import recommendations
from shopkeeper.surfaces.report.searching import searching
from shopkeeper.surfaces.report.segments import segments
from shopkeeper.surfaces.report.selling import selling
from shopkeeper.surfaces.report.together import together
from shopkeeper.surfaces.report.topics import topics

SECTIONS = (
    first, following, glance, behaviour, recommendations, selling, change, searching, together, segments, over_time, aspects, topics, categories, products,
    sellers, effect, quality,
)  # fmt: skip
_OF_REVIEWS = ("time", "aspect", "topic", "category", "product", "seller", "effect")


def render(shop: Shop, lang: str) -> str:
    """Return the whole report as one HTML document."""
    pen = Pen(lang, shop.settings.minimum_count)
    material = gather(shop, pen.lang)
    sections = [write(material, pen) for write in SECTIONS]
    if not material.shop.has("reviews"):
        # The first section says in one sentence what reviews would add.
        sections = [one for one in sections if one.name not in _OF_REVIEWS or not _is_empty(one)]
    style = _style()
    return _template().render(
        lang="zh-CN" if pen.lang == "zh" else "en",
        style=Markup(style),  # noqa: S704
        policy=_policy(style),
        shop=visible(shop.settings.name),
        spans=spans(material, pen),
        sections=sections,
        definitions=_definitions(material, pen),
        limits=_limits(material, pen),
        version=__version__,
        contents=_contents(sections, pen),
        say=lambda name, **values: pen.say(getattr(phrases, name), **values),
    )


def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_read("page.html"))


def _read(name: str) -> str:
    return (files("shopkeeper.surfaces.report") / name).read_text(encoding="utf-8")


def _style() -> str:
    paper = ";".join(f"--{name}:{colour}" for name, colour in PAPER.items())
    night = ";".join(f"--{name}:{colour}" for name, colour in NIGHT.items())
    drawn = "".join(
        f'.chart [fill="{colour}"]{{fill:var(--{name})}}'
        f'.chart [stroke="{colour}"]{{stroke:var(--{name})}}'
        for name, colour in PAPER.items()
    )
    return (
        f":root{{{paper};--fonts:{FONTS}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{night}}}}}"
        f"{_read('style.css')}{drawn}"
    )


def _policy(style: str) -> str:
    """Return a Content-Security-Policy under which only this very style sheet applies."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _is_empty(section: Section) -> bool:
    return all(isinstance(block, Missing) for block in section.blocks)


def _definitions(material: Material, pen: Pen) -> list[tuple[str, str, str]]:
    found = []
    for name in pen.used:
        meaning = definition(name, material.answers)
        found.append((anchor(name), meaning.term.get(pen.lang), meaning.text.get(pen.lang)))
    return found


def _limits(material: Material, pen: Pen) -> list[str]:
    limits = [words.get(pen.lang) for a in material.answers.values() for words in a.limits]
    return list(dict.fromkeys(limits))


def _contents(sections: list[Section], pen: Pen) -> list[tuple[str, Markup]]:
    listed = [(section.name, section.title) for section in sections]
    return [*listed, ("definitions", pen.say(phrases.DEFINITIONS))]
