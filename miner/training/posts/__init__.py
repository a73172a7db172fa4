"""Trains the model of posts."""
