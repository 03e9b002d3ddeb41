"""How the report calls products, sellers and categories that may have no name of their own."""

from __future__ import annotations

from markupsafe import Markup

from shopkeeper.surfaces.report import phrases
from shopkeeper.surfaces.report.material import Material
from shopkeeper.surfaces.report.pen import Pen
from shopkeeper.surfaces.report.queries import Group


def category_name(group: Group) -> str:
    """Return a category's name in one line, without the underscores of identifiers."""
    name = group.name or group.key
    return name.replace("_", " ") if " " not in name else name


def product_name(group: Group, material: Material, pen: Pen) -> Markup:
    """Write a product's title; where it has none, its category and its id."""
    if group.name:
        return pen.name(group.name)
    short = pen.identifier(group.key)
    known = {item.key: item for item in material.categories}
    if group.category is None:
        return pen.say(phrases.PRODUCT_BARE, id=short)
    named = known.get(group.category)
    category = category_name(named) if named else group.category
    return pen.say(phrases.PRODUCT_UNNAMED, category=pen.name(category), id=short)


def named_product(key: str, material: Material, pen: Pen) -> Markup:
    """Write the title of a product that an answer names; where it has none, its category and its id."""
    return product_name(material.named.get(key) or Group(key, None, None, 0, 0), material, pen)


def seller_name(group: Group, pen: Pen) -> Markup:
    """Write a seller's id and the city, where it is known."""
    short = pen.identifier(group.key)
    if not group.name:
        return short
    return pen.say(phrases.SELLER_NAMED, id=short, city=pen.name(group.name))


def seller_cell(group: Group, pen: Pen) -> Markup:
    """Write a seller's id with the city beneath, for a table."""
    short = pen.identifier(group.key)
    if not group.name:
        return short
    return Markup("{}<small>{}</small>").format(short, pen.name(group.name))
