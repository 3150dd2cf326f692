"""The models on this machine: listed, fetched ahead, verified, brought up to date, carried."""
