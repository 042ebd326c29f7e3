"""Exit status 0 when the service of this container is ready."""

import os
import sys
import urllib.error
import urllib.request


def main() -> int:
    try:
        with urllib.request.urlopen(
            f"http://127.0.0.1:{os.environ.get('IOM_PORT', '8000')}/readyz", timeout=3
        ) as answer:
            return 0 if answer.status == 200 else 1
    except (urllib.error.URLError, OSError):
        return 1


if __name__ == "__main__":
    sys.exit(main())
