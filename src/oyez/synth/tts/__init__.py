"""Speech from text, offline: voices of several engines, who is cast, clips on disk, and whether they are right."""
