"""Numbers in prose, each bound to what makes it true.

pages        where a page, its list of bindings and its stored values are, and its prose in passages
scanner      prose -> numerals, in reading order
number_lists the list of bindings: read, checked, written
units        the unit of an expression, from those of the names in it
tracing      the tables and the code cell that an expression rests on
evaluating   an expression -> a plain value (runs in the notebook's kernel)
candidates   the values that a kernel holds, with an expression for each (runs in the notebook's kernel)
kernels      runs a notebook and asks its kernel
comparing    whether a value is what the prose says, and how the prose would say it
formulas     whether the arithmetic of a formula adds up
checking     page, list and stored values against each other
storing      values, units, tables and cell beside the list, so that the book needs no kernel
proposing    a first draft of a list
nbval_item   one more test after the cells of a notebook: the stored values are those of its kernel
"""
