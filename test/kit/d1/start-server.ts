import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { npmPackages, otherNode } from '../servers/nodes.mjs'

/** One statement of D1's HTTP API. */
export interface D1Statement {
  readonly sql: string
  readonly params?: readonly unknown[]
}

export interface D1Result {
  readonly success: boolean
  readonly meta: { readonly changes?: number }
  readonly results: { readonly columns: readonly string[]; readonly rows: readonly (readonly unknown[])[] }
}

export interface D1Answer {
  readonly result: readonly D1Result[]
  readonly success: boolean
  readonly errors: readonly { readonly code: number; readonly message: string }[]
}

/** A database that is empty when it is first used. */
export interface D1TestDatabase {
  readonly id: string
  readonly account: string
  /** For `sqliteDialect`, with the token. */
  readonly url: string
  /** Sends one statement, or a list of them, which is one transaction, to /raw. */
  send(statements: D1Statement | readonly D1Statement[]): Promise<D1Answer>
  /** The rows of one query. Throws what the engine refused. */
  rows(sql: string, params?: readonly unknown[]): Promise<readonly (readonly unknown[])[]>
}

export interface D1ServerOptions {
  /** Another Worker than the one that speaks the HTTP API. */
  readonly script?: string
  /** How many it has; default 40. Each makes its start longer. */
  readonly databases?: number
}

export interface D1Server {
  /** Where the API is, without `/client/v4`. */
  readonly origin: string
  readonly token: string
  readonly pid: number
  createDatabase(): D1TestDatabase
  end(): Promise<void>
}

const local = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

const versions = { miniflare: '4.20260730.0', workerd: '1.20260730.1' }

/** The first line that it prints. */
function firstLine(child: ChildProcessWithoutNullStreams): Promise<string> {
  return new Promise((resolve, reject) => {
    let out = ''
    let err = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text
    })
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text
      if (out.includes('\n')) resolve(out.slice(0, out.indexOf('\n')))
    })
    child.once('error', reject)
    child.once('close', () => reject(new Error(`the server of D1 ended: ${err.slice(-2000)}`)))
  })
}

/**
 * Starts one: Miniflare and workerd from npm, fetched once for all runs, under a Node that Miniflare supports. It ends with this process.
 */
export async function startD1Server(options: D1ServerOptions = {}): Promise<D1Server> {
  const system = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch.replace('x64', '64')}`
  const workerd = `@cloudflare/workerd-${system}`
  // Without what Miniflare needs for images.
  const [node, folder] = await Promise.all([
    otherNode('24.21.0'),
    npmPackages([`miniflare@${versions.miniflare}`, `${workerd}@${versions.workerd}`], { scripts: false }),
  ])
  const token = randomUUID()
  const script = options.script ?? local('worker.mjs')
  const child = spawn(node, [
    local('server.mjs'),
    path.join(folder, 'miniflare/dist/src/index.js'),
    path.join(folder, workerd, 'bin/workerd'),
    JSON.stringify({ token, databases: options.databases ?? 40, script }),
  ])
  const origin = await firstLine(child)
  let count = 0
  return {
    origin,
    token,
    pid: child.pid ?? 0,
    createDatabase: () => {
      count += 1
      return database({ origin, token }, `database-${count}`)
    },
    end: async () => {
      const ended = new Promise((resolve) => child.once('close', resolve))
      child.stdin.end()
      await ended
    },
  }
}

function database({ origin, token }: Pick<D1Server, 'origin' | 'token'>, id: string): D1TestDatabase {
  const account = 'account'
  const send: D1TestDatabase['send'] = async (statements) => {
    const answer = await fetch(`${origin}/client/v4/accounts/${account}/d1/database/${id}/raw`, {
      method: 'POST',
      // A test that has blocked for long would send on a connection that the server has closed.
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify(Array.isArray(statements) ? { batch: statements } : statements),
    })
    return (await answer.json()) as D1Answer
  }
  const api = encodeURIComponent(`${origin}/client/v4`)
  return {
    id,
    account,
    url: `d1://:${token}@${account}/${id}?api=${api}`,
    send,
    rows: async (sql, params = []) => {
      const { result, errors } = await send({ sql, params })
      if (errors[0] !== undefined) throw new Error(errors[0].message)
      return result[0]?.results.rows ?? []
    },
  }
}
