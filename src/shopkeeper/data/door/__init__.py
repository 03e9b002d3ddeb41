"""The door: files of any platform become canonical tables, and nothing is lost on the way.

`read` stages a file as text, `macros` and `privacy` say how a cell is read, `convert` applies what a
source declares, `merge` joins it with what the shop has.
"""
