"""The book's tables: reading them, the rules that they keep, and what is said of them."""
