import { joinAtPlaceholders, MigrateError, splitAtPlaceholders } from '@org/migrate-core/connection'
import type { SqlClass, SqlValue } from '@org/migrate-core/dialect'
import { classify, grammar } from '../sql/classify.ts'
import { boundText } from '../sql/quote.ts'
import { losesDigits, refuseUnsendable, tooLarge } from '../types/values.ts'
import type { Connection } from './connection.ts'
import type { Reply } from './drivers/driver.ts'
import { shown } from './exchange.ts'

export interface Packets {
  /** The database for people. */
  readonly database: string
  readonly maxAllowedPacket: number
}

function joined(
  sql: string,
  pieces: readonly string[],
  params: readonly SqlValue[],
  { database, maxAllowedPacket }: Packets,
): string {
  refuseUnsendable(params)
  if (pieces.length - 1 !== params.length) {
    throw new TypeError(
      `the statement has ${pieces.length - 1} placeholders and ${params.length} values: ${shown(sql)}`,
    )
  }
  const text = joinAtPlaceholders(pieces, (at) => boundText(params[at - 1] as SqlValue))
  const bytes = packetLength(text, maxAllowedPacket)
  if (bytes > maxAllowedPacket) throw tooLarge(bytes, maxAllowedPacket, database)
  return text
}

/** In bytes; 0 where the text is far too short to matter. A UTF-16 unit is three bytes at most; the packet begins with the number of its command. */
function packetLength(text: string, maxAllowedPacket: number): number {
  return text.length * 3 < maxAllowedPacket ? 0 : Buffer.byteLength(text) + 1
}

/** The statement with its values written into it: only so every statement takes every value. */
export function withValues(sql: string, params: readonly SqlValue[], packets: Packets): string {
  return joined(sql, splitAtPlaceholders(sql, grammar), params, packets)
}

/** A statement that was read, with the texts around its placeholders. */
interface ReadStatement {
  readonly kind: SqlClass
  readonly pieces: readonly string[]
}

const [cachedStatements, cachedLength] = [200, 64 * 1024]

/** The statements of a session. A text that comes again, with other values, is not read again. */
export class Statements {
  readonly #packets: Packets
  readonly #cache = new Map<string, ReadStatement>()

  constructor(packets: Packets) {
    this.#packets = packets
  }

  /** Whether a text of several statements is one packet. */
  isFitting(text: string): boolean {
    const { maxAllowedPacket } = this.#packets
    return packetLength(text, maxAllowedPacket) <= maxAllowedPacket
  }

  kindOf(sql: string): SqlClass {
    return this.#cache.get(sql)?.kind ?? classify(sql)
  }

  withValues(sql: string, params: readonly SqlValue[]): string {
    return joined(sql, this.#read(sql), params, this.#packets)
  }

  #read(sql: string): readonly string[] {
    const cached = this.#cache.get(sql)
    if (cached !== undefined) return cached.pieces
    const pieces = splitAtPlaceholders(sql, grammar)
    // What has no placeholders has its values in its text, and seldom comes again.
    if (pieces.length === 1 || sql.length > cachedLength) return pieces
    if (this.#cache.size >= cachedStatements) this.#cache.delete(this.#cache.keys().next().value as string)
    this.#cache.set(sql, { kind: classify(sql), pieces })
    return pieces
  }
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
