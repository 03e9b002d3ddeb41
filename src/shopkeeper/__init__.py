"""shopkeeper: language models applied to the data of an online shop."""
