// Runs after every `pnpm install` at the root: the driver must load, and the packages are built.
import { build, checkDriver } from './workspace.mjs'

// `npm start` and `npm test` install, check and build step by step, with messages of their own.
if (process.env.MIGRATE_NO_PREPARE === undefined) {
  const problem = checkDriver()
  if (problem !== undefined) {
    console.error(problem)
    process.exit(1)
  }
  build()
}
