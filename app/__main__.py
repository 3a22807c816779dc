"""`python -m app` is the command `kunji`."""

from app.main import main

raise SystemExit(main())
