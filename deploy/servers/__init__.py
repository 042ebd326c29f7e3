"""Private PostgreSQL and RabbitMQ: found or fetched, started on loopback, ended with whoever started them."""
