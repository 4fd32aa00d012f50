"""Tables as sources: files of rows, their columns understood, their rows made into products."""
