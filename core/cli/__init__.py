"""The command line: everything a page can do, without a browser."""
