"""Listening without end: a stream in, words, excerpts and passages out."""
