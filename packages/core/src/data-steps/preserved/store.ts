import { randomUUID } from 'node:crypto'
import { currentFormat } from '../../bookkeeping/format.ts'
import { textCell } from '../../bookkeeping/store.ts'
import { type BookkeepingNames, preservedTable } from '../../bookkeeping/tables.ts'
import { deleteRow, insertNumbered, selectRows, updateRow } from '../../compile/own-rows.ts'
import { ownTableStatements } from '../../compile/own-table.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import type { Session } from '../../dialect/session.ts'
import { MigrateError } from '../../errors/migrate-error.ts'
import { sha256 } from '../../model/canonical.ts'
import type { SqlValue } from '../../model/sql-value.ts'
import { join, type SqlFragment, sql } from '../../sql/tag.ts'
import { encode, encodeCells, valueHash } from './encode.ts'
import type {
  NewPreservedValue,
  PreservedOwner,
  PreservedScope,
  PreservedSelect,
  PreservedStore,
} from './preserved-types.ts'
import { type PreservedValue, preservedOf, valueColumns } from './preserved-value.ts'

/** What was preserved by core itself during a downgrade carries this instead of a data step's label. */
export const downgradeStep = ':downgrade'

/**
 * What a run could not restore carries this from then on, and no run restores it: the next one may preserve another value of the
 * same cell, which must not find the place taken.
 */
export const leftStep = ':left'

/** Where a counter stood that a downgrade dropped: no value of a row, and not counted or listed as one. */
export const counterStep = ':counter'

export type { PreservedOwner, PreservedScope, PreservedSelect, PreservedStore, PreservedValue }

const rowsAtOnce = 500
const bytesAtOnce = 4 * 1024 * 1024

export function createPreservedStore(
  dialect: Dialect,
  session: Session,
  names: BookkeepingNames,
  exists: boolean,
): PreservedStore {
  return new PreservedRows(dialect, session, names, { exists, count: 0 })
}

/** What stores over several sessions of one run have in common. */
interface StoreState {
  exists: boolean
  count: number
}

class PreservedRows implements PreservedStore {
  readonly #dialect: Dialect
  readonly #session: Session
  readonly #names: BookkeepingNames
  readonly #state: StoreState

  constructor(dialect: Dialect, session: Session, names: BookkeepingNames, state: StoreState) {
    this.#dialect = dialect
    this.#session = session
    this.#names = names
    this.#state = state
  }

  get #table(): string {
    return this.#names.preserved
  }

  #name(column: string): SqlFragment {
    return this.#dialect.sql.quote.identifier(column)
  }

  async #create(): Promise<void> {
    for (const { sql, params } of ownTableStatements(this.#dialect, preservedTable(this.#names)))
      await this.#session.execute(sql, params)
    this.#state.exists = true
  }

  #conditionOf(
    owner: PreservedScope,
    select: PreservedSelect,
    after: bigint | undefined,
    descending: boolean,
  ): { readonly where: SqlFragment; readonly params: readonly SqlValue[] } {
    const conditions = [sql`${this.#name('revision')} = ?`]
    const params: SqlValue[] = [owner.revision]
    const equals = (column: string, value: string | undefined): void => {
      if (value === undefined) return
      conditions.push(sql`${this.#name(column)} = ?`)
      params.push(value)
    }
    equals('tier', owner.tier)
    equals('table_name', select.table)
    equals('column', select.column)
    equals('step', select.step)
    if (select.otherThan !== undefined) {
      conditions.push(sql`${this.#name('step')} NOT IN (?, ?, ?)`)
      params.push(select.otherThan, leftStep, counterStep)
    }
    if (after !== undefined) {
      conditions.push(descending ? sql`${this.#name('id')} < ?` : sql`${this.#name('id')} > ?`)
      params.push(after)
    }
    return { where: join(conditions, ' AND '), params }
  }

  get exists(): boolean {
    return this.#state.exists
  }

  get count(): number {
    return this.#state.count
  }

  through(other: Session): PreservedStore {
    return new PreservedRows(this.#dialect, other, this.#names, this.#state)
  }
  setExists(exists: boolean): void {
    this.#state.exists = exists
  }

  async put(owner: PreservedOwner, entry: NewPreservedValue): Promise<boolean> {
    if (!this.#state.exists) await this.#create()
    const key = encodeCells(entry.key)
    if (Object.keys(entry.key).length === 0) {
      throw new MigrateError(
        'VALUE_INVALID',
        { table: entry.table, column: entry.column, why: 'the key is empty' },
        `db.preserve got no key for ${entry.table}.`,
        { remedy: 'Give preserve() a column set that is unique in the table.' },
      )
    }
    // What core preserves during a downgrade exists next to what a step of the upgrade preserved of the same cell.
    const keyHash = sha256(entry.step.startsWith(':') ? `${entry.step}${key}` : key)
    const value = entry.row === undefined ? encode(entry.value) : { encoding: 'json', value: encodeCells(entry.row) }
    const identity = [
      ['tier', owner.tier],
      ['revision', owner.revision],
      ['table_name', entry.table],
      ['key_hash', keyHash],
      ['column', entry.column],
    ] as const
    const rest = [
      ['format', BigInt(currentFormat)],
      ['key', key],
      ['encoding', value.encoding],
      ['value', value.value],
      ['written_hash', entry.writtenHash],
      ['preserved_at', new Date().toISOString()],
    ] as const
    const insert = async (of: typeof identity, step: string): Promise<number> => {
      const statement = insertNumbered(this.#dialect, this.#table, [...of, ['step', step], ...rest], of)
      return (await this.#session.execute(statement.sql, statement.params)).changes
    }
    const changes = await insert(identity, entry.step)
    if (entry.step !== counterStep) this.#state.count += changes
    if (changes > 0) return true
    if (entry.step === downgradeStep) {
      const waiting = selectRows(this.#dialect, this.#table, ['encoding', 'value'], { where: identity })
      const [row] = await this.#session.query(waiting.sql, waiting.params)
      if (row?.encoding === value.encoding && row.value === value.value) return true
      const hash = sha256(`${leftStep}${keyHash}${randomUUID()}`)
      const [tier, revision, of, , column] = identity
      this.#state.count += await insert([tier, revision, of, ['key_hash', hash], column], leftStep)
      return false
    }
    const update = updateRow(this.#dialect, this.#table, [['written_hash', entry.writtenHash]], identity)
    await this.#session.execute(update.sql, update.params)
    return true
  }

  async tables(owner: PreservedScope, step: string): Promise<readonly string[]> {
    if (!this.#state.exists) return []
    const { where, params } = this.#conditionOf(owner, { step }, undefined, false)
    const text = sql`SELECT DISTINCT ${this.#name('table_name')} FROM ${this.#dialect.sql.quote.table({ name: this.#table })} WHERE ${where}`
    const query = this.#dialect.sql.lockingRead?.(text) ?? text
    const rows = await this.#session.query(query.text, params)
    return rows.map((row) => textCell(row, 'table_name', this.#table))
  }

  async *each(
    owner: PreservedScope,
    select: PreservedSelect,
    { descending = false }: { readonly descending?: boolean } = {},
  ): AsyncGenerator<PreservedValue> {
    if (!this.#state.exists) return
    const order = sql`ORDER BY ${this.#name('id')}`.text + (descending ? ' DESC' : '')
    const size = this.#dialect.values.byteLength(this.#name('value'))
    let after: bigint | undefined
    for (;;) {
      const { where, params } = this.#conditionOf(owner, select, after, descending)
      const from = this.#dialect.sql.quote.table({ name: this.#table })
      const sizes = await this.#session.query(
        sql`SELECT ${this.#name('id')}, COALESCE(${size}, 0) AS ${this.#name('$size')} FROM ${from} WHERE ${where}`
          .text + ` ${order} LIMIT ${rowsAtOnce}`,
        params,
      )
      let bytes = 0
      let taken = 0
      for (const row of sizes) {
        bytes += Number(row.$size)
        if (taken > 0 && bytes > bytesAtOnce) break
        taken += 1
      }
      if (taken === 0) return
      // By their ids: a server that sorts the rows copies their values.
      const ids = sizes.slice(0, taken).map((row) => row.id ?? null)
      const list = join(valueColumns.map((column) => this.#name(column)))
      const placeholders = join(ids.map(() => sql`?`))
      const rows = await this.#session.query(
        sql`SELECT ${list} FROM ${from} WHERE ${this.#name('id')} IN (${placeholders})`.text,
        ids,
      )
      const byId = new Map(rows.map((row) => [row.id, row]))
      for (const id of ids) {
        const row = byId.get(id as bigint)
        if (row !== undefined) yield preservedOf(this.#table, row)
      }
      after = ids.at(-1) as bigint
      if (taken === sizes.length && taken < rowsAtOnce) return
    }
  }

  async has(owner: PreservedScope, select: PreservedSelect): Promise<boolean> {
    if (!this.#state.exists) return false
    const { where, params } = this.#conditionOf(owner, select, undefined, false)
    const text = sql`SELECT ${this.#name('id')} FROM ${this.#dialect.sql.quote.table({ name: this.#table })} WHERE ${where}`
    return (await this.#session.query(`${text.text} LIMIT 1`, params)).length > 0
  }

  stored(id: bigint): ReturnType<PreservedStore['stored']> {
    return {
      text: sql`(SELECT ${this.#name('value')} FROM ${this.#dialect.sql.quote.table({ name: this.#table })} WHERE ${this.#name('id')} = ?)`,
      param: id,
    }
  }
  async isHeld(id: bigint, cell: Parameters<PreservedStore['isHeld']>[1]): Promise<boolean> {
    const value = sql`SELECT ${this.#name('value')} AS ${this.#name('$value')} FROM ${this.#dialect.sql.quote.table({ name: this.#table })} WHERE ${this.#name('id')} = ?`
    const same = sql`CASE WHEN ${this.#dialect.values.sameText(cell.column, this.#name('$value'))} THEN 1 ELSE 0 END AS ${this.#name('$same')}`
    const text = sql`SELECT ${same} FROM ${cell.table} CROSS JOIN (${value}) AS ${this.#name('$preserved')} WHERE ${cell.where}`
    const [row] = await this.#session.query(text.text, [id, ...cell.params])
    return Number(row?.$same ?? 0) === 1
  }

  async preservedColumns(owner: PreservedScope, step: string): ReturnType<PreservedStore['preservedColumns']> {
    if (!this.#state.exists) return []
    const { where, params } = this.#conditionOf(owner, { step }, undefined, false)
    const list = join([this.#name('table_name'), this.#name('column')])
    const text = sql`SELECT ${list} FROM ${this.#dialect.sql.quote.table({ name: this.#table })} WHERE ${where} GROUP BY ${list} ORDER BY MAX(${this.#name('id')}) DESC`
    const rows = await this.#session.query(text.text, params)
    return rows.map((row) => ({
      table: textCell(row, 'table_name', this.#table),
      column: textCell(row, 'column', this.#table),
    }))
  }

  async setBases(bases: ReadonlyMap<bigint, string>): Promise<void> {
    const all = [...bases]
    for (let at = 0; at < all.length; at += 100) {
      const some = all.slice(at, at + 100)
      const cases = join(
        some.map(() => sql`WHEN ? THEN ?`),
        ' ',
      )
      const ids = join(some.map(() => sql`?`))
      const text = sql`UPDATE ${this.#dialect.sql.quote.table({ name: this.#table })} SET ${this.#name('base')} = CASE ${this.#name('id')} ${cases} END WHERE ${this.#name('id')} IN (${ids})`
      await this.#session.execute(text.text, [...some.flat(), ...some.map(([id]) => id)])
    }
  }

  async setAside(id: bigint): Promise<void> {
    const hash = sha256(`${leftStep}${id}`)
    const marks = Object.entries({ step: leftStep, key_hash: hash })
    const statement = updateRow(this.#dialect, this.#table, marks, [['id', id]])
    await this.#session.execute(statement.sql, statement.params)
  }

  async clear(owner: PreservedOwner): Promise<void> {
    for await (const { id, base } of this.each(owner, { step: downgradeStep })) {
      // Without a base its downgrade never came to its end: the row still held the value, and holds it or a newer one now.
      await (base === undefined ? this.remove(id) : this.setAside(id))
    }
  }

  async remove(id: bigint): Promise<void> {
    const statement = deleteRow(this.#dialect, this.#table, [['id', id]])
    await this.#session.execute(statement.sql, statement.params)
  }
}

/** The hash for a row that a step deleted: it is restored only where no row with its key stands. */
export const absentHash = valueHash('absent')
