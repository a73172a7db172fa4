"""Rules that propose names: each looks for one way in which newspapers name people, enterprises and bodies."""
