"""Long work: specs, workers and supervision."""
