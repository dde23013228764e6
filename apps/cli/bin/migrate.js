#!/usr/bin/env node
import module from 'node:module'

// From Node 22.1 on: what V8 made of our code is kept for the next start.
module.enableCompileCache?.()

try {
  const { start } = await import('../dist/main.js')
  await start(process)
} catch (error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND' || !error.url?.endsWith('/dist/main.js')) throw error
  console.error(
    'error: NOT_BUILT: The command line is not built: apps/cli/dist is not there.\n  do      Run `pnpm build`.',
  )
  process.exitCode = 2
}
