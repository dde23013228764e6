import { readFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { onTestFinished } from 'vitest'

type Startup = ReadonlyMap<string, string>

/** What stands in front does with a request to connect. */
type FrontAnswer =
  | 'pass'
  | 'close'
  | 'nothing'
  | { readonly error: readonly [code: string, message: string] }
  /** Passes it on with other parameters. */
  | { readonly startup: Startup }
  /** Speaks for a server whose one answer is this row. */
  | { readonly row: readonly (string | null)[] }

export interface FrontOptions {
  /** The name of the certificate among the fixtures; none: it offers no TLS. */
  readonly tls?: 'server' | 'other'
  readonly answer?: (startup: Startup, encrypted: boolean, attempt: number) => FrontAnswer
}

export const fixture = (name: string): string => new URL(`fixtures/${name}`, import.meta.url).pathname

const text = (value: string): Buffer => Buffer.from(`${value}\0`)

function message(kind: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const head = Buffer.alloc(5)
  head.write(kind)
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

const int = (value: number, bytes: 2 | 4): Buffer => {
  const buffer = Buffer.alloc(bytes)
  buffer.writeIntBE(value, 0, bytes)
  return buffer
}

function errorMessage([code, why]: readonly [string, string]): Buffer {
  return message('E', text('SFATAL'), text('VFATAL'), text(`C${code}`), text(`M${why}`), Buffer.from([0]))
}

function readStartup(packet: Buffer): Startup {
  const parts = packet.toString('utf8', 8).split('\0')
  const parameters = new Map<string, string>()
  for (let at = 0; parts[at] !== undefined && parts[at] !== ''; at += 2)
    parameters.set(parts[at] as string, parts[at + 1] ?? '')
  return parameters
}

function startupPacket(startup: Startup): Buffer {
  const body = Buffer.concat([
    int(3, 2),
    int(0, 2),
    ...[...startup].flatMap((pair) => pair.map(text)),
    Buffer.from([0]),
  ])
  return Buffer.concat([int(body.length + 4, 4), body])
}

function speak(socket: Socket, row: readonly (string | null)[]): void {
  socket.write(Buffer.concat([message('R', int(0, 4)), message('Z', Buffer.from('I'))]))
  socket.on('data', (data) => {
    if (data[0] !== 0x50) return
    const column = Buffer.concat([text('c'), int(0, 4), int(0, 2), int(25, 4), int(-1, 2), int(-1, 4), int(0, 2)])
    const values = row.map((value) =>
      value === null ? int(-1, 4) : Buffer.concat([int(Buffer.byteLength(value), 4), Buffer.from(value)]),
    )
    socket.write(
      Buffer.concat([
        message('1'),
        message('t', int(0, 2)),
        message('T', int(row.length, 2), ...row.map(() => column)),
        message('2'),
        message('D', int(row.length, 2), ...values),
        message('C', text('SELECT 1')),
        message('Z', Buffer.from('I')),
      ]),
    )
  })
}

export interface Front {
  readonly url: string
  attempts(): number
  /** Breaks every connection without a word. */
  cut(): void
  /** Takes no connection any more. */
  shut(): void
  /** Passes nothing on any more, and says nothing of it. */
  freeze(): void
}

/** A server in front of the one of the URL, with TLS, refusals and silences of its own. */
export async function inFront(url: string, options: FrontOptions = {}): Promise<Front> {
  const target = new URL(url)
  const real = { port: Number(target.port), host: target.hostname }
  const sockets = new Set<Socket>()
  let attempts = 0

  function begin(socket: Socket, packet: Buffer, encrypted: boolean): void {
    attempts += 1
    const startup = readStartup(packet)
    const answer = options.answer?.(startup, encrypted, attempts) ?? 'pass'
    if (answer === 'nothing') return
    if (answer === 'close') socket.end()
    else if (answer === 'pass') between(socket, packet)
    else if ('error' in answer) socket.end(errorMessage(answer.error))
    else if ('row' in answer) speak(socket, answer.row)
    else between(socket, startupPacket(answer.startup))
  }

  function between(socket: Socket, packet: Buffer): void {
    const behind = connect(real)
    sockets.add(behind)
    behind.on('error', () => socket.destroy())
    socket.on('error', () => behind.destroy())
    behind.write(packet)
    behind.pipe(socket)
    socket.pipe(behind)
  }

  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('data', (packet) => {
      if (packet.readInt32BE(4) !== 80877103) {
        begin(socket, packet, false)
        return
      }
      if (options.tls === undefined) {
        socket.write('N')
        socket.once('data', (next) => begin(socket, next, false))
        return
      }
      socket.write('S')
      const secure = new TLSSocket(socket, {
        isServer: true,
        key: readFileSync(fixture(`${options.tls}.key`)),
        cert: readFileSync(fixture(`${options.tls}.pem`)),
      })
      secure.on('error', () => undefined)
      secure.once('data', (next) => begin(secure, next, true))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  target.port = String((server.address() as AddressInfo).port)
  return {
    url: target.href,
    attempts: () => attempts,
    cut: () => {
      for (const socket of sockets) socket.resetAndDestroy()
    },
    shut: () => {
      server.close()
    },
    freeze: () => {
      for (const socket of sockets) {
        socket.unpipe()
        socket.pause()
      }
    },
  }
}
