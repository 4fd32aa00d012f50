"""The reports' own networks, up to the features before the last layer. Workers only: this imports TensorFlow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

from core.models.scratch_settings import BasicCnnSettings, ScratchSettings, SmallVggSettings, VanillaCnnSettings
from core.vision.backbones import Preprocessing
from core.vision.quiet_tensorflow import import_keras

if TYPE_CHECKING:
    import keras

_UNIT = Preprocessing(scale=255.0)
_HALVES = Preprocessing(mean=(127.5, 127.5, 127.5), scale=127.5)


@dataclass(frozen=True)
class ScratchNetwork:
    """A network trained from random weights.

    Attributes:
        title: As people know it.
        preprocessing: What is done to pixels first.
        build: Makes its layers from settings and a seed: from float32 (N, S, S, 3) to features (N, D).
        decays: Whether the steps shrink as with Keras' former `decay = learning rate / epochs`.
    """

    title: str
    preprocessing: Preprocessing
    build: Callable[[Any, int], keras.Model]
    decays: bool = False


def build_basic_cnn(settings: BasicCnnSettings, seed: int) -> keras.Model:
    """Build K1: three convolutions, two dense layers."""
    layers = _Layers(seed)
    stack: list[Any] = []
    for filters in (32, 32, 64):
        stack += [layers.convolution(filters, padding="valid"), layers.pool(2)]
    stack += [layers.flatten(), layers.dense(64), layers.dropout(0.5), layers.dense(128), layers.dropout(0.5)]
    return _stacked(stack, settings, "basic_cnn")


def build_vanilla_cnn(settings: VanillaCnnSettings, seed: int) -> keras.Model:
    """Build L3: three wide convolutions and the mean over the picture."""
    layers = _Layers(seed)
    stack: list[Any] = []
    for filters in settings.filters:
        stack += [layers.convolution(filters, padding="same"), layers.pool(3)]
    stack += [layers.mean(), layers.dropout(0.4)]
    return _stacked(stack, settings, "vanilla_cnn")


def build_small_vgg(settings: SmallVggSettings, seed: int) -> keras.Model:
    """Build S1: a small VGG with normalisation after every activation."""
    layers = _Layers(seed)
    stack: list[Any] = []
    for filters, depth, pool in ((32, 1, 3), (64, 2, 2), (128, 2, 2)):
        for _ in range(depth):
            stack += [layers.convolution(filters, padding="same"), layers.norm()]
        stack += [layers.pool(pool), layers.dropout(0.25)]
    stack += [layers.flatten(), layers.dense(1024), layers.norm(), layers.dropout(0.5)]
    return _stacked(stack, settings, "small_vgg")


NETWORKS: dict[type[ScratchSettings], ScratchNetwork] = {
    BasicCnnSettings: ScratchNetwork("Basic CNN from scratch", _UNIT, build_basic_cnn),
    VanillaCnnSettings: ScratchNetwork("Vanilla CNN from scratch", _HALVES, build_vanilla_cnn),
    SmallVggSettings: ScratchNetwork("Small VGG from scratch", _UNIT, build_small_vgg, decays=True),
}


def _stacked(stack: list[Any], settings: ScratchSettings, name: str) -> keras.Model:
    keras = import_keras()
    pixels = values = keras.Input((settings.side_px, settings.side_px, 3))
    for layer in stack:
        values = layer(values)
    return keras.Model(pixels, values, name=name)


class _Layers:
    """Makes layers whose draws follow from one seed."""

    def __init__(self, seed: int) -> None:
        self._layers, self._seeds = import_keras().layers, _seeds(seed)

    def convolution(self, filters: int, *, padding: str) -> Any:
        return self._layers.Conv2D(
            filters, 3, padding=padding, activation="relu", kernel_initializer=self._initializer()
        )

    def dense(self, units: int) -> Any:
        return self._layers.Dense(units, activation="relu", kernel_initializer=self._initializer())

    def dropout(self, share: float) -> Any:
        return self._layers.Dropout(share, seed=next(self._seeds))

    def pool(self, side: int) -> Any:
        return self._layers.MaxPooling2D(side)

    def norm(self) -> Any:
        return self._layers.BatchNormalization()

    def mean(self) -> Any:
        return self._layers.GlobalAveragePooling2D()

    def flatten(self) -> Any:
        return self._layers.Flatten()

    def _initializer(self) -> Any:
        return import_keras().initializers.GlorotUniform(seed=next(self._seeds))


def _seeds(seed: int) -> Iterator[int]:
    return (seed % 2**20 * 1000 + number for number in count())
