"""Detection for others: many streams at once, over Wyoming, HTTP and WebSocket."""
