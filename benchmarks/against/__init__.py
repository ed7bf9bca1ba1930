"""What the product is compared with: floors that do the least there is to do, and others that do the same."""
