"""Who are the customers, and what are they worth? The capability segments.

Verbs: `segment` tells customers apart, `profile` writes a card of each segment, `churn` says who is
overdue and `lifetime_value` what is expected of each. They read what
customers bought, viewed and wrote; every answer says how far it was right about customers or a period
that were kept aside.

Limits: they know what a customer did, and nothing of why. Health, religion, pregnancy, ethnicity and
orientation are never inferred.
"""

from shopkeeper.operations.segments.ask import profile, segment
from shopkeeper.operations.segments.ask_ahead import churn, lifetime_value

__all__ = ["churn", "lifetime_value", "profile", "segment"]
