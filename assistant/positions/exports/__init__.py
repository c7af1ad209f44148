"""Positions, matrix and comparison as text, Markdown, Word, Excel, CSV, JSON and a picture."""
