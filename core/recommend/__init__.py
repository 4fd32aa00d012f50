"""Ranking: the index, price levels, parts and scores."""
