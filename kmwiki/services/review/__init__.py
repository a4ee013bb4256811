"""Deciding: the moderators' desk, what they do with a change, and publishing it."""
