"""Quotes: marks, cues, speech, and who speaks."""

from processors.quotes.finder import QuoteFinder

__all__ = ["QuoteFinder"]
