import mysql2, { type Connection } from 'mysql2'
import { type Field, floatText, isTime } from '../../types/values.ts'
import type { Driver, DriverConnection, Reply } from './driver.ts'

/** What the driver gives for a statement without rows. */
interface Header {
  readonly affectedRows?: number
  readonly insertId?: number | string
  readonly serverStatus?: number
}

function replyOf(rows: unknown, fields: unknown): Reply {
  if (Array.isArray(fields) && fields.some((each) => each === undefined || Array.isArray(each))) {
    const at = fields.findIndex(Array.isArray)
    const results = rows as readonly unknown[]
    const reply = replyOf(results[at === -1 ? 0 : at], at === -1 ? undefined : fields[at])
    // The last one is that of the CALL itself.
    const { serverStatus: status = reply.status } = (results.at(-1) ?? {}) as Header
    return { ...reply, status }
  }
  if (Array.isArray(rows)) {
    return {
      rows: rows as Reply['rows'],
      fields: fields as readonly Field[],
      changes: 0,
      insertId: 0,
      status: undefined,
    }
  }
  const { affectedRows: changes = 0, insertId = 0, serverStatus: status } = (rows ?? {}) as Header
  return { rows: [], fields: undefined, changes, insertId: Number(insertId), status }
}

const readByDriver = new Set([
  ...['TINY', 'SHORT', 'LONG', 'INT24', 'LONGLONG', 'YEAR', 'FLOAT', 'DOUBLE', 'NULL'],
  ...['DATE', 'NEWDATE', 'DATETIME', 'TIMESTAMP', 'TIME'],
])

/** Numbers, dates and times as the driver reads them, everything else as bytes. */
function readBinary(column: { readonly type: string; buffer(): Buffer | null }, next: () => unknown): unknown {
  return readByDriver.has(column.type) ? next() : column.buffer()
}

/** The driver drops zeros at the end of a fraction that the server prints. */
function fraction(text: string, digits: number): string {
  if (digits < 1 || digits > 6) return text
  const [whole = '', part = ''] = text.split('.')
  return `${whole}.${part.padEnd(digits, '0')}`
}

/** A value that `readBinary` gave (big numbers and dates as text) in the form of the text protocol. */
function binaryToText(value: unknown, field: Field): Buffer | null {
  if (value === null || value === undefined || Buffer.isBuffer(value)) return value ?? null
  if (typeof value === 'number') return Buffer.from(floatText(value, field), 'latin1')
  const text = String(value)
  return Buffer.from(isTime(field) ? fraction(text, field.decimals) : text, 'latin1')
}

type Callback = (error: Error | null, rows?: unknown, fields?: unknown) => void

function answer(send: (done: Callback) => void): Promise<Reply> {
  return new Promise((resolve, reject) => {
    send((error, rows, fields) => (error === null ? resolve(replyOf(rows, fields)) : reject(error)))
  })
}

function sessionOf(connection: Connection): DriverConnection {
  return {
    threadId: connection.threadId,
    addsIgnoreSpace: false,
    // Without `values: null` the driver searches the text, with all its values, for placeholders.
    text: (sql) => answer((done) => connection.query({ sql, values: null, rowsAsArray: true, typeCast: false }, done)),
    prepared: async (sql) => {
      const reply = await answer(
        (done) =>
          connection.execute(
            {
              sql,
              rowsAsArray: true,
              supportBigNumbers: true,
              dateStrings: true,
              typeCast: readBinary as (column: unknown, next: () => unknown) => unknown,
            },
            done,
          ),
        // The driver would keep it, and the server's room for prepared statements is shared by all its clients.
      ).finally(() => connection.unprepare(sql))
      const fields = reply.fields ?? []
      const rows = reply.rows.map((row) => row.map((value, at) => binaryToText(value, fields[at] as Field)))
      return { ...reply, rows }
    },
    onLost: (lost) => {
      // Without a listener the death of an idle connection would end the process.
      connection.on('error', lost)
      connection.on('end', () => lost(new Error('the server closed the connection')))
    },
    end: () => new Promise((resolve) => connection.end(() => resolve())),
    destroy: () => connection.destroy(),
  }
}

export const driver: Driver = {
  connect: (target, ssl, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const connection = mysql2.createConnection({
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
        // Without a delay the system's own holds: two hours until it looks whether the other machine is still there.
        keepAliveInitialDelay: 30_000,
        ...(ssl === undefined ? {} : { ssl }),
      })
      // Errors after the first one are the connection's own to hear.
      connection.on('error', () => undefined)
      const stop = (): void => {
        connection.destroy()
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', stop, { once: true })
      connection.connect((error) => {
        signal?.removeEventListener('abort', stop)
        if (error === null || error === undefined) resolve(sessionOf(connection))
        else {
          connection.destroy()
          reject(error)
        }
      })
    }),
}
