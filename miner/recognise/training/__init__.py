"""Training of the name model: data sets, invented sentences, labels by agreement, and the network (needs PyTorch)."""
