// Install and build, as `npm start` and `npm test` do, without running anything.
import { build, install, refuseOldNode } from './workspace.mjs'

refuseOldNode()
install()
build()
