"""The trial of the articles' claims: how a claim becomes a verdict."""
