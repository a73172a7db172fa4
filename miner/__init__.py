"""Turn damaged newspaper archives about the China International Import Expo into a database one can trust."""

__version__ = "0.1.0"
