"""The brands of the demo shop, all invented, and what their tiers do to prices."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Brand:
    """A brand and its tier: "budget", "mid" or "premium"."""

    name: str
    tier: str


TIER_FACTOR = {"budget": 0.55, "mid": 1.0, "premium": 1.95}

FASHION = (
    Brand("Plainfolk", "budget"),
    Brand("Dunmarrow", "budget"),
    Brand("Tivvo", "budget"),
    Brand("Kestrel Lane", "mid"),
    Brand("Ostara", "mid"),
    Brand("Brindle & Co", "mid"),
    Brand("Velmora", "premium"),
    Brand("Maison Querelle", "premium"),
)

LEATHERWORK = (
    Brand("Tivvo", "budget"),
    Brand("Stride Union", "budget"),
    Brand("Harrowgate", "mid"),
    Brand("Ostara", "mid"),
    Brand("Fellmonger", "mid"),
    Brand("Casa Lumera", "premium"),
    Brand("Velmora", "premium"),
)

HOMEWARE = (
    Brand("Hearthly", "budget"),
    Brand("Nookwell", "budget"),
    Brand("Lindqvist Hem", "mid"),
    Brand("Clayfield", "mid"),
    Brand("Ordinary Objects", "mid"),
    Brand("Atelier Sorrel", "premium"),
    Brand("Norrgard", "premium"),
)

TIMEPIECES = (
    Brand("Tivvo", "budget"),
    Brand("Quartzen", "budget"),
    Brand("Meridian Nord", "mid"),
    Brand("Halden", "mid"),
    Brand("Aurelio Vance", "premium"),
)
