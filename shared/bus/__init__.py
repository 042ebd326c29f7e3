"""How services hear of each other: promises over RabbitMQ, at least once on the wire, once in effect."""
