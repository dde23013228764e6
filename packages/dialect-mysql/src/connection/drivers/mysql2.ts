import type { Duplex } from 'node:stream'
import type { Connection } from 'mysql2'
import type { Driver, DriverConnection } from './driver.ts'
import { type StatementSender, statementsOver } from './mysql2-statements.ts'
import { importMysql2 } from './packages.ts'

/** The driver's own leaves the line half open, and prints what the server says to the end of a session that had not begun. */
function destroy(connection: Connection): void {
  connection.destroy()
  const { stream } = connection as unknown as { readonly stream: Duplex }
  stream.destroy()
}

function sessionOf(connection: Connection): DriverConnection {
  return {
    threadId: connection.threadId,
    addsIgnoreSpace: false,
    ...statementsOver(connection as unknown as StatementSender),
    onLost: (lost) => {
      // Without a listener the death of an idle connection would end the process.
      connection.on('error', lost)
      connection.on('end', () => lost(new Error('the server closed the connection')))
    },
    reset: () =>
      new Promise((resolve, reject) => {
        connection.reset((error) => (error === null || error === undefined ? resolve() : reject(error)))
      }),
    end: () => new Promise((resolve) => connection.end(() => resolve())),
    destroy: () => destroy(connection),
  }
}

const driverOf = ({ createConnection }: Awaited<ReturnType<typeof importMysql2>>): Driver => ({
  connect: (target, ssl, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const connection = createConnection({
        ...(target.socket === undefined ? { host: target.host, port: target.port } : { socketPath: target.socket }),
        ...(target.user === undefined ? {} : { user: target.user }),
        ...(target.password === undefined ? {} : { password: target.password }),
        database: target.database,
        connectTimeout: target.connectTimeoutMs,
        charset: 'UTF8MB4_GENERAL_CI',
        // IGNORE_SPACE would be added to sql_mode, which stored programs remember; no server gets at files of this machine.
        flags: ['-IGNORE_SPACE', '-LOCAL_FILES'],
        // Readers made by eval refuse columns called `__proto__`, and cost more than they save for a query that runs once.
        disableEval: true,
        // A statement is prepared, run and closed. Without a number, each connection fills half a megabyte for those that stay.
        maxPreparedStatements: 1,
        // Without a delay the system's own holds: two hours until it looks whether the other machine is still there.
        keepAliveInitialDelay: 30_000,
        ...(ssl === undefined ? {} : { ssl }),
      })
      // Errors after the first one are the connection's own to hear.
      connection.on('error', () => undefined)
      const stop = (): void => {
        destroy(connection)
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', stop, { once: true })
      connection.connect((error) => {
        signal?.removeEventListener('abort', stop)
        if (error === null || error === undefined) resolve(sessionOf(connection))
        else {
          destroy(connection)
          reject(error)
        }
      })
    }),
})

/** Throws DRIVER_NOT_BUILT. */
export const load = async (): Promise<Driver> => driverOf(await importMysql2())
