"""The photo studio of the demo: curves, colors, materials, light, backgrounds."""
