"""Each estimand of the truth in words, so that an estimate and its truth mean the same thing."""

from __future__ import annotations

DEFINITIONS: dict[str, str] = {
    "writers": (
        "Reviews with an order_id whose 90 days after reviewed_at end within the data. For each such "
        "review that is truly negative: probability of the outcome as it is, minus the probability had "
        "the same review been positive; the average over these negative reviews. Reasons that shift "
        "both the sentiment and the outcomes, all observable: category and price band of the reviewed "
        "product (price below 60, 60 to 250, above 250), calendar month of the order, number of earlier "
        "orders of the customer (0, 1, 2, 3 and more), late delivery (delivered_at after promised_at). "
        "The customer's segment shifts repeat purchase but not the sentiment beyond these. Members of a "
        "fraud ring and reviews without an order are not part of it."
    ),
    "writers.repeat_90d": "The customer places another order after reviewed_at and within 90 days.",
    "writers.returned": "The reviewed order has an item with returned_at after reviewed_at.",
    "writers.spend_90d": (
        "Total of the customer's orders after reviewed_at and within 90 days, in CNY, cancelled ones "
        "left out. A repeat order does not depend on the review once it happens, so the truth is the "
        "change of the repeat probability times the mean spend of those in the segment who repeated."
    ),
    "visitors": (
        "Product Viewed events. Exposed: the latest review of the product with reviewed_at before the "
        "view is truly negative. For each exposed view: probability of the outcome as it is, minus the "
        "probability had that latest review been positive, all else the same; the average over exposed "
        "views. Neutral counts as not negative and has the same outcome as positive."
    ),
    "visitors.view_to_cart": "A Product Added of the same product later in the same session.",
    "visitors.view_to_buy": "An Order Completed of the same product later in the same session.",
    "panel": (
        "Weeks from Monday, local days. Burst: the product's first week with at least 3 truly negative "
        "reviews while its mean number per earlier week of the data (0 in the first week) is below 1. "
        "Treated: the burst week and the 5 weeks after it. Both this and `visitors` come from one "
        "mechanism: a view whose latest review is negative is less likely to be bought."
    ),
    "panel.conversion": (
        "Order Completed events with the product per Product Viewed event of it, by product and week. "
        "The truth: by how much the product's own latest reviews changed the probability that a view is "
        "bought, in treated weeks minus in the same product's other weeks, weighted by treated views."
    ),
    "campaign.uplift_14d": (
        "K-winback, drawn at random among customers without an order in 130 days. Among all contacts of "
        "both arms: probability of an order within 14 days of started_at if contacted, minus if held "
        "out. K-newsletter has no effect."
    ),
    "incidents.broken_week": (
        "In that week the app sent no Order Completed events; orders and payments are complete."
    ),
    "incidents.fraud_ring": (
        "Accounts that share addresses, telephones and IP addresses, order dear electronics at night, "
        "cancel a third of them, and write the fake reviews of the products that they boost."
    ),
    "incidents.fake_reviews": "Five stars from ring accounts, near-duplicates, without an order.",
    "incidents.wave_reviews": "Negative reviews without order and customer that make the bursts.",
    "dirty_rows": "Per file of exports, the number of rows of each kind; clean rows are counted too.",
}
