"""Speech from text, offline: voices of several engines, a cast, clips on disk, whether they are right."""
