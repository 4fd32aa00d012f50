"""The shapes of the demo's products, a file for each category and a few for the parts they share."""
