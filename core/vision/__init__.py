"""Pixels: decoding, squaring, colors, backbones, features and embeddings."""
