"""Out of orders and positions: cancelling what rests, and making positions flat, each asked, done once, and told."""
