import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'

/** What is used of a socket of `ws` (https://github.com/websockets/ws). */
interface WebSocketOfWs {
  readonly bufferedAmount: number
  on(event: 'message', listener: (data: Buffer) => void): unknown
  on(event: 'close' | 'error', listener: () => void): unknown
  send(data: Buffer): void
  close(): void
  terminate(): void
}

/** The package `ws`, which this repository doesn't install. */
export interface WsModule {
  readonly WebSocket: new (address: string) => WebSocketOfWs
  readonly WebSocketServer: new (options: {
    readonly server: ReturnType<typeof createServer>
  }) => {
    on(
      event: 'connection',
      listener: (socket: WebSocketOfWs, request: { readonly url?: string | undefined }) => void,
    ): unknown
  }
}

/** `/?address=<host>:<port>`, as Neon's driver asks for it. */
function addressOf(url = ''): { readonly host: string; readonly port: number } {
  const address = new URL(url, 'http://proxy').searchParams.get('address') ?? ''
  const at = address.lastIndexOf(':')
  return { host: address.slice(0, at), port: Number(address.slice(at + 1)) }
}

function join(socket: WebSocketOfWs, server: Socket): void {
  server.on('data', (bytes) => socket.send(bytes))
  server.on('end', () => socket.close())
  server.on('error', () => socket.terminate())
  socket.on('message', (bytes) => void server.write(bytes))
  socket.on('close', () => server.end())
  socket.on('error', () => server.destroy())
}

/** Bytes of a WebSocket go to the server that its URL names, and back: what Neon's proxy is for its serverless driver. */
export async function websocketProxy({ WebSocketServer }: WsModule): Promise<{ readonly host: string; end(): void }> {
  const server = createServer()
  new WebSocketServer({ server }).on('connection', (socket, { url }) =>
    join(socket, connect({ ...addressOf(url), noDelay: true })),
  )
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    end: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
