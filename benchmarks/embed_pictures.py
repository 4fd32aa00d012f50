"""Embed real JPEG files: ShelfLens' engine against plain tf.keras, with the same backbone, both end to end.

The peer is what a Keras tutorial does: `image_dataset_from_directory` with batches of 32 and prefetching, scaling, and
`predict`. ShelfLens also finds the main colors of every picture on the way. The two take turns, so that whatever else
the machine does hits both; building and compiling networks and a first round are left out for both. Beside it the
bare rate of OpenVINO: the same pictures, decoded and squared beforehand, through nothing but the network.

On a machine that does other work too, compare processor times: wall times then mostly tell what else was running.

    python -m benchmarks.embed_pictures [FOLDER] [--pictures 1024] [--rounds 3] [--json FILE]
"""

import argparse
import json
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.measuring import machine_words
from core.catalog.pictures import read_picture
from core.home import open_home
from core.vision.backbone_graphs import build_backbone
from core.vision.backbone_ir import ensure_ir
from core.vision.backbones import DEFAULT_BACKBONE, find_backbone
from core.vision.engine import EncodedPicture, EngineSettings, PictureFile, encode_files
from core.vision.networks import OpenVinoNetwork
from core.vision.picture_fit import fit_picture
from core.vision.quiet_openvino import import_openvino
from core.vision.quiet_tensorflow import import_keras, import_tensorflow

BACKBONE = find_backbone(DEFAULT_BACKBONE)
ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("SHELFLENS_SHARED", ROOT.parent / "shared" / "data"))
DEFAULT_FOLDER = SHARED / "clothing-small" / "train"
PEER_BATCH = 32
SQUARE = (BACKBONE.side_px, BACKBONE.side_px)


def engine_run(files: list[Path], network: OpenVinoNetwork) -> Callable[[], int]:
    """From files to features and palettes through ShelfLens."""
    settings = EngineSettings(side_px=BACKBONE.side_px, fit=BACKBONE.picture_fit)
    stored = [PictureFile(str(number), path) for number, path in enumerate(files)]

    def run() -> int:
        return sum(isinstance(result, EncodedPicture) for result in encode_files(stored, network, settings=settings))

    return run


def keras_run(folder: Path, graph) -> Callable[[], int]:
    """From files to features as a Keras tutorial does it."""
    tensorflow = import_tensorflow()

    def run() -> int:
        pictures = import_keras().utils.image_dataset_from_directory(
            str(folder),
            labels=None,
            image_size=(BACKBONE.side_px,) * 2,
            batch_size=PEER_BATCH,
            shuffle=False,
            verbose=0,
        )
        scaled = pictures.map(lambda x: (x - 127.0) / 128.0, num_parallel_calls=tensorflow.data.AUTOTUNE)
        return len(graph.predict(scaled.prefetch(tensorflow.data.AUTOTUNE), verbose=0))

    return run


def timed(run: Callable[[], int], pictures: int) -> tuple[float, float]:
    """Give wall seconds and processor seconds of a run over all pictures."""
    wall, processor = time.perf_counter(), time.process_time()
    done = run()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    if done != pictures:
        raise SystemExit(f"only {done} of {pictures} pictures came through")
    return wall, processor


def measure(folder: Path, *, pictures: int, rounds: int) -> dict:
    """Let the contestants take turns and put their medians together."""
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg"))
    if not found:
        raise SystemExit(f"no JPEG files in {folder}: name a folder of pictures")
    files = found[:: max(1, len(found) // pictures)][:pictures]
    with tempfile.TemporaryDirectory() as name:
        home = open_home(Path(name) / "home")
        links = Path(name) / "pictures"
        links.mkdir()
        for number, path in enumerate(files):
            (links / f"{number:06d}.jpg").symlink_to(path.absolute())
        network = OpenVinoNetwork(ensure_ir(home, BACKBONE))
        squares = [
            fit_picture(read_picture(path), side_px=BACKBONE.side_px, fit=BACKBONE.picture_fit) for path in files
        ]
        contestants = {
            "shelflens": engine_run(files, network),
            "keras": keras_run(links, build_backbone(home, BACKBONE)),
            "openvino_bare": lambda: sum(1 for _ in network.run(enumerate(squares))),
        }
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in contestants}
        for _ in range(rounds + 1):
            for name, run in contestants.items():
                times[name].append(timed(run, len(files)))
    return report({name: turns[1:] for name, turns in times.items()}, len(files))


def report(times: dict[str, list[tuple[float, float]]], pictures: int) -> dict:
    """Turn seconds into rates: medians over the rounds; the ratio is the median of the ratios round by round."""
    contestants = {
        name: {
            "pictures_per_second": round(pictures / statistics.median(wall for wall, _ in turns), 1),
            "processor_ms_a_picture": round(1000 * statistics.median(cpu for _, cpu in turns) / pictures, 2),
        }
        for name, turns in times.items()
    }
    ours, peer, bare = (times[name] for name in ("shelflens", "keras", "openvino_bare"))
    return {
        "pictures": pictures,
        "rounds": len(ours),
        **contestants,
        "ratio": round(statistics.median(b[0] / a[0] for a, b in zip(ours, peer, strict=True)), 2),
        "processor_time_ratio": round(statistics.median(b[1] / a[1] for a, b in zip(ours, peer, strict=True)), 2),
        "share_of_bare_rate": round(statistics.median(b[0] / a[0] for a, b in zip(ours, bare, strict=True)), 2),
        "processor_time_share": round(statistics.median(b[1] / a[1] for a, b in zip(ours, bare, strict=True)), 2),
        "machine": machine(),
    }


def machine() -> dict[str, object]:
    """Name processor, cores, load and the versions that matter."""
    capabilities = import_openvino().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return {
        "name": machine_words(),
        "bf16": "BF16" in capabilities,
        "openvino": import_openvino().__version__.split("-")[0],
        "tensorflow": import_tensorflow().__version__,
        "keras": import_keras().__version__,
        "python": platform.python_version(),
    }


def main() -> None:
    """Run the benchmark, print a table, and write JSON when asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--pictures", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args()
    result = measure(options.folder, pictures=options.pictures, rounds=options.rounds)
    print(f"{result['pictures']} pictures, median of {result['rounds']} rounds in turn; {result['machine']}")
    titles = {
        "shelflens": "ShelfLens, JPEG files to features and colors",
        "keras": "tf.keras, JPEG files to features",
        "openvino_bare": "OpenVINO alone, arrays in memory",
    }
    for name, title in titles.items():
        figures = result[name]
        rate, cost = figures["pictures_per_second"], figures["processor_ms_a_picture"]
        print(f"{title:<46}{rate:>8.1f} pictures/s{cost:>9.2f} ms of processor time a picture")
    print(f"ratio to tf.keras: {result['ratio']} (by processor time {result['processor_time_ratio']})")
    share, by_time = result["share_of_bare_rate"], result["processor_time_share"]
    print(f"share of OpenVINO's bare rate that the engine keeps: {share} (by processor time {by_time})")
    if options.json:
        options.json.write_text(json.dumps(result, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
