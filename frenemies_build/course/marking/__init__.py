"""Marking a class in two stages: answers come out of a sandbox as values, tests judge them outside."""
