"""A real browser for the session: Debian's Chromium behind a wrapper that goes into the variable BROWSER.

The wrapper, not the product, adds the flags: no sandbox where this runs as root (Chromium refuses to start otherwise),
a profile folder of its own, no traffic of the browser's own, and its pages in the accessibility tree.
"""

import os
import shutil
from pathlib import Path
from typing import Final

APP: Final = "Chromium"
_FLAGS: Final = (
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--disable-breakpad",
    "--disable-gpu",
    "--disable-dev-shm-usage",  # a container's shared memory is too small for a page
    "--metrics-recording-only",
    "--no-pings",
    "--password-store=basic",  # never asks for the session's keyring
    "--force-renderer-accessibility",
    "--disable-features=Translate,PasswordManagerOnboarding,AutofillServerCommunication",
    "--window-size=900,700",
)


def wrapper(folder: Path) -> Path:
    """Write the wrapper into `folder` and return it."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise FileNotFoundError("no Chromium here: apt-get install -y --no-install-recommends chromium")
    folder.mkdir(parents=True, exist_ok=True)
    sandbox = ["--no-sandbox", "--test-type"] if os.geteuid() == 0 else []  # --test-type: no warning bar about it
    words = [chromium, *sandbox, f"--user-data-dir={folder / 'profile'}", *_FLAGS]
    path = folder / "browser"
    quoted = " ".join(f"'{word}'" for word in words)
    path.write_text(f"#!/bin/sh\nACCESSIBILITY_ENABLED=1 exec {quoted} \"$@\" >>'{folder}/browser.log' 2>&1\n")
    path.chmod(0o755)
    return path
