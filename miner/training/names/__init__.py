"""Learning to see names: the sets, invented sentences, the network and the course it goes through."""
