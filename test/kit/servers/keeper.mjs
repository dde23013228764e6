// Starts servers and keeps them until the standard input ends: which it does however the run ends, `kill -9` included. Then
// everything that was started is ended by its pid and the folder is removed. A keeper runs in a session of its own.
import { endAll } from './children.mjs'
import { makeFolder, record, removeContainers, removeFolder, sweep } from './leftovers.mjs'

/**
 * Keeps what `bringUp(names, run, print)` starts; the process is nothing else from then on. Prints a line of JSON for each of
 * them, and `{"ready":true}` after the last.
 */
export async function keep(names, bringUp) {
  process.umask(0o022)
  const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`)
  // The output is not read any more where the run was killed.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)

  let folder
  let over

  async function clear() {
    await endAll()
    if (folder === undefined) return
    await removeContainers(folder)
    removeFolder(folder)
  }

  function finish(code) {
    over ??= clear().then(
      () => process.exit(code),
      (error) => {
        process.stderr.write(`test servers: ${error.stack}\n`)
        process.exit(1)
      },
    )
  }

  process.stdin
    .on('end', () => finish(0))
    .on('error', () => finish(0))
    .resume()
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => finish(0))
  process.on('uncaughtException', (error) => {
    process.stderr.write(`test servers: ${error.stack}\n`)
    finish(1)
  })

  await sweep((problem) => process.stderr.write(`test servers: ${problem}\n`))
  if (over !== undefined) await over
  try {
    folder = makeFolder()
  } catch (error) {
    for (const name of names) print({ name, reason: error.message })
    finish(1)
    await over
  }
  const run = {
    folder,
    record: (line) => record(folder, line),
    isOver: () => over !== undefined,
    lost: (name, why) => over ?? process.stderr.write(`\ntest servers: ${name} ${why}\n`),
  }
  await bringUp(names, run, print)
  print({ ready: true })
}
