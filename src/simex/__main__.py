from simex.command import main

raise SystemExit(main())
