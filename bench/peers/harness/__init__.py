"""Starts servers and peers and measures them; bench/peers/run is the command."""
