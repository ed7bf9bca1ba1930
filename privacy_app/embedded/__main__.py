"""`python -m privacy_app.embedded [--empty] [--people N]`: see script/server."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 whoever starts this may have any Python
    sys.exit("This needs Python 3.11 or later.")

from privacy_app.embedded.server import main

sys.exit(main())
