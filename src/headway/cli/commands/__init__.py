"""The commands, one file each. A module's `command` is what it offers."""
