"""A small document room: PDFs come in, text and a thumbnail come out, and all can see how far each one is."""
