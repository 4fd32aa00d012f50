"""Kitchenware, homeware and furniture sold by the demo shop."""

from __future__ import annotations

from core.catalog.demo.brands import HOMEWARE
from core.catalog.demo.categories import GLAZES, TIMBERS, UPHOLSTERY, Category

HOME_RANGE: tuple[Category, ...] = (
    Category(
        ("Kitchen", "Mugs"),
        "mugs",
        38,
        16,
        HOMEWARE,
        {"straight": "Mug", "rounded": "Rounded Mug", "tapered": "Tapered Mug", "espresso": "Espresso Cup and Saucer"},
        {"porcelain": 1.2, "stoneware": 1.0, "ceramic": 0.9, "enamel": 0.85},
        ("plain", "plain", "plain", "striped", "dotted", "floral", "terrazzo", "leaf print", "gingham"),
        GLAZES,
    ),
    Category(
        ("Home", "Vases"),
        "vases",
        34,
        38,
        HOMEWARE,
        {"bottle": "Bottle Vase", "bulb": "Bulb Vase", "cylinder": "Cylinder Vase", "amphora": "Amphora Vase"},
        {"porcelain": 1.2, "stoneware": 1.0, "ceramic": 0.9, "terracotta": 0.75, "marble": 1.9},
        ("plain", "plain", "plain", "plain", "striped", "zigzag", "leaf print", "terrazzo"),
        GLAZES,
    ),
    Category(
        ("Home", "Lamps"),
        "lamps",
        38,
        92,
        HOMEWARE,
        {"table": "Table Lamp", "floor": "Floor Lamp", "pendant": "Pendant Lamp", "desk": "Desk Lamp"},
        {"linen": 1.0, "cotton": 0.85, "metal": 1.1},
        ("plain", "plain", "plain", "plain", "striped", "leaf print"),
        GLAZES,
        {"table": ("linen", "cotton"), "floor": ("linen", "cotton"), "pendant": ("metal",), "desk": ("metal",)},
    ),
    Category(
        ("Furniture", "Chairs"),
        "chairs",
        36,
        148,
        HOMEWARE,
        {"spindle": "Spindle Chair", "panel": "Dining Chair", "upholstered": "Upholstered Chair", "stool": "Stool"},
        {**TIMBERS, "lacquered wood": 0.95},
        ("plain",),
        ("camel", "brown", "beige", "black", "white", "sage", "navy", "teal", "yellow", "red", "grey", "green"),
    ),
    Category(
        ("Furniture", "Tables"),
        "tables",
        28,
        290,
        HOMEWARE,
        {"dining": "Dining Table", "round": "Round Table", "coffee": "Coffee Table", "desk": "Desk"},
        {**TIMBERS, "lacquered wood": 0.9},
        ("plain",),
        ("camel", "brown", "beige", "black", "white", "sage", "navy", "grey", "green", "pink"),
    ),
    Category(
        ("Furniture", "Sofas"),
        "sofas",
        26,
        720,
        HOMEWARE,
        {"armchair": "Armchair", "two-seater": "Two-Seater Sofa", "three-seater": "Three-Seater Sofa"},
        {"linen": 1.0, "boucle": 1.25, "leather": 1.7, "cotton": 0.85, "corduroy": 1.1},
        ("plain", "plain", "plain", "plain", "striped", "checked"),
        UPHOLSTERY,
    ),
)
