import type { ConnectionOptions } from 'node:tls'
import type { PgLine } from './pg-line.ts'
import type { PgWire } from './pg-statement.ts'

interface Wire extends PgWire {
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

/** https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS: on a connection of its own. */
export function cancelRequest(client: PgClient): Promise<void> {
  const { processID, secretKey, host, port, ssl, connection } = client
  const wire = new connection.constructor({ ssl })
  return new Promise((resolve, reject) => {
    const cancel = (): void => wire.cancel(processID, secretKey)
    wire.on('connect', () => (ssl === false ? cancel() : wire.requestSsl()))
    wire.on('sslconnect', cancel)
    wire.on('error', reject)
    wire.on('end', resolve)
    if (host.startsWith('/')) wire.connect(`${host}/.s.PGSQL.${port}`)
    else wire.connect(port, host)
  })
}
