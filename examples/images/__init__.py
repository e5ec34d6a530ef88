"""A small picture studio: a picture comes in, a drawing of it comes out, and a page asks how far it is."""
