import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

const limitMs = 60_000

/** The service of a page: `node …` starts it and ends the one before, `curl …` asks it. */
export interface ServiceProcess {
  /** What the command prints, or undefined where it is another command. */
  run(command: string, expected: string): string | undefined
  stop(): void
}

const request = `
const [url, body] = process.argv.slice(1)
const headers = { connection: 'close', 'content-type': 'application/x-www-form-urlencoded' }
const response = await fetch(url, body === undefined ? { headers } : { method: 'POST', body, headers })
process.stdout.write(await response.text())
`

const pause = (ms: number): unknown => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0))
    })
  })
}

/** The service that a page runs in `folder`. The page says port 3000; here it is one that is free. */
export async function serviceIn(folder: string): Promise<ServiceProcess> {
  const port = await freePort()
  const shown = (text: string): string => text.replaceAll(`localhost:${port}`, 'localhost:3000').trimEnd()
  let running: ChildProcess | undefined
  let count = 0

  const stop = (): void => {
    running?.kill('SIGTERM')
    running = undefined
  }

  // The follower is synchronous, so the output goes to a file, which is read until it is as long as the page says.
  function start(args: readonly string[], expected: string): string {
    stop()
    const output = join(folder, `.service-${count++}.log`)
    const file = openSync(output, 'a')
    running = spawn(process.execPath, args, {
      cwd: folder,
      env: { ...process.env, PORT: `${port}` },
      stdio: ['ignore', file, file],
    })
    const lines = expected.split('\n').length
    const end = Date.now() + limitMs
    while (readFileSync(output, 'utf8').split('\n').length <= lines && Date.now() < end) pause(50)
    return shown(readFileSync(output, 'utf8'))
  }

  function ask(args: readonly string[]): string {
    const url = args.at(-1)?.replace('localhost:3000', `localhost:${port}`) ?? ''
    const body = args[0] === '-d' ? args.slice(1, 2) : []
    const script = ['--input-type=module', '-e', request, url, ...body]
    const { stdout, stderr } = spawnSync(process.execPath, script, { encoding: 'utf8' })
    return shown(`${stderr}${stdout}`)
  }

  return {
    run(command, expected) {
      const [program, ...args] = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(
        ([, quoted, word]) => quoted ?? word ?? '',
      )
      if (program === 'node') return start(args, expected)
      if (program === 'curl') return ask(args)
      return undefined
    },
    stop,
  }
}
