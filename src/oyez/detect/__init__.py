"""Hearing: model file in, detections out."""
