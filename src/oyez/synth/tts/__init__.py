"""Speech from text, offline: voices of several engines, a cast of them, clips on disk and whether they are right."""
