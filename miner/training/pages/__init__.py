"""Learning to take pages apart: pages are typeset from plain stories, and the splitter learns from them."""
