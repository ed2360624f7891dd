"""The pages below the first, a file each: what they show, and what is done on them."""
