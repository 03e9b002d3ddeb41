"""Shopify's product export, in both templates that are in the wild.

A row is a variant, or one more picture of the variant above it. Rows of one handle belong together;
the product's own cells are on its first row. A row of a picture repeats its variant and counts as a
duplicate of it, so nothing that it says is lost: the pictures are counted. Products are known by
SKU, as in the order export; where there is none, by the name that the order export gives a line item
(`Title - Option / Option`). `parent_id` is the handle, which reviews and page addresses use.
"""

from __future__ import annotations

from shopkeeper.data.sources.kinds import Extract, FileKind, Refusal
from shopkeeper.data.tables import PRODUCTS
from shopkeeper.words import Words

# What the columns are called: in the new template, in the old one.
_NAMES = {
    "handle": ("URL handle", "Handle"),
    "title": ("Title", "Title"),
    "body": ("Description", "Body (HTML)"),
    "vendor": ("Vendor", "Vendor"),
    "taxonomy": ("Product category", "Product Category"),
    "type": ("Type", "Type"),
    "name1": ("Option1 name", "Option1 Name"),
    "value1": ("Option1 value", "Option1 Value"),
    "name2": ("Option2 name", "Option2 Name"),
    "value2": ("Option2 value", "Option2 Value"),
    "name3": ("Option3 name", "Option3 Name"),
    "value3": ("Option3 value", "Option3 Value"),
    "sku": ("SKU", "Variant SKU"),
    "price": ("Price", "Variant Price"),
    "cost": ("Cost per item", "Cost per item"),
    "stock": ("Inventory quantity", "Variant Inventory Qty"),
    "grams": ("Weight value (grams)", "Variant Grams"),
    "image": ("Product image URL", "Image Src"),
}
_NEEDED = ("handle", "title", "body", "vendor", "type", "value1", "sku", "price")
_PRODUCT_CELLS = ("title", "body", "vendor", "taxonomy", "type", "name1", "name2", "name3")
_VARIANT_CELLS = ("value1", "value2", "value3", "sku", "price", "cost", "stock", "grams")


def _rows(template: int) -> str:
    # A row begins a variant where it has a SKU, a price or an option; any other shows a picture.
    names = {role: f'"{both[template]}"' for role, both in _NAMES.items()}
    filled = ", ".join(
        f"first_value(cell({names[role]}) IGNORE NULLS) OVER {window} AS {names[role]}"
        for window, roles in (("product", _PRODUCT_CELLS), ("variant", _VARIANT_CELLS))
        for role in roles
    )
    begins = "coalesce(" + ", ".join(f"cell({names[role]})" for role in ("sku", "price", "value1")) + ")"
    span = "ORDER BY _row ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"
    handle = names["handle"]
    return f"""SELECT * REPLACE ({filled}), count(DISTINCT cell({names["image"]})) OVER (PARTITION BY {handle}) AS _pictures
        FROM (SELECT *, greatest(1, count({begins}) OVER (PARTITION BY {handle} ORDER BY _row)) AS _variant FROM file)
        WINDOW product AS (PARTITION BY {handle} {span}), variant AS (PARTITION BY {handle}, _variant {span})"""


def _kind(template: int, name: str, title: Words) -> FileKind:
    at = {role: f'"{both[template]}"' for role, both in _NAMES.items()}
    options = f"nullif(concat_ws(' / ', {at['value1']}, {at['value2']}, {at['value3']}), 'Default Title')"
    # A merge patch leaves out what is null and stands two options of one name.
    pairs = ", ".join(f"json_object(coalesce({at[f'name{n}']}, 'option {n}'), {at[f'value{n}']})" for n in (1, 2, 3))
    return FileKind(
        name=name,
        platform="shopify",
        title=title,
        required=tuple(_NAMES[role][template] for role in _NEEDED),
        optional=tuple(both[template] for role, both in _NAMES.items() if role not in _NEEDED),
        rows=_rows(template),
        refusals=(Refusal(f"cell({at['handle']}) IS NULL", Words("the handle is empty", "handle 为空")),),
        grain=Extract(PRODUCTS, {
            "product_id": f"coalesce({at['sku']}, concat_ws(' - ', {at['title']}, nullif({options}, '')))",
            "parent_id": at["handle"],
            "title": at["title"],
            "description": f"plain_text({at['body']})",
            "category": f"coalesce({at['taxonomy']}, {at['type']})",
            "brand": at["vendor"],
            "attributes": f"""CASE WHEN {options} <> ''
                THEN json_merge_patch('{{}}', {pairs})::VARCHAR END""",
            "price": at["price"],
            "cost": at["cost"],
            "stock": at["stock"],
            "weight_grams": at["grams"],
            "photos": "_pictures",
        }),
    )


KINDS = (
    _kind(0, "shopify_products", Words("Shopify products", "Shopify 商品")),
    _kind(1, "shopify_products_old", Words("Shopify products (older template)", "Shopify 商品（旧模板）")),
)
