"""What comes from the model hub: its client in a process of its own, its cache, its faults."""
