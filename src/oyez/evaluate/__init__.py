"""Measuring: what was heard against what was said."""
