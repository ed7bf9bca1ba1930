"""The desk: where the policy is written, previewed and published, in the site's own pages."""
