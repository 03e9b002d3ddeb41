"""What every surface that stays open shares: questions, the shop as it is now, long work as jobs.

Routes, pages and tools ask here; none of these modules knows how it is asked or how it is shown.
"""
