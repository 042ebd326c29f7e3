"""The event-sourcing kit: it knows facts, streams and messages, and not one word of the business."""
