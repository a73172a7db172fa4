"""How the models are made: one package a model; what they learn from is told in their cards."""
