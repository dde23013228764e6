import { connect, type Socket } from 'node:net'
import { type ConnectionTarget, socketFile } from '../url.ts'

/** The sockets of one session: its own, and later those that carry the wish to cancel a statement. */
interface Sockets {
  open(): Promise<Socket>
  /** Gives up the own one, in a moment: what the driver still writes would fail on it without a listener. */
  drop(): void
  /** From now on others may be opened. */
  allowSeveral(): void
}

const lastWordMs = 100

/**
 * Without delay: with Nagle's algorithm the small message after the TLS handshake waits 40 ms for the server's delayed
 * acknowledgement. And once only while a session begins: the driver would try again without end where a server takes the
 * connection and ends it at once.
 */
export function socketsFor(target: ConnectionTarget): Sockets {
  let own: Socket | undefined
  let several = false
  return {
    open: () =>
      new Promise((resolve, reject) => {
        if (own !== undefined && !several) {
          reject(
            Object.assign(new Error('the server ended the connection before it had begun'), { code: 'ECONNRESET' }),
          )
          return
        }
        const { host, port } = target
        const socket =
          target.socket === undefined
            ? connect({ host, port, noDelay: true })
            : connect({ path: socketFile(target.socket, port) })
        own ??= socket
        // The driver names the host to TLS by it.
        Object.assign(socket, { host, port })
        socket.once('error', reject)
        socket.once('close', () => reject(Object.assign(new Error('given up'), { code: 'CONNECT_TIMEOUT' })))
        socket.once('connect', () => {
          socket.removeAllListeners()
          resolve(socket)
        })
      }),
    drop: () => {
      if (own?.connecting) own.destroy()
      else setTimeout(() => own?.destroy(), lastWordMs).unref()
    },
    allowSeveral: () => {
      several = true
    },
  }
}
