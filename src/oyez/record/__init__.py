"""Recording words: prompts, checks, and the folder that a training reads."""
