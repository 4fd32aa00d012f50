"""The description of a network in a `.keras` file, checked and written anew before Keras sees it.

Keras builds whatever classes and functions ``config.json`` names. Its safe mode is a list of what is refused, and that
list has been passed several times: marshalled code in Lambda layers (CVE-2024-3660), any function of any module
(CVE-2025-1550), functions of Keras that switch the safe mode off or fetch files (CVE-2025-8747, CVE-2025-9906), and
layers that read files named in the description (CVE-2025-12058). So here it is the other way round: a list of layers
that only compute, each with plain values. What is not on it is refused; what is, is written anew with the module we
name, without compile settings, initializers, regularizers and constraints, none of which a finished network needs.
"""

import re
from collections.abc import Mapping
from typing import Any

from core.errors import RunError

LAYERS = frozenset(
    {
        "Activation", "Add", "Average", "AveragePooling2D", "BatchNormalization", "CenterCrop", "Concatenate",
        "Conv2D", "Conv2DTranspose", "Cropping2D", "Dense", "DepthwiseConv2D", "Dropout", "ELU", "Flatten",
        "GaussianDropout", "GaussianNoise", "GlobalAveragePooling2D", "GlobalMaxPooling2D", "GroupNormalization",
        "Identity", "InputLayer", "LayerNormalization", "LeakyReLU", "MaxPooling2D", "Maximum", "Minimum",
        "Multiply", "Normalization", "PReLU", "Permute", "RandomBrightness", "RandomContrast", "RandomFlip",
        "RandomRotation", "RandomTranslation", "RandomZoom", "ReLU", "Rescaling", "Reshape", "Resizing",
        "SeparableConv2D", "Softmax", "SpatialDropout2D", "Subtract", "UnitNormalization", "UpSampling2D",
        "ZeroPadding2D",
    }
)  # fmt: skip
"""Layers of Keras that only compute with the numbers they are given."""

OPERATIONS = frozenset({"Add", "Subtract", "Multiply", "TrueDivide", "Divide", "Maximum", "Minimum"})
"""What ``a + b`` and its like become in a network."""

ACTIVATIONS = frozenset(
    {
        "elu", "exponential", "gelu", "hard_sigmoid", "hard_silu", "hard_swish", "leaky_relu", "linear",
        "log_softmax", "mish", "relu", "relu6", "selu", "sigmoid", "silu", "softmax", "softplus", "softsign",
        "swish", "tanh",
    }
)  # fmt: skip

_MODELS = {"Sequential": "keras", "Functional": "keras.src.models.functional", "Model": "keras.src.models.functional"}
_KEPT_OF_MODELS = ("name", "layers", "input_layers", "output_layers")
_CALLED_WITH = frozenset({"training", "mask", "axis", "keepdims"})
_MOST_LAYERS, _MOST_DEPTH, _MOST_MODELS_DEEP = 5_000, 12, 6
_MOST_NUMBER, _LONGEST_TEXT, _LONGEST_LIST = 2**20, 200, 20_000
_TEXT = re.compile(r"[\w .,:/()+\-]*")


def checked_config(config: object) -> dict[str, Any]:
    """Check the description of a network and write it anew from what is known to be harmless.

    Args:
        config: What ``config.json`` holds.

    Returns:
        A description that names nothing but layers of Keras that compute.

    Raises:
        RunError: It names anything else; the message says what, and which layer it is.
    """
    return _Check().model(config, depth=0)


class _Check:
    """Counts what it has seen, so that no description can be without end."""

    def __init__(self) -> None:
        self._layers = 0

    def model(self, node: object, *, depth: int) -> dict[str, Any]:
        if depth > _MOST_MODELS_DEEP:
            raise _refused(f"models inside models are nested deeper than {_MOST_MODELS_DEEP}")
        described, config = _described(node), _config_of(node)
        if described not in _MODELS:
            raise _refused(f"it is a {described!r}: expected a Sequential or Functional model")
        layers = config.get("layers")
        if not isinstance(layers, list) or not layers:
            raise _refused("it lists no layers")
        kept = {
            name: self._value(config[name], name, 0) for name in _KEPT_OF_MODELS if name in config and name != "layers"
        }
        kept["layers"] = [self._layer(each, depth=depth) for each in layers]
        known = "Sequential" if described == "Sequential" else "Functional"
        return _written(known, _MODELS[known], kept, node)

    def _layer(self, node: object, *, depth: int) -> dict[str, Any]:
        self._layers += 1
        if self._layers > _MOST_LAYERS:
            raise _refused(f"it has more than {_MOST_LAYERS:,} layers")
        described, config = _described(node), _config_of(node)
        nested = described in _MODELS
        made = self.model(node, depth=depth + 1) if nested else self._plain(node, described, config)
        if isinstance(node, Mapping) and "inbound_nodes" in node:
            made["name"] = self._value(node.get("name"), "name", 0)
            made["inbound_nodes"] = [self._call(each) for each in _listed(node["inbound_nodes"], "inbound_nodes")]
        return made

    def _plain(self, node: object, described: str, config: Mapping[str, Any]) -> dict[str, Any]:
        module = node.get("module") if isinstance(node, Mapping) else None
        is_operation = isinstance(module, str) and module.startswith(("keras.src.ops", "keras.ops"))
        if is_operation and described in OPERATIONS:
            kept = {name: self._setting(described, str(name), value) for name, value in config.items()}
            return _written(described, "keras.src.ops.numpy", kept, node, registered=described)
        if is_operation or described not in LAYERS or not _is_of_keras(node):
            raise _refused(_why(described, module))
        kept = {str(name): self._setting(described, str(name), value) for name, value in config.items()}
        return _written(described, "keras.layers", kept, node)

    def _setting(self, layer: str, name: str, value: object) -> Any:
        """Check one value of a layer; what only training needs is replaced."""
        if not name.isidentifier() or len(name) > _LONGEST_TEXT:
            raise _refused(f"layer {layer} has a setting {name[:60]!r}")
        if name == "dtype":
            return "float32"
        if name.endswith("_initializer"):
            return "zeros"
        if name.endswith(("_regularizer", "_constraint")):
            return None
        if name == "activation":
            return _activation(layer, value)
        return self._value(value, f"{layer}.{name}", 0)

    def _value(self, value: object, what: str, depth: int) -> Any:
        """Check a plain value: a number, a word, or a list of these."""
        if depth > _MOST_DEPTH:
            raise _refused(f"{what} is nested too deeply")
        if value is None or isinstance(value, bool | float):
            return value
        if isinstance(value, int):
            if abs(value) > _MOST_NUMBER:
                raise _refused(f"{what} is {value:.3g}: at most {_MOST_NUMBER:,} is taken")
            return value
        if isinstance(value, str) and len(value) <= _LONGEST_TEXT and _TEXT.fullmatch(value):
            return value
        if isinstance(value, list) and len(value) <= _LONGEST_LIST:
            return [self._value(each, what, depth + 1) for each in value]
        raise _refused(f"{what} holds {_shown(value)}: expected a number, a word or a list of them")

    def _call(self, node: object) -> dict[str, Any]:
        """Check with what a layer is called: outputs of other layers and plain values."""
        if not isinstance(node, Mapping) or not set(node) <= {"args", "kwargs"}:
            raise _refused("a layer is called in a way of another version of Keras: save it with Keras 3")
        named = node.get("kwargs") or {}
        if not isinstance(named, Mapping) or not set(named) <= _CALLED_WITH:
            raise _refused(f"a layer is called with {_shown(named)}")
        args = [self._argument(each, 0) for each in _listed(node.get("args"), "args")]
        return {"args": args, "kwargs": {name: self._argument(value, 0) for name, value in named.items()}}

    def _argument(self, value: object, depth: int) -> Any:
        if isinstance(value, list) and depth < _MOST_DEPTH:
            return [self._argument(each, depth + 1) for each in value]
        if isinstance(value, Mapping):
            config = value.get("config")
            if value.get("class_name") != "__keras_tensor__" or not isinstance(config, Mapping):
                raise _refused(f"a layer is called with {_shown(value)}")
            wanted = {name: self._value(config.get(name), name, 0) for name in ("shape", "dtype", "keras_history")}
            return {"class_name": "__keras_tensor__", "config": wanted}
        return self._value(value, "an argument", depth)


def _activation(layer: str, value: object) -> str | None:
    """Give the name of an activation; a function may be written out as an object that names one."""
    if isinstance(value, Mapping) and value.get("class_name") == "function":
        value = value.get("config")
    if value is None or (isinstance(value, str) and value in ACTIVATIONS):
        return value
    raise _refused(f"layer {layer} has the activation {_shown(value)}: only those of Keras are taken")


def _described(node: object) -> str:
    name = node.get("class_name") if isinstance(node, Mapping) else None
    if not isinstance(name, str):
        raise _refused("it describes no network of Keras 3")
    return name


def _config_of(node: object) -> Mapping[str, Any]:
    config = node.get("config") if isinstance(node, Mapping) else None
    if not isinstance(config, Mapping):
        raise _refused("a layer has no settings")
    return config


def _is_of_keras(node: object) -> bool:
    """Tell whether an object says it is Keras' own: another module of the same class name is somebody's code."""
    if not isinstance(node, Mapping):
        return False
    module, registered = node.get("module"), node.get("registered_name")
    own = module in ("keras", "keras.layers", None) or str(module).startswith("keras.src.layers.")
    return own and registered in (None, node.get("class_name"))


def _why(described: str, module: object) -> str:
    if described in ("Lambda", "__lambda__"):
        return "it has a Lambda layer, which is code of whoever made it: replace it by layers of Keras"
    where = f" of {module!r}" if isinstance(module, str) else ""
    return f"it has a layer {described[:80]!r}{where[:90]}, which is not one of the layers of Keras that are taken here"


def _listed(value: object, what: str) -> list[Any]:
    if not isinstance(value, list) or len(value) > _LONGEST_LIST:
        raise _refused(f"{what} is no list")
    return value


def _written(
    name: str, module: str, config: dict[str, Any], node: object, *, registered: str | None = None
) -> dict[str, Any]:
    return {"module": module, "class_name": name, "config": config, "registered_name": registered}


def _shown(value: object) -> str:
    return repr(value)[:80]


def _refused(why: str) -> RunError:
    return RunError(f"the model is not loaded: {why}")
