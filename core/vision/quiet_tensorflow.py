"""TensorFlow and Keras, imported late and without their chatter. Only workers call this."""

import os
from typing import Any


def import_tensorflow() -> Any:
    """Import TensorFlow with its start-up messages off; a visible GPU is still used.

    Environment variables that the user has set keep their values.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    import tensorflow

    return tensorflow


def import_keras() -> Any:
    """Import Keras on TensorFlow, quietly."""
    import_tensorflow()
    import keras

    return keras
