import { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ConnectionOptions } from 'node:tls'
import type { DriverSsl } from '../tls.ts'
import type { Driver, DriverNotice } from './driver.ts'
import { importPg } from './packages.ts'
import { cancelRequest, mostSent, type PgClient } from './pg-client.ts'
import { PgLine } from './pg-line.ts'

const lastWordMs = 100

/** What there is to be said of encryption; `prefer` without it is another attempt of the caller. */
const sslOf = (ssl: DriverSsl): false | ConnectionOptions =>
  typeof ssl === 'string' ? { rejectUnauthorized: false } : ssl === false ? false : { ...ssl }

const spaces = /[\\\s]/g

/** pg sends few settings by their own names, so that they are options of the server's process. What comes later counts. */
function optionsOf({ application_name: _, options, ...settings }: Readonly<Record<string, string>>): string {
  const own = Object.entries(settings).map(([name, value]) => `-c ${name}=${value.replace(spaces, '\\$&')}`)
  return [...(options === undefined ? [] : [options]), ...own].join(' ')
}

const driverOf = ({ Client }: Awaited<ReturnType<typeof importPg>>): Driver => ({
  open(target, { ssl, startup, onclose, onnotice }) {
    const { host, port, user, password, database } = target
    const socket = new Socket()
    const client = new Client({
      host: target.socket ?? host,
      port,
      user,
      password,
      database,
      ssl: sslOf(ssl),
      application_name: startup.application_name,
      options: optionsOf(startup),
      stream: () => socket,
      keepAlive: true,
      keepAliveInitialDelayMillis: 30_000,
    }) as unknown as PgClient
    const line = new PgLine(client, mostSent, () => cancelRequest(client))
    const closed = (error: unknown): void => {
      onclose()
      line.fail(error)
    }
    // An error is told by this event alone while no statement is under way.
    client.on('error', closed)
    client.on('end', () => closed(new Error('the server ended the connection')))
    client.on('notice', (notice: DriverNotice) => onnotice(notice))
    client.connect().catch(closed)
    return {
      query: (statement) => line.query(statement),
      end: async (graceS) => {
        if (graceS > 0) await Promise.race([client.end(), sleep(graceS * 1000, undefined, { ref: false })])
        line.fail(Object.assign(new Error('the connection was given up'), { code: 'CONNECTION_DESTROYED' }))
        if (socket.connecting || graceS > 0) socket.destroy()
        else {
          client.connection.end()
          setTimeout(() => socket.destroy(), lastWordMs).unref()
        }
      },
    }
  },
})

/** Throws DRIVER_NOT_BUILT. */
export const load = async (): Promise<Driver> => driverOf(await importPg())
