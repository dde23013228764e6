import { type Field, floatText, isTime } from '../../types/values.ts'
import type { DriverConnection, Reply } from './driver.ts'

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
    const withRows = fields.flatMap((each, index) => (Array.isArray(each) ? [replyOf(results[index], each)] : []))
    return { ...reply, status, results: withRows }
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

/** Whatever the client's own options are, a statement has these. */
interface StatementOptions {
  readonly sql: string
  readonly values: null
  readonly rowsAsArray: true
  readonly nestTables: false
  readonly namedPlaceholders: false
  readonly disableEval: true
  /** No server gets at files of this machine. */
  readonly infileStreamFactory: undefined
  readonly supportBigNumbers: true
  readonly bigNumberStrings: false
  readonly dateStrings: true
  readonly typeCast: false | typeof readBinary
}

const optionsOf = (sql: string, typeCast: StatementOptions['typeCast']): StatementOptions => ({
  sql,
  // Else the driver searches the text, with all its values, for placeholders.
  values: null,
  rowsAsArray: true,
  nestTables: false,
  namedPlaceholders: false,
  // Readers made by eval refuse columns called `__proto__`.
  disableEval: true,
  infileStreamFactory: undefined,
  supportBigNumbers: true,
  bigNumberStrings: false,
  dateStrings: true,
  typeCast,
})

/** As much of a connection of the driver as statements need. */
export interface StatementSender {
  query(options: StatementOptions, done: Callback): unknown
  execute(options: StatementOptions, done: Callback): unknown
  unprepare(options: StatementOptions): unknown
}

function answer(send: (done: Callback) => unknown): Promise<Reply> {
  return new Promise((resolve, reject) => {
    send((error, rows, fields) => (error === null ? resolve(replyOf(rows, fields)) : reject(error)))
  })
}

export function statementsOver(sender: StatementSender): Pick<DriverConnection, 'text' | 'prepared'> {
  return {
    text: (sql) => answer((done) => sender.query(optionsOf(sql, false), done)),
    prepared: async (sql) => {
      const options = optionsOf(sql, readBinary)
      // The driver would keep it, and the server's room for prepared statements is shared by all its clients.
      const reply = await answer((done) => sender.execute(options, done)).finally(() => sender.unprepare(options))
      const fields = reply.fields ?? []
      const rows = reply.rows.map((row) => row.map((value, at) => binaryToText(value, fields[at] as Field)))
      return { ...reply, rows }
    },
  }
}
