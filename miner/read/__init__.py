"""Bytes → Document with lines."""
