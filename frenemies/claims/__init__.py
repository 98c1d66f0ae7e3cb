"""The trial of claims: a claim becomes parts, parts become a verdict by one rule, verdicts become cards and a picture.

- ``parts``: what a part is, and the eight ways to make one;
- ``verdicts``: the rule, and the tables that follow from it, for the claims of any text;
- ``cards``: the list of cards;
- ``trials``: the functions that try the claims of the book's four articles.
"""
