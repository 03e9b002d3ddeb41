"""The first page: the shop's numbers of one day beside its past, and what needs attention."""
