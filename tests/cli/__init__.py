"""Tests of the terminal: what is drawn, what each command does, and whole programs in a real terminal."""
