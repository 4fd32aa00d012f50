"""The only part that imports Streamlit: frame, caches, cards, charts."""
