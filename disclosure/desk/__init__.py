"""The desk: where staff see, file and decide what people decide (DIS-c to DIS-g), in the site's own pages."""
