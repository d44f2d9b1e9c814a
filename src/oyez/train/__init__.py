"""Learning: scenes in, model file out. The only part that knows torch."""
