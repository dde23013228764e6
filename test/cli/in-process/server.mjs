// Runs commands one after the other in one process: everything that stays the same between two of them is loaded once. What a
// project brings (configuration, revisions) is read again for each command, see `reload.mjs`.

import { realpathSync } from 'node:fs'
import { createRequire, register } from 'node:module'
import { tmpdir } from 'node:os'
import { sep } from 'node:path'
import { pathToFileURL } from 'node:url'

const commands = new Int32Array(new SharedArrayBuffer(4))
const projects = realpathSync(tmpdir()) + sep
/** This repository, which may lie there as well. */
const own = realpathSync(new URL('../../..', import.meta.url)) + sep
const [projectsUrl, ownUrl] = [projects, own].map((folder) => pathToFileURL(folder).href)
register('./reload.mjs', import.meta.url, { data: { commands, projects: projectsUrl, own: ownUrl } })
const { main, hostOf } = await import('../../../apps/cli/dist/main.js')
const { cache } = createRequire(import.meta.url)
process.setSourceMapsEnabled(true)
Error.stackTraceLimit = 30

const { log, info, debug } = console
let printed = { stdout: '', stderr: '' }
for (const name of ['stdout', 'stderr']) {
  process[name].write = (text) => {
    printed[name] += text
    return true
  }
}
const outputOf = (name) => ({
  isTerminal: () => false,
  columns: () => 0,
  write: (bytes) => {
    printed[name] += bytes
  },
})

process.on('message', async ({ args, cwd, env }) => {
  printed = { stdout: '', stderr: '' }
  commands[0] += 1
  for (const path of Object.keys(cache)) if (path.startsWith(projects) && !path.startsWith(own)) delete cache[path]
  for (const name of Object.keys(process.env)) delete process.env[name]
  Object.assign(process.env, env)
  Object.assign(console, { log, info, debug })
  process.chdir(cwd)
  process.exitCode = undefined
  const host = hostOf(process)
  const streams = { stdout: outputOf('stdout'), stderr: outputOf('stderr') }
  const code = await main({ ...host, ...streams, args, terminal: () => undefined })
  process.send({ code, signal: null, ...printed })
})
process.on('disconnect', () => process.exit())
