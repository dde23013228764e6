#!/usr/bin/env node
try {
  const { run } = await import('../dist/start.js')
  await run(process)
} catch (error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND' || !error.url?.endsWith('/dist/start.js')) throw error
  console.error('error: USAGE: The command line is not built: apps/cli/dist is not there.\n  do      Run `pnpm build`.')
  process.exitCode = 2
}
