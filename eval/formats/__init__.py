"""Formats that others use, read and written: TREC, BEIR, ragas, deepeval, SQuAD v2, CSV, JUnit XML.

All text is UTF-8; a byte order mark is accepted when reading and never written. Errors name file, line and field.
"""
