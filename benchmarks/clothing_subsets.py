"""Parts of the clothing pictures that benchmarks train on, as folders of splits and categories."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

SPLITS = ("train", "validation", "test")


def list_pictures(data: Path) -> list[tuple[str, str, Path]]:
    """List the pictures of a folder as (split, category, file), in the order of their names.

    Raises:
        SystemExit: A split is missing.
    """
    missing = [split for split in SPLITS if not (data / split).is_dir()]
    if missing:
        raise SystemExit(f"{data} has no folder {missing[0]}: expected the clothing pictures, name them with --data")
    found = [path for split in SPLITS for path in sorted((data / split).glob("*/*")) if path.is_file()]
    return [(path.parts[-3], path.parts[-2], path) for path in found]


def draw_pictures(
    pictures: list[tuple[str, str, Path]], wanted: dict[str, int], *, group: Callable[[str], str], seed: int
) -> list[tuple[str, str, Path]]:
    """Draw so many pictures of each group, whatever split they are in; the splits stay as they were.

    Args:
        pictures: Split, category and file of each.
        wanted: How many, by group.
        group: Names the group of a category.
        seed: Of the draw.
    """
    chance = random.Random(seed)
    drawn = []
    for name, count in wanted.items():
        mine = [(split, name, path) for split, category, path in pictures if group(category) == name]
        if len(mine) < count:
            raise SystemExit(f"there are only {len(mine)} pictures of {name}, {count} are needed")
        drawn += sorted(chance.sample(mine, count))
    return drawn


def copy_pictures(pictures: list[tuple[str, str, Path]], folder: Path) -> Path:
    """Lay pictures out as ``folder/split/category/file``; the category comes first in the file's name as it was."""
    for split, category, path in pictures:
        target = folder / split / category
        target.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target / f"{path.parts[-2]}-{path.name}")
    return folder
