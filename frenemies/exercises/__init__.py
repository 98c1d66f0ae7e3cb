"""Feedback on the answers to the exercises."""
