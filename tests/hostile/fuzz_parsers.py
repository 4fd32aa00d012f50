"""Every parser that reads something from outside."""

from tests.hostile import fuzz_models, fuzz_sources, fuzz_words

PARSERS = (*fuzz_sources.PARSERS, *fuzz_models.PARSERS, *fuzz_words.PARSERS)
