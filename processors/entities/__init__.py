"""Entities: recogniser (text -> labelled spans), rules, and the resolution of spans to entities with names."""

from processors.entities.finder import EntityFinder

__all__ = ["EntityFinder"]
