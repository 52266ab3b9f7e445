"""Scripts to run from the checkout."""
