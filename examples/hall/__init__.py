"""The hall: one page and one command for all applications here, over one store."""
