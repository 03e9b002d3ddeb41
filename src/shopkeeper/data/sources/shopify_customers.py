"""Shopify's customer export.

A customer is the pseudonym of the e-mail address (else of the phone number), as in the order export,
which has no customer number; the number itself is kept as a further id (`identities`), for events
that carry it. What the customer spent is left to the orders.
"""

from __future__ import annotations

from shopkeeper.data.sources.kinds import Extract, FileKind
from shopkeeper.data.tables import CUSTOMERS, IDENTITIES
from shopkeeper.words import Words

_CUSTOMER = """coalesce(pseudonym(coalesce(cell("Email"), cell("Phone"), cell("Default Address Phone"))),
    cell("Customer ID"))"""

KINDS = (
    FileKind(
        name="shopify_customers",
        platform="shopify",
        title=Words("Shopify customers", "Shopify 顾客"),
        required=(
            "First Name", "Last Name", "Email", "Accepts Email Marketing", "Total Spent", "Total Orders",
        ),
        optional=(
            "Customer ID", "Default Address Address1", "Default Address City",
            "Default Address Province Code", "Default Address Country Code", "Default Address Zip",
            "Default Address Phone", "Phone", "Tags",
        ),
        grain=Extract(CUSTOMERS, {
            "customer_id": _CUSTOMER,
            "name": """concat_ws(' ', cell("First Name"), cell("Last Name"))""",
            "email": '"Email"',
            "phone": 'coalesce(cell("Phone"), "Default Address Phone")',
            "address": '"Default Address Address1"',
            "city": '"Default Address City"',
            "region": '"Default Address Province Code"',
            "country": '"Default Address Country Code"',
            "postal_prefix": 'left(cell("Default Address Zip"), 3)',
            "accepts_marketing": '"Accepts Email Marketing"',
            "tags": 'masked("Tags")',
        }),
        others=(
            Extract(IDENTITIES, {"alias": '"Customer ID"', "customer_id": _CUSTOMER},
                    where=f'cell("Customer ID") <> {_CUSTOMER}'),
        ),
    ),
)
