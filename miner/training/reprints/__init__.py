"""What tells a reprint from a text that is only like another: learned from reprints made of raw news."""
