"""What the demo shop sells: departments, categories, brands, materials, and what they cost."""

from __future__ import annotations

from dataclasses import dataclass, field

CURRENCY = "EUR"


@dataclass(frozen=True)
class Brand:
    """A brand and its tier: "budget", "mid" or "premium"."""

    name: str
    tier: str


TIER_FACTOR = {"budget": 0.55, "mid": 1.0, "premium": 1.95}

_FASHION = (
    Brand("Plainfolk", "budget"),
    Brand("Dunmarrow", "budget"),
    Brand("Tivvo", "budget"),
    Brand("Kestrel Lane", "mid"),
    Brand("Ostara", "mid"),
    Brand("Brindle & Co", "mid"),
    Brand("Velmora", "premium"),
    Brand("Maison Querelle", "premium"),
)
_LEATHERWORK = (
    Brand("Tivvo", "budget"),
    Brand("Stride Union", "budget"),
    Brand("Harrowgate", "mid"),
    Brand("Ostara", "mid"),
    Brand("Fellmonger", "mid"),
    Brand("Casa Lumera", "premium"),
    Brand("Velmora", "premium"),
)
_HOME = (
    Brand("Hearthly", "budget"),
    Brand("Nookwell", "budget"),
    Brand("Lindqvist Hem", "mid"),
    Brand("Clayfield", "mid"),
    Brand("Ordinary Objects", "mid"),
    Brand("Atelier Sorrel", "premium"),
    Brand("Norrgard", "premium"),
)
_TIMEPIECES = (
    Brand("Tivvo", "budget"),
    Brand("Quartzen", "budget"),
    Brand("Meridian Nord", "mid"),
    Brand("Halden", "mid"),
    Brand("Aurelio Vance", "premium"),
)


@dataclass(frozen=True)
class Category:
    """A leaf category: its path, how many products, typical price in euros, and what varies.

    `styles` maps a style to the noun in titles; `materials` maps a material to its price factor; `patterns` lists
    patterns with "plain" repeated as often as it is common; `style_materials` gives the materials of a style
    where only some make sense.
    """

    path: tuple[str, ...]
    family: str
    count: int
    euros: float
    brands: tuple[Brand, ...]
    styles: dict[str, str]
    materials: dict[str, float]
    patterns: tuple[str, ...] = ("plain",)
    colors: tuple[str, ...] = ()
    style_materials: dict[str, tuple[str, ...]] = field(default_factory=dict)


_CLOTHING_COLORS = (
    "black",
    "charcoal",
    "grey",
    "white",
    "cream",
    "beige",
    "camel",
    "navy",
    "blue",
    "light blue",
    "teal",
    "green",
    "olive",
    "sage",
    "yellow",
    "orange",
    "red",
    "burgundy",
    "pink",
    "lilac",
    "purple",
    "brown",
)
_LEATHER_COLORS = (
    "black",
    "black",
    "brown",
    "camel",
    "burgundy",
    "navy",
    "cream",
    "olive",
    "red",
    "grey",
    "beige",
    "green",
    "pink",
)
_GLAZES = (
    "white",
    "cream",
    "grey",
    "charcoal",
    "black",
    "navy",
    "blue",
    "light blue",
    "teal",
    "green",
    "sage",
    "yellow",
    "orange",
    "red",
    "pink",
    "lilac",
    "beige",
)
_UPHOLSTERY = (
    "grey",
    "charcoal",
    "cream",
    "beige",
    "navy",
    "teal",
    "olive",
    "sage",
    "yellow",
    "orange",
    "pink",
    "burgundy",
    "camel",
    "green",
)
_TIMBERS = {"oak": 1.1, "walnut": 1.4, "ash": 1.0, "beech": 0.9}

CATEGORIES: tuple[Category, ...] = (
    Category(
        ("Clothing", "Shirts"),
        "shirts",
        46,
        42,
        _FASHION,
        {
            "button-down": "Button-Down Shirt",
            "short-sleeve": "Short-Sleeve Shirt",
            "polo": "Polo Shirt",
            "t-shirt": "T-Shirt",
        },
        {"cotton": 1.0, "linen": 1.25, "denim": 1.15},
        ("plain", "plain", "plain", "striped", "checked", "gingham", "dotted", "floral", "pinstriped", "leaf print"),
        _CLOTHING_COLORS,
        {"polo": ("cotton",), "t-shirt": ("cotton",)},
    ),
    Category(
        ("Clothing", "Sweaters"),
        "sweaters",
        38,
        64,
        _FASHION,
        {
            "crew neck": "Crew Neck Sweater",
            "v-neck": "V-Neck Sweater",
            "turtleneck": "Turtleneck Sweater",
            "cardigan": "Cardigan",
        },
        {"wool": 1.0, "cashmere": 2.1, "cable knit": 1.2, "cotton knit": 0.8},
        ("plain", "plain", "plain", "striped", "zigzag"),
        _CLOTHING_COLORS,
    ),
    Category(
        ("Clothing", "Jackets"),
        "jackets",
        40,
        118,
        _FASHION,
        {
            "denim": "Trucker Jacket",
            "bomber": "Bomber Jacket",
            "blazer": "Blazer",
            "puffer": "Puffer Jacket",
            "biker": "Biker Jacket",
            "coat": "Coat",
        },
        {
            "denim": 0.85,
            "nylon": 0.9,
            "linen": 1.05,
            "quilted nylon": 1.1,
            "leather": 2.0,
            "felt": 1.35,
            "suede": 1.9,
            "corduroy": 1.0,
        },
        ("plain",),
        (
            "black",
            "charcoal",
            "grey",
            "cream",
            "beige",
            "camel",
            "navy",
            "blue",
            "teal",
            "green",
            "olive",
            "sage",
            "red",
            "burgundy",
            "pink",
            "brown",
            "orange",
            "yellow",
        ),
        {
            "denim": ("denim", "denim", "corduroy"),
            "bomber": ("nylon", "suede", "felt"),
            "blazer": ("linen", "felt", "corduroy"),
            "puffer": ("quilted nylon",),
            "biker": ("leather", "suede"),
            "coat": ("felt",),
        },
    ),
    Category(
        ("Clothing", "Dresses"),
        "dresses",
        40,
        76,
        _FASHION,
        {
            "slip": "Slip Dress",
            "wrap": "Wrap Dress",
            "shirt": "Shirt Dress",
            "a-line": "A-Line Dress",
            "maxi": "Maxi Dress",
        },
        {"cotton": 0.9, "linen": 1.1, "satin": 1.3, "silk": 2.0},
        ("plain", "plain", "plain", "floral", "floral", "dotted", "striped", "leaf print", "gingham"),
        _CLOTHING_COLORS,
    ),
    Category(
        ("Clothing", "Trousers"),
        "trousers",
        34,
        62,
        _FASHION,
        {"jeans": "Jeans", "chinos": "Chinos", "wide-leg": "Wide-Leg Trousers", "joggers": "Joggers"},
        {"cotton": 0.9, "linen": 1.15, "denim": 1.1, "corduroy": 1.1},
        ("plain", "plain", "plain", "plain", "checked", "pinstriped"),
        (
            "black",
            "charcoal",
            "grey",
            "navy",
            "blue",
            "light blue",
            "beige",
            "olive",
            "brown",
            "cream",
            "camel",
            "burgundy",
            "sage",
        ),
        {
            "jeans": ("denim",),
            "chinos": ("cotton", "linen", "corduroy"),
            "wide-leg": ("cotton", "linen"),
            "joggers": ("cotton",),
        },
    ),
    Category(
        ("Shoes", "Sneakers"),
        "sneakers",
        38,
        84,
        _LEATHERWORK,
        {
            "low": "Low-Top Sneakers",
            "high-top": "High-Top Sneakers",
            "runner": "Running Sneakers",
            "slip-on": "Slip-On Sneakers",
        },
        {"canvas": 0.7, "leather": 1.3, "suede": 1.2, "mesh": 0.95},
        ("plain", "plain", "plain", "plain", "plain", "checked", "leaf print"),
        (
            "white",
            "white",
            "black",
            "grey",
            "navy",
            "blue",
            "green",
            "teal",
            "red",
            "yellow",
            "pink",
            "cream",
            "orange",
            "light blue",
            "lilac",
            "burgundy",
            "sage",
        ),
    ),
    Category(
        ("Shoes", "Boots"),
        "boots",
        34,
        132,
        _LEATHERWORK,
        {
            "chelsea": "Chelsea Boots",
            "lace-up": "Lace-Up Boots",
            "heeled": "Heeled Ankle Boots",
            "knee-high": "Knee-High Boots",
        },
        {"leather": 1.2, "suede": 1.05},
        ("plain",),
        _LEATHER_COLORS,
    ),
    Category(
        ("Shoes", "Pumps"),
        "pumps",
        30,
        96,
        _LEATHERWORK,
        {
            "stiletto": "Stiletto Pumps",
            "block heel": "Block Heel Pumps",
            "slingback": "Slingbacks",
            "ballerina": "Ballerina Flats",
        },
        {"leather": 1.2, "suede": 1.1, "patent leather": 1.3, "satin": 0.9},
        ("plain", "plain", "plain", "plain", "dotted", "floral"),
        (
            "black",
            "black",
            "red",
            "navy",
            "cream",
            "pink",
            "burgundy",
            "camel",
            "green",
            "grey",
            "blue",
            "white",
            "purple",
        ),
    ),
    Category(
        ("Bags", "Backpacks"),
        "backpacks",
        34,
        74,
        _LEATHERWORK,
        {"daypack": "Daypack", "rolltop": "Rolltop Backpack", "school": "Flap Backpack", "mini": "Mini Backpack"},
        {"nylon": 0.9, "canvas": 0.85, "leather": 1.9},
        ("plain", "plain", "plain", "plain", "checked", "leaf print", "dotted"),
        (
            "black",
            "charcoal",
            "grey",
            "navy",
            "blue",
            "green",
            "olive",
            "teal",
            "burgundy",
            "red",
            "pink",
            "camel",
            "yellow",
            "sage",
            "orange",
        ),
        {"rolltop": ("nylon", "canvas")},
    ),
    Category(
        ("Bags", "Handbags"),
        "handbags",
        36,
        128,
        _LEATHERWORK,
        {"satchel": "Satchel Bag", "flap": "Flap Bag", "bucket": "Bucket Bag", "half-moon": "Half-Moon Bag"},
        {"leather": 1.2, "suede": 1.1, "quilted leather": 1.5, "patent leather": 1.15},
        ("plain",),
        _LEATHER_COLORS,
    ),
    Category(
        ("Bags", "Tote Bags"),
        "totes",
        32,
        48,
        _LEATHERWORK,
        {"shopper": "Shopper Tote", "beach": "Beach Tote", "book": "Book Tote", "market": "Market Tote"},
        {"canvas": 0.8, "leather": 2.3, "straw": 0.9},
        ("plain", "plain", "plain", "striped", "floral", "gingham"),
        (
            "cream",
            "white",
            "black",
            "navy",
            "grey",
            "camel",
            "olive",
            "green",
            "blue",
            "pink",
            "red",
            "teal",
            "yellow",
            "sage",
        ),
        {"book": ("canvas",), "market": ("canvas",)},
    ),
    Category(
        ("Accessories", "Watches"),
        "watches",
        34,
        165,
        _TIMEPIECES,
        {"dress": "Dress Watch", "chronograph": "Chronograph", "diver": "Diver's Watch", "field": "Field Watch"},
        {"leather": 1.0, "steel": 1.35, "nylon": 0.7, "brass": 1.2},
        ("plain", "plain", "striped"),
        ("black", "brown", "navy", "camel", "olive", "burgundy", "grey", "green"),
    ),
    Category(
        ("Kitchen", "Mugs"),
        "mugs",
        38,
        16,
        _HOME,
        {"straight": "Mug", "rounded": "Rounded Mug", "tapered": "Tapered Mug", "espresso": "Espresso Cup and Saucer"},
        {"porcelain": 1.2, "stoneware": 1.0, "ceramic": 0.9, "enamel": 0.85},
        ("plain", "plain", "plain", "striped", "dotted", "floral", "terrazzo", "leaf print", "gingham"),
        _GLAZES,
    ),
    Category(
        ("Home", "Vases"),
        "vases",
        34,
        38,
        _HOME,
        {"bottle": "Bottle Vase", "bulb": "Bulb Vase", "cylinder": "Cylinder Vase", "amphora": "Amphora Vase"},
        {"porcelain": 1.2, "stoneware": 1.0, "ceramic": 0.9, "terracotta": 0.75, "marble": 1.9},
        ("plain", "plain", "plain", "plain", "striped", "zigzag", "leaf print", "terrazzo"),
        _GLAZES,
    ),
    Category(
        ("Home", "Lamps"),
        "lamps",
        38,
        92,
        _HOME,
        {"table": "Table Lamp", "floor": "Floor Lamp", "pendant": "Pendant Lamp", "desk": "Desk Lamp"},
        {"linen": 1.0, "cotton": 0.85, "metal": 1.1},
        ("plain", "plain", "plain", "plain", "striped", "leaf print"),
        _GLAZES,
        {"table": ("linen", "cotton"), "floor": ("linen", "cotton"), "pendant": ("metal",), "desk": ("metal",)},
    ),
    Category(
        ("Furniture", "Chairs"),
        "chairs",
        36,
        148,
        _HOME,
        {"spindle": "Spindle Chair", "panel": "Dining Chair", "upholstered": "Upholstered Chair", "stool": "Stool"},
        {**_TIMBERS, "lacquered wood": 0.95},
        ("plain",),
        ("camel", "brown", "beige", "black", "white", "sage", "navy", "teal", "yellow", "red", "grey", "green"),
    ),
    Category(
        ("Furniture", "Tables"),
        "tables",
        28,
        290,
        _HOME,
        {"dining": "Dining Table", "round": "Round Table", "coffee": "Coffee Table", "desk": "Desk"},
        {**_TIMBERS, "lacquered wood": 0.9},
        ("plain",),
        ("camel", "brown", "beige", "black", "white", "sage", "navy", "grey", "green", "pink"),
    ),
    Category(
        ("Furniture", "Sofas"),
        "sofas",
        26,
        720,
        _HOME,
        {"armchair": "Armchair", "two-seater": "Two-Seater Sofa", "three-seater": "Three-Seater Sofa"},
        {"linen": 1.0, "boucle": 1.25, "leather": 1.7, "cotton": 0.85, "corduroy": 1.1},
        ("plain", "plain", "plain", "plain", "striped", "checked"),
        _UPHOLSTERY,
    ),
)

STYLE_FACTOR = {
    "t-shirt": 0.5, "polo": 0.85, "coat": 1.5, "biker": 1.1, "maxi": 1.15, "joggers": 0.75, "knee-high": 1.3, "ballerina": 0.75,
    "mini": 0.8, "chronograph": 1.35, "diver": 1.3, "espresso": 1.1, "floor": 1.5, "desk": 0.95, "stool": 0.6, "upholstered": 1.25,
    "dining": 1.5, "coffee": 0.65, "armchair": 0.6, "three-seater": 1.35,
}  # fmt: skip

PLAIN_STYLES = frozenset({"jeans", "joggers", "desk", "coat", "runner"})

CONFUSABLE = {
    "shirts": ("sweaters", "jackets"), "sweaters": ("shirts", "jackets"), "jackets": ("shirts", "sweaters"), "dresses": ("shirts", "trousers"),
    "trousers": ("dresses", "shirts"), "sneakers": ("boots", "pumps"), "boots": ("sneakers", "pumps"), "pumps": ("boots", "sneakers"),
    "backpacks": ("totes", "handbags"), "handbags": ("totes", "backpacks"), "totes": ("handbags", "backpacks"), "watches": ("handbags",),
    "mugs": ("vases",), "vases": ("mugs", "lamps"), "lamps": ("vases",), "chairs": ("tables", "sofas"), "tables": ("chairs",), "sofas": ("chairs",),
}  # fmt: skip


def category_of(family: str) -> Category:
    """Find the category of a drawing family."""
    return next(category for category in CATEGORIES if category.family == family)
