"""How many spoiled pictures the quality checks find, and how many good ones they call spoiled.

    python -m benchmarks.picture_quality FOLDER ... [--pictures N] [--json FILE]

Real pictures are taken as good and then spoiled on purpose: blurred, darkened, washed out to nothing. Beside our
sharpness stands the usual measure, the plain variance of the Laplacian, at the threshold that gives as many false
alarms. All limits are those of the application; nothing is fitted here.
"""

import argparse
import io
import json
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from core.catalog.pictures import read_picture
from core.errors import PictureError
from core.quality.picture_limits import PictureLimits, find_limits, judge_pictures
from core.vision.picture_measures import SIDE_PX, measure_picture, shrunk

SEED = 5
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
MEASURES = ("brightness", "highlight", "sharpness", "information", "edges")

Columns = dict[str, np.ndarray]


def blurred(share: float) -> Callable[[np.ndarray], np.ndarray]:
    """Blur by a Gaussian whose sigma is a share of the longer side."""
    return lambda picture: cv2.GaussianBlur(picture, (0, 0), share * max(picture.shape[:2]))


def darkened(factor: float) -> Callable[[np.ndarray], np.ndarray]:
    """Take light away from every pixel alike."""
    return lambda picture: (picture * factor).astype(np.uint8)


def washed_out(picture: np.ndarray) -> np.ndarray:
    """Leave a thirtieth of the contrast, near white."""
    return (245 + (picture.astype(np.int16) - 128) // 30).clip(0, 255).astype(np.uint8)


def enlarged(picture: np.ndarray) -> np.ndarray:
    """Shrink to 60 px and enlarge again, as a thumbnail taken for a picture."""
    height, width = picture.shape[:2]
    return cv2.resize(shrunk(picture, 60), (width, height), interpolation=cv2.INTER_CUBIC)


SPOILED: dict[str, tuple[str, Callable[[np.ndarray], np.ndarray]]] = {
    "blurred 0.4 %": ("picture_blurry", blurred(0.004)),
    "blurred 0.6 %": ("picture_blurry", blurred(0.006)),
    "blurred 1.0 %": ("picture_blurry", blurred(0.01)),
    "enlarged from 60 px": ("picture_blurry", enlarged),
    "darkened to 45 %": ("picture_dark", darkened(0.45)),
    "darkened to 30 %": ("picture_dark", darkened(0.30)),
    "washed out": ("picture_empty", washed_out),
}


def as_jpeg(picture: np.ndarray) -> np.ndarray:
    """Save and read again: spoiled pictures come as files too."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=85)
    return read_picture(file.getvalue())


def measured(pictures: list[np.ndarray]) -> Columns:
    """Measure pictures as the application does, and the variance of the Laplacian as its peer."""
    found = [measure_picture(picture) for picture in pictures]
    columns = {
        name: np.array([np.nan if (value := getattr(each, name)) is None else value for each in found])
        for name in MEASURES
    }
    columns["ratio"] = np.array([picture.shape[1] / picture.shape[0] for picture in pictures])
    columns["short_side"] = np.array([float(min(picture.shape[:2])) for picture in pictures])
    gray = [cv2.cvtColor(shrunk(picture, SIDE_PX), cv2.COLOR_RGB2GRAY) for picture in pictures]
    columns["laplacian"] = np.array([cv2.Laplacian(each, cv2.CV_64F).var() for each in gray])
    return columns


def read_sample(folder: Path, count: int) -> tuple[list[np.ndarray], float]:
    """Read a sample of a folder's pictures; give them and how many a second were read and measured."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    paths = random.Random(SEED).sample(paths, min(count, len(paths)))

    def read(path: Path) -> np.ndarray | None:
        try:
            picture = read_picture(path, enough_px=SIDE_PX)
        except PictureError:
            return None
        measure_picture(picture)
        return picture

    began = time.monotonic()
    with ThreadPoolExecutor(2) as threads:
        pictures = [picture for picture in threads.map(read, paths) if picture is not None]
    return pictures, len(pictures) / (time.monotonic() - began)


def detection(spoiled: Columns, key: str, limits: PictureLimits) -> float:
    """Share of spoiled pictures that the check finds, by the limits of the good catalog around them."""
    return float((judge_pictures(spoiled, limits)[key] > 0).mean())


def judge_folder(folder: Path, count: int) -> dict[str, object]:
    """Judge one folder: false alarms on it as it is, detection rates on its spoiled copies."""
    pictures, rate = read_sample(folder, count)
    good = measured(pictures)
    limits = find_limits(good)
    scores = judge_pictures(good, limits)
    alarms = {key: float((score > 0).mean()) for key, score in scores.items()}
    peer_limit = float(np.quantile(good["laplacian"], max(alarms["picture_blurry"], 1 / len(pictures))))
    rows = {}
    for name, (key, spoil) in SPOILED.items():
        spoiled = measured([as_jpeg(spoil(picture)) for picture in pictures])
        rows[name] = {"found": detection(spoiled, key, limits)}
        if key == "picture_blurry":
            rows[name]["variance_of_laplacian"] = float((spoiled["laplacian"] <= peer_limit).mean())
    return {
        "folder": folder.name,
        "pictures": len(pictures),
        "pictures_per_second": rate,
        "alarms": alarms,
        "found": rows,
    }


def show(result: dict) -> str:
    """Lay out what was found in one folder."""
    lines = [
        f"\n{result['folder']}: {result['pictures']} pictures, {result['pictures_per_second']:.0f} a second (2 threads)"
    ]
    lines.append("  flagged as they are: " + ", ".join(f"{key} {share:.2%}" for key, share in result["alarms"].items()))
    for name, row in result["found"].items():
        peer = row.get("variance_of_laplacian")
        lines.append(
            f"  {name:22} found {row['found']:7.1%}"
            + (f"   variance of Laplacian {peer:7.1%}" if peer is not None else "")
        )
    return "\n".join(lines)


def main() -> None:
    """Print a table a folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--pictures", type=int, default=600)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    cv2.setNumThreads(1)
    results = [judge_folder(folder, given.pictures) for folder in given.folders]
    for result in results:
        print(show(result))
    if given.json:
        given.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
