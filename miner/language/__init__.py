"""The Chinese language as this project knows it: characters, numerals, dates, words, lexicons. Nothing here knows articles."""
