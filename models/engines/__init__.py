"""What runs models: the contract, the engines that keep it, batches, precisions, devices."""
