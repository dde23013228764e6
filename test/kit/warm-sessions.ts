import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { clientSplitter, serverSplitter } from './tcp-messages.ts'

/**
 * A session of PostgreSQL reads the catalog into caches of its own, which costs it more than most cases of a test. Here a session
 * that a client ends is reset (`DISCARD ALL`) and handed to the next client that asks for the same one, as a pooler that pools
 * whole sessions does. A session whose client is gone without a goodbye ends, as it does in the server.
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

/** Opens a session. Gives false where the server refuses it or asks for a password: no other client may use that one. */
function isGreeted(backend: Backend, startup: Buffer, client: Socket): Promise<boolean> {
  const split = serverSplitter.postgres()
  const parts: Buffer[] = []
  backend.socket.write(startup)
  return new Promise((resolve) => {
    backend.lost = () => resolve(false)
    backend.take = (data) => {
      client.write(data)
      parts.push(data)
      for (const { kind, body } of split(data)) {
        if (kind === 'E' || (kind === 'R' && body.readInt32BE(0) !== 0)) resolve(false)
        if (kind === 'Z') {
          backend.greeting = Buffer.concat(parts)
          resolve(true)
        }
      }
    }
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

const urls = new Map<string, Promise<string>>()

/** The URL under which a server hands out its sessions again, from this process and as long as it lives. */
export function warmUrl(url: string): Promise<string> {
  const own = urls.get(url) ?? listen(url)
  urls.set(url, own)
  return own
}

async function listen(url: string): Promise<string> {
  const target = new URL(url)
  const idle = new Map<string, Backend[]>()
  // What the other side resets is closed, which is all that matters here.
  const prepared = (socket: Socket): Socket => socket.on('error', ignore).setNoDelay(true)
  const toServer = (): Socket => prepared(connect(Number(target.port || 5432), target.hostname))

  const open = (): Backend => {
    const backend: Backend = { socket: toServer(), greeting: Buffer.alloc(0), take: ignore, lost: ignore }
    backend.socket.on('data', (data: Buffer) => backend.take(data)).once('close', () => backend.lost())
    return backend
  }

  /** Connects a client with a session that is idle, or with a new one. */
  async function begin(startup: Buffer, client: Socket): Promise<Backend | undefined> {
    const warm = idle.get(startup.toString('latin1'))?.pop()
    const backend = warm ?? open()
    backend.socket.ref()
    if (warm !== undefined) client.write(warm.greeting)
    else if (!(await isGreeted(backend, startup, client))) {
      client.destroySoon()
      backend.socket.destroy()
      return undefined
    }
    backend.take = (data) => void client.write(data)
    backend.lost = () => client.destroySoon()
    return backend
  }

  /** The client sees its connection closed only when nothing of its session is left. */
  async function finish(backend: Backend, key: string, client: Socket): Promise<void> {
    if (await isReset(backend)) {
      const waiting = idle.get(key) ?? []
      idle.set(key, [...waiting, backend])
      backend.socket.unref()
      backend.take = ignore
      backend.lost = () =>
        idle.set(
          key,
          (idle.get(key) ?? []).filter((one) => one !== backend),
        )
    } else backend.socket.destroy()
    client.destroySoon()
  }

  function serve(client: Socket): void {
    const split = clientSplitter.postgres()
    let backend: Promise<Backend | undefined> = Promise.resolve(undefined)
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
