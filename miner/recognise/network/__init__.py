"""The name network at run time: encoding of characters, the network, the chain of labels; NumPy only."""
