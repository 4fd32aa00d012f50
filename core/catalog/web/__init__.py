"""Reading from the web: pictures by address, result pages, samples."""
