import { type Field, floatText, isFloat, isTime } from '../../types/values.ts'
import type { DriverConnection, Reply } from './driver.ts'

/** A column of a result, and the reader of its value in the row that is being read. */
interface Column {
  readonly columnType: number
  readonly columnLength: number
  readonly flags: number
  readonly scale: number
  /** Undefined where the driver does not know it: never that of bytes. */
  readonly collation: { readonly index: number } | undefined
  name(): string
  orgName(): string
  orgTable(): string
  buffer(): Buffer | null
  float(): number | null
}

interface OkPacket {
  readonly affectedRows: number
  readonly insertId: bigint
}

/** Whatever the client's own options are, a statement has these. */
interface Statement {
  readonly sql: string
  readonly rowsAsArray: true
  readonly metaAsArray: true
  readonly nestTables: false
  readonly namedPlaceholders: false
  readonly supportBigNumbers: false
  readonly insertIdAsNumber: false
  readonly checkDuplicate: false
  readonly timeout: 0
  readonly typeCast: (column: Column) => Buffer | null
}

const statement = (sql: string, typeCast: Statement['typeCast']): Statement => ({
  // Of an empty text the driver says itself that it is none.
  sql: sql === '' ? ' ' : sql,
  rowsAsArray: true,
  metaAsArray: true,
  nestTables: false,
  namedPlaceholders: false,
  supportBigNumbers: false,
  insertIdAsNumber: false,
  checkDuplicate: false,
  timeout: 0,
  typeCast,
})

/** As much of a connection of the driver as statements need. */
export interface StatementSender {
  /** What the last packet said. */
  readonly info: { readonly status: number }
  query(statement: Statement): Promise<readonly [unknown, unknown]>
  execute(statement: Statement): Promise<readonly [unknown, unknown]>
}

/** The driver's own errors have these numbers, which no server has. */
const isOwn = (errno: number): boolean => errno > 45_000 && errno < 46_000

/** Its errors that have a meaning here, by the codes that mysql2 gives for the same. */
const ownCodes: ReadonlyMap<number, string> = new Map([
  [45_001, 'PROTOCOL_CONNECTION_LOST'],
  [45_004, 'PROTOCOL_CONNECTION_LOST'],
  [45_009, 'PROTOCOL_CONNECTION_LOST'],
  [45_013, 'PROTOCOL_CONNECTION_LOST'],
  [45_011, 'PROTOCOL_UNEXPECTED_PACKET'],
  [45_023, 'HANDSHAKE_NO_SSL_SUPPORT'],
  [45_056, 'HANDSHAKE_SSL_ERROR'],
  [45_057, 'HANDSHAKE_SSL_ERROR'],
  [45_059, 'HANDSHAKE_SSL_ERROR'],
])

interface SqlError extends Error {
  readonly sqlMessage: string
  readonly sqlState?: string
  readonly errno?: number
  readonly code?: string
  readonly fatal?: boolean
}

const isSqlError = (error: unknown): error is SqlError => error instanceof Error && 'sqlMessage' in error

/**
 * The error as the server gave it: the driver writes the statement, with its values, into the message, and takes that a statement was
 * killed for the end of the connection.
 */
export function plain(error: unknown): Error {
  if (!isSqlError(error)) return error instanceof Error ? error : new Error(String(error))
  const { sqlMessage, sqlState, errno = 0, code, fatal = false } = error
  const facts = isOwn(errno)
    ? { code: ownCodes.get(errno) ?? code, ...(fatal ? { fatal } : {}) }
    : { code, sqlState, ...(errno === 0 ? {} : { errno }) }
  return Object.assign(new Error(sqlMessage), facts)
}

const fieldOf = (column: Column): Field => ({
  name: column.name(),
  orgName: column.orgName(),
  orgTable: column.orgTable(),
  columnType: column.columnType,
  columnLength: column.columnLength,
  characterSet: column.collation?.index ?? 0,
  flags: column.flags,
  decimals: column.scale,
})

function replyOf(result: unknown, columns: unknown, status: number): Reply {
  const several = columns as readonly unknown[]
  if (several.some((each) => each === undefined || each === null || Array.isArray(each))) {
    const at = several.findIndex(Array.isArray)
    const results = result as readonly unknown[]
    const reply = replyOf(results[at === -1 ? 0 : at], at === -1 ? [] : several[at], status)
    const withRows = several.flatMap((each, index) =>
      Array.isArray(each) ? [replyOf(results[index], each, status)] : [],
    )
    return { ...reply, status, results: withRows }
  }
  if (Array.isArray(result)) {
    const fields = (columns as readonly Column[]).map(fieldOf)
    return { rows: result as Reply['rows'], fields, changes: 0, insertId: 0, status: undefined }
  }
  const { affectedRows, insertId } = result as OkPacket
  return { rows: [], fields: undefined, changes: affectedRows, insertId: Number(insertId), status }
}

/** Of a fraction the driver gives six digits, or none. */
function withFraction(bytes: Buffer | null, digits: number): Buffer | null {
  if (bytes === null || digits > 6) return bytes
  const [whole = '', part = ''] = bytes.toString('latin1').split('.')
  return Buffer.from(digits === 0 ? whole : `${whole}.${part.slice(0, digits).padEnd(digits, '0')}`, 'latin1')
}

const readText = (column: Column): Buffer | null => column.buffer()

function readBinary(column: Column): Buffer | null {
  if (isTime(column)) return withFraction(column.buffer(), column.scale)
  if (!isFloat(column)) return column.buffer()
  const value = column.float()
  return value === null ? null : Buffer.from(floatText(value, column), 'latin1')
}

export function statementsOver(sender: StatementSender): Pick<DriverConnection, 'text' | 'prepared'> {
  const answer = async (how: 'query' | 'execute', sql: string, typeCast: Statement['typeCast']): Promise<Reply> => {
    try {
      const [result, columns] = await sender[how](statement(sql, typeCast))
      return replyOf(result, columns, sender.info.status)
    } catch (error) {
      throw plain(error)
    }
  }
  return {
    text: (sql) => answer('query', sql, readText),
    prepared: (sql) => answer('execute', sql, readBinary),
  }
}
