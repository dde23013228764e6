import { createConnection as openSocket, type Socket } from 'node:net'
import { createSecureContext } from 'node:tls'
import type { Ssl } from '../tls.ts'
import type { Target } from '../url.ts'
import type { Driver, DriverConnection } from './driver.ts'
import { plain, type StatementSender, statementsOver } from './mariadb-statements.ts'
import { importMariadb } from './packages.ts'

/** As much of a connection of the driver as is used here. */
interface Client extends StatementSender {
  readonly threadId: number | null
  on(event: 'error', listener: (error: unknown) => void): void
  on(event: 'end', listener: () => void): void
  reset(): Promise<void>
  end(): Promise<void>
}

type Connect = (options: object) => Promise<Client>

function sessionOf(client: Client, socket: Socket): DriverConnection {
  return {
    threadId: client.threadId ?? 0,
    addsIgnoreSpace: true,
    ...statementsOver(client),
    onLost: (lost) => {
      client.on('error', (error) => lost(plain(error)))
      client.on('end', () => lost(new Error('the server closed the connection')))
    },
    reset: () => client.reset(),
    end: () => client.end().catch(() => undefined),
    // The driver's own way opens another connection to kill what runs.
    destroy: () => socket.destroy(),
  }
}

/** With the authorities that Node trusts where none is named; the driver would trust what proves that it knows the password, too. */
function tlsOf({ rejectUnauthorized, verifyIdentity, ...pems }: Ssl, { host, socket }: Target): object {
  return {
    secureContext: createSecureContext(pems),
    ca: pems.ca ?? 'as the context has it',
    rejectUnauthorized,
    ...(socket === undefined ? { host } : {}),
    ...(verifyIdentity ? {} : { checkServerIdentity: () => undefined }),
  }
}

const timedOut = (): Error => Object.assign(new Error('connect ETIMEDOUT'), { code: 'ETIMEDOUT' })

/** All but those that give the password itself to the server: to any that answers, where its certificate is not checked. */
const plugins = ['mysql_native_password', 'caching_sha2_password', 'sha256_password', 'client_ed25519', 'parsec']

const optionsOf = (target: Target, ssl: Ssl | undefined): object => ({
  host: target.host,
  port: target.port,
  user: target.user,
  password: target.password,
  database: target.database,
  // The limit of the attempt is ours: this one would outlast an attempt that was given up.
  connectTimeout: 0,
  collation: 'UTF8MB4_GENERAL_CI',
  ssl: ssl === undefined ? false : tlsOf(ssl, target),
  restrictedAuth: plugins,
  // Without TLS the password is encrypted with a key that the server sends.
  allowPublicKeyRetrieval: true,
  // The server that the URL names is the one that is used.
  permitRedirect: false,
  maxAllowedPacket: 1_073_741_824,
  // The server's room for prepared statements is shared by all its clients.
  prepareCacheLength: 0,
  keepAliveDelay: 30_000,
  logger: { warning: () => undefined },
})

const driverOf = (connect: Connect): Driver => ({
  connect: (target, ssl, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const options = optionsOf(target, ssl)
      const { socket: path, host, port, connectTimeoutMs } = target
      const socket = path === undefined ? openSocket({ host, port, noDelay: true }) : openSocket(path)
      const ended = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', aborted)
      }
      const stop = (why: unknown): void => {
        ended()
        socket.destroy()
        reject(why)
      }
      const aborted = (): void => stop(signal?.reason)
      const timer = setTimeout(() => stop(timedOut()), connectTimeoutMs)
      signal?.addEventListener('abort', aborted, { once: true })
      connect({ ...options, stream: () => socket }).then(
        (client) => {
          ended()
          resolve(sessionOf(client, socket))
        },
        (error: unknown) => stop(plain(error)),
      )
    }),
})

/** Throws DRIVER_NOT_BUILT. */
export const load = async (): Promise<Driver> =>
  driverOf((await importMariadb()).createConnection as unknown as Connect)
