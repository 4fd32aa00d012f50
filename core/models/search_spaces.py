"""What is worth varying of each recipe, as on the command line: lists for a grid, ranges for a guided search.

The learning rates are those of the item categorization report (L6); `second-stage` has that report's grid (L5).
"""

from collections.abc import Mapping
from types import MappingProxyType

REPORT_LEARNING_RATES = "1e-5,3.3e-5,1e-4,3.3e-4,1e-3"

GRIDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        # Its inputs have length 1, so its steps are a thousand times larger than those of other recipes.
        "linear": {"learning_rate": "0.5,2,8,32", "shrinkage": "0.3,0.5,0.7,0.9"},
        "one-vs-all": {"learning_rate": "0.5,1,2,4", "shrinkage": "0.5,0.7,0.9"},
        "multi-label": {"learning_rate": "0.5,1,2,4", "shrinkage": "0.5,0.7,0.9"},
        "level-by-level": {"learning_rate": "0.5,2,8,32", "shrinkage": "0.3,0.5,0.7,0.9"},
        "second-stage": {"max_depth": "1,2,3", "n_estimators": "5,10,25,50", "learning_rate": "0.1,0.3,0.9"},
        "": {"learning_rate": REPORT_LEARNING_RATES},
    }
)
"""By recipe; the empty name is for all others."""

RANGES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "linear": {
            "learning_rate": "0.25:64",
            "shrinkage": "0.02:0.99",
            "class_weights": "0:1",
            "feature_power": "0.3:1",
        },
        "one-vs-all": {"learning_rate": "0.1:16", "shrinkage": "0.05:0.99", "balance": "0:1"},
        "multi-label": {"learning_rate": "0.1:16", "shrinkage": "0.05:0.99", "balance": "0:1"},
        "level-by-level": {"learning_rate": "0.25:64", "shrinkage": "0.02:0.99", "class_weights": "0:1"},
        "head": {
            "learning_rate": "1e-5:1e-2",
            "dropout": "0:0.8",
            "first_layer": "64:1024",
            "second_layer": "32:512",
            "weight_penalty": "1e-6:1e-2",
        },
        "fine-tune": {
            "learning_rate": "1e-5:5e-3",
            "trained_blocks": "1:6",
            "dropout": "0:0.6",
            "label_smoothing": "0:0.3",
        },
        "second-stage": {"max_depth": "1:6", "n_estimators": "5:200", "learning_rate": "0.05:0.9"},
        "triplet": {"learning_rate": "1e-5:1e-2", "margin": "0.05:1", "dropout": "0:0.6"},
        "": {"learning_rate": "1e-5:1e-2", "dropout": "0:0.8"},
    }
)
"""Likewise."""
