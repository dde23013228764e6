#!/usr/bin/env node
try {
  // All that is built takes Node's own modules by it: without it each file would end with its whole text and a TypeError.
  if (process.getBuiltinModule === undefined) {
    console.error(
      `error: USAGE: Node ${process.versions.node} is too old.\n  do      Use Node 20.19, or 22.3 and newer.`,
    )
    process.exitCode = 2
  } else {
    const { run } = await import('../dist/start.js')
    await run(process)
  }
} catch (error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND' || !error.url?.endsWith('/dist/start.js')) throw error
  console.error('error: USAGE: The command line is not built: apps/cli/dist is not there.\n  do      Run `pnpm build`.')
  process.exitCode = 2
}
