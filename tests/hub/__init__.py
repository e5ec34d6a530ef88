"""Tests of the fan-out room."""
