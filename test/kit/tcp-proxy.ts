import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { clientSplitter, type Message, type Protocol, serverSplitter } from './tcp-messages.ts'

export interface Passing extends Message {
  readonly from: 'client' | 'server'
  /** Which connection, from 1. */
  readonly connection: number
  /** Which message of this direction since the last rule was set, over all connections, from 1. */
  readonly number: number
}

/** The statement that a message of a client brings, behind the bytes that say what it is. */
export function statementIn({ from, body }: Passing): string {
  if (from === 'server') return ''
  const text = body.toString('latin1')
  return text.slice(text.search(/[ -~]/))
}

/** What becomes of a message. What is cut ends the connection with this message not delivered. */
export type Fate =
  | 'pass'
  | 'swallow'
  /** Both sides get a RST. */
  | 'reset'
  /** Both sides are told that nothing more comes. */
  | 'end'
  /** The client gets a RST; the server believes that the client is there. */
  | 'reset client'
  /** The server gets a RST; the client believes that the server is there. */
  | 'reset server'
  /** From now on nothing passes in either direction, and both sides stay open. */
  | 'silence'

export type Rule = (message: Passing) => Fate

/** How bytes continue. */
export interface Pace {
  readonly delayMs?: number
  /** `bytes`: one by one. `together`: what comes within 25 ms at once. */
  readonly pieces?: 'bytes' | 'together'
}

export interface TcpProxy {
  /** The server's URL with this proxy in its place. */
  readonly url: string
  readonly protocol: Protocol
  rule(rule: Rule): void
  pace(pace: Pace): void
  /** What a client sends next comes that much later; ends when it is on its way. */
  holdNext(delayMs: number): Promise<void>
  /** Everything passes again; what was silent before stays so. */
  calm(): void
  /** New connections, and those alone, go to that server. */
  to(url: string): void
  /** Connections are refused, or not any more. */
  refuse(refusing: boolean): Promise<void>
  /** Messages of the server since the last rule was set. */
  served(): number
  connectionCount(): number
  /** Ends every connection with a RST to both sides. */
  cutAll(): void
  /** Ends what is left of connections of which only one side was told. */
  release(): void
}

interface Line {
  readonly client: Socket
  readonly server: Socket
  silent: boolean
}

/** Writes in order, as the pace says. */
function writer(target: Socket, paceOf: () => Pace): (bytes: Buffer) => void {
  let last = Promise.resolve()
  let gathered: Buffer[] = []
  const put = async (bytes: Buffer): Promise<void> => {
    const { delayMs = 0, pieces } = paceOf()
    if (delayMs > 0) await sleep(delayMs)
    if (target.destroyed) return
    if (pieces !== 'bytes') {
      target.write(bytes)
      return
    }
    for (let at = 0; at < bytes.length && !target.destroyed; at += 1) {
      target.write(bytes.subarray(at, at + 1))
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return (bytes) => {
    if (paceOf().pieces === 'together') {
      gathered.push(bytes)
      if (gathered.length > 1) return
      last = last
        .then(() => sleep(25))
        .then(() => {
          const all = Buffer.concat(gathered)
          gathered = []
          return put(all)
        })
      return
    }
    const { delayMs, pieces } = paceOf()
    // Without a pace nothing is put off: what is reset next would overtake it.
    if (delayMs === undefined && pieces === undefined) target.write(bytes)
    else last = last.then(() => put(bytes))
  }
}

/** A server's connections pass through it without TLS, so that it sees where its messages begin and end. */
export async function tcpProxy(serverUrl: string): Promise<TcpProxy> {
  const url = new URL(serverUrl)
  const protocol: Protocol = url.protocol.startsWith('postgres') ? 'postgres' : 'mysql'
  let target = { host: url.hostname, port: Number(url.port) }
  let rule: Rule = () => 'pass'
  let pace: Pace = {}
  let connectionCount = 0
  const passed = { client: 0, server: 0 }
  const lines = new Set<Line>()

  const fates: { readonly [F in Fate]: (line: Line, go: () => void) => void } = {
    pass: (_line, go) => go(),
    swallow: () => undefined,
    reset: ({ client, server }) => {
      client.resetAndDestroy()
      server.resetAndDestroy()
    },
    end: ({ client, server }) => {
      client.end()
      server.end()
    },
    'reset client': (line) => {
      line.silent = true
      line.client.resetAndDestroy()
    },
    'reset server': (line) => {
      line.silent = true
      line.server.resetAndDestroy()
    },
    silence: (line) => {
      line.silent = true
    },
  }

  const listener = createServer({ noDelay: true }, (client) => {
    connectionCount += 1
    const connection = connectionCount
    const server = connect({ ...target, noDelay: true })
    const line: Line = { client, server, silent: false }
    lines.add(line)
    const join = (
      from: 'client' | 'server',
      source: Socket,
      to: Socket,
      split: (data: Buffer) => readonly Message[],
    ) => {
      const write = writer(to, () => pace)
      source.on('data', (data) => {
        for (const message of split(data)) {
          if (line.silent || source.destroyed) return
          passed[from] += 1
          const fate = rule({ ...message, from, connection, number: passed[from] })
          fates[fate](line, () => write(message.bytes))
        }
      })
      source.on('error', () => undefined)
      source.on('end', () => {
        if (!line.silent) to.end()
      })
      source.on('close', (failed) => {
        if (line.silent) return
        lines.delete(line)
        if (failed) to.resetAndDestroy()
        else to.end()
      })
    }
    join('client', client, server, clientSplitter[protocol]())
    join('server', server, client, serverSplitter[protocol]())
  })

  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      listener.once('error', reject)
      listener.listen(port, '127.0.0.1', () => resolve())
    })
  await listen(0)
  const { port } = listener.address() as AddressInfo
  const cutAll = (): void => {
    for (const { client, server } of lines) {
      client.resetAndDestroy()
      server.resetAndDestroy()
    }
    lines.clear()
  }
  const release = (): void => {
    for (const line of lines) {
      if (!line.silent || (!line.client.destroyed && !line.server.destroyed)) continue
      line.client.resetAndDestroy()
      line.server.resetAndDestroy()
      lines.delete(line)
    }
  }
  onTestFinished(() => {
    cutAll()
    listener.close()
  })

  url.port = String(port)
  url.searchParams.set(
    protocol === 'postgres' ? 'sslmode' : 'ssl-mode',
    protocol === 'postgres' ? 'disable' : 'DISABLED',
  )
  return {
    url: url.href,
    protocol,
    rule: (next) => {
      rule = next
      passed.client = 0
      passed.server = 0
    },
    pace: (next) => {
      pace = next
    },
    holdNext: (delayMs) =>
      new Promise((sent) => {
        pace = { delayMs }
        rule = () => {
          rule = () => 'pass'
          setImmediate(() => {
            pace = {}
            sent()
          })
          return 'pass'
        }
      }),
    calm: () => {
      rule = () => 'pass'
      pace = {}
    },
    to: (other) => {
      const { hostname, port: at } = new URL(other)
      target = { host: hostname, port: Number(at) }
    },
    refuse: async (refusing) => {
      if (refusing) listener.close()
      else await listen(port)
    },
    served: () => passed.server,
    connectionCount: () => connectionCount,
    cutAll,
    release,
  }
}
