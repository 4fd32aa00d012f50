"""How good a catalog is: what is missing, broken, doubled or odd, each with its pictures."""
