"""How jobs look on a terminal: words, bars and tables, made from the values on the wire."""
