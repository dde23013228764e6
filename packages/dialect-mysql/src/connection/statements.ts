import { MigrateError, type SqlClass, type SqlValue, spellPlaceholders } from '@org/migrate-core/dialect'
import { grammar } from '../sql/classify.ts'
import { boundText } from '../sql/quote.ts'
import { losesDigits, refuseUnsendable, tooLarge } from '../types/values.ts'
import type { Connection, Reply } from './connection.ts'
import { shown } from './exchange.ts'

export interface Packets {
  /** The database for people. */
  readonly database: string
  readonly maxAllowedPacket: number
}

/** The statement with its values written into it: only so every statement takes every value. */
export function withValues(sql: string, params: readonly SqlValue[], { database, maxAllowedPacket }: Packets): string {
  refuseUnsendable(params)
  let used = 0
  const text = spellPlaceholders(sql, grammar, (at) => {
    used = at
    return at > params.length ? '?' : boundText(params[at - 1] as SqlValue)
  })
  if (used !== params.length) {
    throw new TypeError(`the statement has ${used} placeholders and ${params.length} values: ${shown(sql)}`)
  }
  // A UTF-16 unit is three bytes at most; the packet begins with the number of its command.
  const bytes = text.length * 3 < maxAllowedPacket ? 0 : Buffer.byteLength(text) + 1
  if (bytes > maxAllowedPacket) throw tooLarge(bytes, maxAllowedPacket, database)
  return text
}

const returning = /\bRETURNING\b/i

/** Sends a statement that gives rows, in the protocol that has all their digits. */
export async function sendForRows(connection: Connection, sql: string, kind: SqlClass, text: string): Promise<Reply> {
  // It would change twice what is read twice.
  if (kind === 'dml' && returning.test(sql)) return connection.sendPrepared(text)
  const first = await connection.send(text)
  if (first.fields === undefined || !losesDigits(first.fields)) return first
  if (kind === 'query') return connection.sendPrepared(text)
  const why = 'a FLOAT in the result of such a statement comes with six digits'
  const details = { dialect: 'mysql', operation: shown(sql), why }
  throw new MigrateError('UNSUPPORTED', details, `${shown(sql)}: ${why}; cast it to DOUBLE`)
}
