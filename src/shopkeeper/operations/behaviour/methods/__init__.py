"""Ways of telling how likely a session ends in a purchase, the simplest first: `entry_rate`, `boosted`."""
