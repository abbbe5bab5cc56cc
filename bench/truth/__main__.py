"""`python -m bench.truth [KIND or words]...`: what is said of weeks whose truth is known."""

import logging
import sys

from bench.truth.board import main

logging.disable(logging.WARNING)  # what a broken rule has to say is no news
sys.exit(main(sys.argv[1:]))
