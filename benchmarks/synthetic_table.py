"""A large table of products without pictures, the same at every run: what the benchmarks of tables read."""

import csv
from pathlib import Path

import numpy as np

COLUMNS = (
    "product_id",
    "title",
    "category",
    "price",
    "currency",
    "brand",
    "color",
    "description",
    "split",
    "size",
    "material",
)
TOPS = ("Clothing", "Shoes", "Kitchen", "Garden", "Toys", "Sports", "Beauty", "Electronics", "Books", "Home")
COLORS = ("red", "blue", "green", "black", "white", "grey", "navy", "beige", "pink", "brown", "yellow", "orange")
SPLITS = ("train", "train", "train", "train", "train", "train", "train", "train", "validation", "test")
BRANDS = 2_000
WORDS = 20_000
_ROWS_AT_ONCE = 50_000


def write_table(path: Path, rows: int, *, seed: int = 7) -> None:
    """Write a CSV of products: 400 categories on 3 levels, 2,000 brands of uneven size, 5 % without a price.

    Ids are 16 random hex digits, as shops have them: in no order, which is the hard case for an index. Titles have 6
    words and the top category, descriptions 15 words, of a vocabulary of 20,000.
    """
    random = np.random.default_rng(seed)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    words = np.array(["".join(random.choice(letters, size)) for size in random.integers(3, 10, WORDS)], dtype=object)
    paths = [f"{top} > {top} {group} > {top} {group}{kind}" for top in TOPS for group in "ABCDE" for kind in range(8)]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for start in range(0, rows, _ROWS_AT_ONCE):
            count = min(_ROWS_AT_ONCE, rows - start)
            categories = random.integers(0, len(paths), count)
            writer.writerows(
                zip(
                    [f"{number:016x}" for number in random.integers(0, 2**63, count)],
                    [
                        f"{' '.join(row)} {paths[category].split(' > ')[0].lower()}"
                        for row, category in zip(words[random.integers(0, WORDS, (count, 6))], categories, strict=True)
                    ],
                    [paths[category] for category in categories],
                    [
                        "" if lacks else f"{price:.2f}"
                        for lacks, price in zip(
                            random.random(count) < 0.05, np.exp(random.normal(3, 1, count)), strict=True
                        )
                    ],
                    np.where(random.random(count) < 0.8, "EUR", "INR").tolist(),
                    [f"Brand {number}" for number in (random.random(count) ** 2 * BRANDS).astype(int)],
                    random.choice(COLORS, count).tolist(),
                    [" ".join(row) for row in words[random.integers(0, WORDS, (count, 15))]],
                    random.choice(SPLITS, count).tolist(),
                    random.choice(["S", "M", "L", "XL"], count).tolist(),
                    random.choice(["cotton", "wool", "steel", "wood"], count).tolist(),
                    strict=True,
                )
            )
