"""What a word sets off: programs, webhooks, brokers. Knows detections, nothing of audio."""
