"""Learning: recipes, splits, runs and predictors."""
