"""Owns the programs of others that Headway is measured beside, each as its documentation sets it up."""
