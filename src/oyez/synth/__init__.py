"""Making scenes: recordings in, labelled audio out."""
