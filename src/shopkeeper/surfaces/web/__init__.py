"""The dashboard: pages that the server writes, from the same verbs and answers as every other surface."""
