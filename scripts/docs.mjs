// `npm run docs` builds the site of docs/ into dist/site; `npm run docs:dev` serves it while pages are edited.
// After `--`: `--out <folder>`, and `--base /path/` where the site is not at the root of its host.
import { install, refuseUnfitMachine } from './workspace.mjs'

refuseUnfitMachine()
install()
await import('../docs/.vitepress/build.mjs')
