"""Pixels: backbones, weights, features, palettes and embeddings."""
