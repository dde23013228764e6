import type { Duplex } from 'node:stream'
import type { ConnectionOptions } from 'node:tls'
import type { PgLine } from './pg-line.ts'
import type { PgWire } from './pg-statement.ts'

interface Wire extends PgWire {
  readonly stream: PgWire['stream'] & Pick<Duplex, 'destroy'>
  requestSsl(): void
  cancel(pid: number | null, key: number | null): void
  connect(portOrFile: number | string, host?: string): void
  end(): void
}

/** As much of a client of pg as is used here. */
export interface PgClient extends NodeJS.EventEmitter {
  readonly connection: Wire & { readonly constructor: new (options: object) => Wire }
  readonly processID: number | null
  readonly secretKey: number | null
  readonly host: string
  readonly port: number
  readonly ssl: boolean | ConnectionOptions
  connect(): Promise<unknown>
  query(line: PgLine): unknown
  end(): Promise<void>
}

export const mostSent = 100

/** How long a request to cancel may take. What it was to cancel then ends by itself, or with its connection. */
const cancelMs = 5_000

/** https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS: on a connection of its own. */
export function cancelRequest(client: PgClient): Promise<void> {
  const { processID, secretKey, host, port, ssl, connection } = client
  const wire = new connection.constructor({ ssl })
  return new Promise((resolve, reject) => {
    const cancel = (): void => wire.cancel(processID, secretKey)
    const late = setTimeout(() => {
      wire.stream.destroy()
      reject(new Error(`the request to cancel had no answer within ${cancelMs} ms`))
    }, cancelMs)
    const ended = (): void => clearTimeout(late)
    wire.on('connect', () => (ssl === false ? cancel() : wire.requestSsl()))
    wire.on('sslconnect', cancel)
    wire.on('error', (error) => {
      ended()
      reject(error)
    })
    wire.on('end', () => {
      ended()
      resolve()
    })
    if (host.startsWith('/')) wire.connect(`${host}/.s.PGSQL.${port}`)
    else wire.connect(port, host)
  })
}
