// Install and build, as `npm start` and `npm test` do, without running anything.
import { build, install, refuseUnfitMachine } from './workspace.mjs'

refuseUnfitMachine()
install()
build()
