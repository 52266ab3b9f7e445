"""What a person runs from the checkout."""
