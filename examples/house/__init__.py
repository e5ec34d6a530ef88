"""What every application here has around its work: its command, its view in the terminal, its headers, its names."""
