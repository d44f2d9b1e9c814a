"""`python -m oyez` is `oyez`."""

import sys

from oyez.cli import main

sys.exit(main())
