import { setImmediate as nextTurn } from 'node:timers/promises'
import type { CopySpec } from '@org/migrate-core/dialect'
import { copySql } from '../compile/copy-sql.ts'
import { rowidNames } from '../sql/rowid-names.ts'
import type { Connection } from './connection.ts'
import { rememberTriggers } from './drivers/temporary-objects.ts'
import { rememberStatistics } from './statistics.ts'

interface CopyOptions {
  readonly signal?: AbortSignal
  readonly onProgress?: (rows: number, total?: number) => void
}

const rangeMs = 50
const firstRange = 500
const largestRange = 1_000_000
/** After so many ranges, about a second, it is worth the time to count what there is in all. */
const countedAfter = 20

type Key = readonly (string | number | bigint | Buffer | null)[]

/** A name of the hidden rowid that no column of the table takes away; undefined for WITHOUT ROWID. */
function hiddenRowid(connection: Connection, table: string): string | undefined {
  const names = connection.db.prepare(`SELECT * FROM ${table} LIMIT 0`).columns()
  const taken = new Set(names.map((column) => column.name.toLowerCase()))
  return rowidNames.find((name) => {
    if (taken.has(name)) return false
    try {
      connection.db.prepare(`SELECT ${name} FROM ${table} LIMIT 0`)
      return true
    } catch {
      // WITHOUT ROWID: the table has no such column, which is the answer.
      return false
    }
  })
}

/**
 * Where a range ends. The row inserted last is the last of the range (it was in the order of the key), so where the key is among
 * the copied columns it is read back from the new table by its rowid; else the source is walked ahead.
 */
function rangeEnd(
  connection: Connection,
  copy: CopySpec,
): { readonly ahead: boolean; read(from: Key | undefined, limit: number, last: bigint): Key | undefined } {
  const { db } = connection
  const positions = copy.key.map((key) => copy.sources.indexOf(key))
  const rowid = positions.includes(-1) ? undefined : hiddenRowid(connection, copy.into)
  if (rowid !== undefined) {
    const columns = positions.map((at) => copy.targets[at]).join(', ')
    const read = db.prepare(`SELECT ${columns} FROM ${copy.into} WHERE ${rowid} = ?`).raw(true)
    return { ahead: false, read: (_from, _limit, last) => read.get(last) as Key | undefined }
  }
  const keys = copy.key.join(', ')
  const order = `ORDER BY ${keys} LIMIT 1 OFFSET ?`
  const first = db.prepare(`SELECT ${keys} FROM ${copy.from} ${order}`).raw(true)
  const next = db.prepare(`SELECT ${keys} FROM ${copy.from} WHERE ${after(copy)} ${order}`).raw(true)
  return {
    ahead: true,
    read: (from, limit) =>
      (from === undefined ? first.get(BigInt(limit - 1)) : next.get(...from, BigInt(limit - 1))) as Key | undefined,
  }
}

/** A condition on all columns of the key at once: `(a, b) > (?, ?)`. */
function after(copy: CopySpec): string {
  return copy.key.length === 1
    ? `${copy.key[0]} > ?`
    : `(${copy.key.join(', ')}) > (${copy.key.map(() => '?').join(', ')})`
}

/**
 * Runs INSERT … SELECT in ranges of the key of about 50 ms, with a turn of the event loop between them: timers, progress and
 * the signal work, and one transaction still holds it all. Without a key it is one statement.
 * Throws the signal's reason.
 */
async function copyTable(connection: Connection, copy: CopySpec, options: CopyOptions): Promise<number> {
  const { db } = connection
  options.signal?.throwIfAborted()
  if (copy.key.length === 0) {
    const { changes } = db.prepare(copySql(copy)).run()
    options.onProgress?.(changes)
    return changes
  }
  const end = rangeEnd(connection, copy)
  const first = db.prepare(copySql(copy, '', ' LIMIT ?'))
  const next = db.prepare(copySql(copy, ` WHERE ${after(copy)}`, ' LIMIT ?'))
  let from: Key | undefined
  let limit = firstRange
  let copied = 0
  let total: number | undefined
  for (let range = 0; ; range += 1) {
    if (range === countedAfter) total = Number(db.prepare(`SELECT count(*) FROM ${copy.from}`).pluck().get())
    const started = performance.now()
    const until = end.ahead ? end.read(from, limit, 0n) : undefined
    const { changes, lastInsertRowid } =
      from === undefined ? first.run(BigInt(limit)) : next.run(...from, BigInt(limit))
    copied += changes
    if (changes > 0) options.onProgress?.(copied, total)
    if (changes < limit) return copied
    from = end.ahead ? until : end.read(from, limit, BigInt(lastInsertRowid))
    if (from === undefined) return copied
    const took = Math.max(performance.now() - started, 0.1)
    limit = Math.max(1, Math.min(largestRange, Math.round(limit * Math.min(4, Math.max(0.1, rangeMs / took)))))
    await nextTurn()
    options.signal?.throwIfAborted()
  }
}

/** The same; `finishing` gets what is put back at the end of the transaction. */
export function copyInTransaction(
  connection: Connection,
  copy: CopySpec,
  options: Parameters<typeof copyTable>[2],
  finishing: (() => void)[],
): Promise<number> {
  finishing.push(rememberStatistics(connection, copy), rememberTriggers(connection.db, copy))
  return copyTable(connection, copy, options)
}
