import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { TestProject } from 'vitest/node'
import { type ServerName, variables } from './servers/names.mjs'
import { clientSplitter, serverSplitter } from './tcp-messages.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** URLs under which a server hands out its sessions again. */
    readonly warmUrls: Partial<Record<ServerName, string>>
  }
}

/**
 * A session of PostgreSQL reads the catalog into caches of its own, which costs it more than most cases of a test. Here a session
 * that a client ends is reset (`DISCARD ALL`) and handed to the next client that asks for the same one, as a pooler that pools
 * whole sessions does. A session whose client is gone without a goodbye ends, as it does in the server. All of it is in the process
 * that starts the workers: a test that waits for a program with its own process stopped would keep the program from its server.
 */
interface Backend {
  readonly socket: Socket
  /** What the server said before the first statement. */
  greeting: Buffer
  take: (data: Buffer) => void
  lost: () => void
}

const query = (sql: string): Buffer => {
  const text = Buffer.from(`${sql}\0`)
  const head = Buffer.alloc(5, 'Q')
  head.writeInt32BE(text.length + 4, 1)
  return Buffer.concat([head, text])
}

const reset = Buffer.concat([query('ROLLBACK'), query('DISCARD ALL')])
const cancelRequest = 80877102
const ignore = (): void => undefined
/** Far below what a server takes. */
const mostIdle = 40

/** Opens a session, which has a greeting when no password was asked for: no other client may use one of those. */
function greet(backend: Backend, startup: Buffer, client: Socket): Promise<void> {
  const split = serverSplitter.postgres()
  const parts: Buffer[] = []
  return new Promise((resolve) => {
    const pass = (): void => {
      backend.take = (data) => void client.write(data)
      resolve()
    }
    backend.lost = () => {
      client.destroySoon()
      resolve()
    }
    backend.take = (data) => {
      client.write(data)
      parts.push(data)
      for (const { kind, body } of split(data)) {
        if (kind === 'E' || (kind === 'R' && body.readInt32BE(0) !== 0)) return pass()
        if (kind !== 'Z') continue
        backend.greeting = Buffer.concat(parts)
        return pass()
      }
    }
    backend.socket.write(startup)
  })
}

/** Resets a session for the next client. Gives false where it is in a state that cannot be reset. */
async function isReset(backend: Backend): Promise<boolean> {
  const split = serverSplitter.postgres()
  let timer: NodeJS.Timeout | undefined
  const answer = new Promise<boolean>((resolve) => {
    let isDiscarded = false
    timer = setTimeout(() => resolve(false), 2_000)
    backend.lost = () => resolve(false)
    backend.take = (data) => {
      for (const { kind, body } of split(data)) {
        if (kind === 'E') resolve(false)
        if (kind === 'C' && body.toString('latin1').startsWith('DISCARD ALL')) isDiscarded = true
        if (kind === 'Z' && isDiscarded) resolve(true)
      }
    }
  })
  backend.socket.write(reset)
  return answer.finally(() => clearTimeout(timer))
}

/** Of every server of PostgreSQL that is there, before the first worker starts. */
export async function setup(project: TestProject): Promise<void> {
  const urls: Partial<Record<ServerName, string>> = {}
  for (const server of ['postgres', 'postgres-next'] as const) {
    const url = process.env[variables[server]]
    if (url) urls[server] = await listen(url)
  }
  project.provide('warmUrls', urls)
}

async function listen(url: string): Promise<string> {
  const target = new URL(url)
  let idle: { readonly key: string; readonly backend: Backend }[] = []
  // What the other side resets is closed, which is all that matters here.
  const prepared = (socket: Socket): Socket => socket.on('error', ignore).setNoDelay(true)
  const toServer = (): Socket => prepared(connect(Number(target.port || 5432), target.hostname))

  const open = (): Backend => {
    const backend: Backend = { socket: toServer(), greeting: Buffer.alloc(0), take: ignore, lost: ignore }
    backend.socket.on('data', (data: Buffer) => backend.take(data)).once('close', () => backend.lost())
    return backend
  }

  /** Connects a client with a session that is idle, or with a new one. */
  async function begin(startup: Buffer, client: Socket): Promise<Backend> {
    const key = startup.toString('latin1')
    const warm = idle.findLast((one) => one.key === key)?.backend
    idle = idle.filter(({ backend }) => backend !== warm)
    const backend = warm ?? open()
    backend.socket.ref()
    if (warm === undefined) await greet(backend, startup, client)
    else {
      client.write(warm.greeting)
      backend.take = (data) => void client.write(data)
      backend.lost = () => client.destroySoon()
    }
    return backend
  }

  /** The client sees its connection closed only when nothing of its session is left. */
  async function finish(backend: Backend, key: string, client: Socket): Promise<void> {
    if (backend.greeting.length > 0 && (await isReset(backend))) {
      idle.push({ key, backend })
      backend.socket.unref()
      backend.take = ignore
      backend.lost = () => {
        idle = idle.filter((one) => one.backend !== backend)
      }
      // The first of them are of databases that no test uses any more.
      if (idle.length > mostIdle) idle.shift()?.backend.socket.destroy()
    } else backend.socket.destroy()
    client.destroySoon()
  }

  function serve(client: Socket): void {
    const split = clientSplitter.postgres()
    let backend = Promise.resolve<Backend | undefined>(undefined)
    let key = ''
    let isOver = false
    client.once('close', () => void backend.then((it) => (isOver ? undefined : it?.socket.destroy())))
    client.on('data', (data: Buffer) => {
      for (const { kind, body, bytes } of split(data)) {
        if (kind === 'X') {
          isOver = true
          void backend.then((it) => it && finish(it, key, client))
        } else if (kind !== 'startup') void backend.then((it) => it?.socket.write(bytes))
        else if (body.length === 0) client.write('N')
        else if (bytes.readInt32BE(4) === cancelRequest) {
          const socket = toServer().once('close', () => client.destroySoon())
          socket.end(bytes)
        } else {
          key = bytes.toString('latin1')
          backend = begin(bytes, client)
        }
      }
    })
  }

  const server = createServer((client) => serve(prepared(client)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // Neither it nor a session that waits for its next client keeps the process.
  server.unref()
  const own = new URL(url)
  own.hostname = '127.0.0.1'
  own.port = String((server.address() as AddressInfo).port)
  return own.href
}
