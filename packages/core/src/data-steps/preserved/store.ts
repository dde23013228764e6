import { randomUUID } from 'node:crypto'
import { textCell } from '../../bookkeeping/store.ts'
import { type BookkeepingNames, preservedTable } from '../../bookkeeping/tables.ts'
import { type Cells, insertNumbered, insertRows, selectRows, updateRow } from '../../compile/own-rows.ts'
import { ownTableStatements } from '../../compile/own-table.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import type { DialectPreserving } from '../../dialect/preserving.ts'
import type { Session } from '../../dialect/session.ts'
import { sha256 } from '../../model/canonical.ts'
import { join, type SqlFragment, sql } from '../../sql/tag.ts'
import { baseText } from './base-text.ts'
import { valueHash } from './encode.ts'
import { idRanges } from './pages/id-ranges.ts'
import { insertSelected } from './pages/insert-selected.ts'
import { cellChunks, cellsOf } from './pages/new-cells.ts'
import { preservedPages } from './pages/preserved-pages.ts'
import { conditionOf, counterStep, downgradeStep, leftStep, rowsOf } from './pages/selection.ts'
import { takenTogether } from './pages/taken-together.ts'
import type {
  IdRange,
  NewPreservedValue,
  PreservedOwner,
  PreservedRows,
  PreservedScope,
  PreservedSelect,
  PreservedStore,
  SelectedValues,
} from './preserved-types.ts'
import type { PreservedValue } from './preserved-value.ts'

export type { PreservedOwner, PreservedScope, PreservedSelect, PreservedStore, PreservedValue }
export { counterStep, downgradeStep, leftStep }

export function createPreservedStore(
  dialect: Dialect,
  session: Session,
  names: BookkeepingNames,
  exists: boolean | 'empty',
): PreservedStore {
  return new PreservedTable(dialect, session, names, { exists: exists === true, isCreated: exists !== false, count: 0 })
}

const idsAtOnce = 500
/** Each row goes through the cases before its own. */
const casesAtOnce = 100

/** What stores over several sessions of one run have in common; `isCreated`: the table is there, and perhaps nothing in it. */
interface StoreState {
  exists: boolean
  isCreated: boolean
  count: number
}

class PreservedTable implements PreservedStore {
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

  get #target(): SqlFragment {
    return this.#dialect.sql.quote.table({ name: this.#table })
  }

  #name(column: string): SqlFragment {
    return this.#dialect.sql.quote.identifier(column)
  }

  async create(): Promise<void> {
    const statements = this.#state.isCreated ? [] : ownTableStatements(this.#dialect, preservedTable(this.#names))
    for (const { sql, params } of statements) await this.#session.execute(sql, params)
    this.setExists(true)
  }

  get exists(): boolean {
    return this.#state.exists
  }

  get count(): number {
    return this.#state.count
  }

  through = (other: Session): PreservedStore => new PreservedTable(this.#dialect, other, this.#names, this.#state)
  setExists(exists: boolean): void {
    Object.assign(this.#state, { exists, isCreated: exists })
  }

  async put(owner: PreservedOwner, entry: NewPreservedValue): Promise<boolean> {
    await this.create()
    const { identity, rest } = cellsOf(owner, entry)
    const insert = async (of: Cells, step: string): Promise<number> => {
      const statement = insertNumbered(this.#dialect, this.#table, [...of, ['step', step], ...rest], of)
      return (await this.#session.execute(statement.sql, statement.params)).changes
    }
    const changes = await insert(identity, entry.step)
    if (entry.step !== counterStep) this.#state.count += changes
    if (changes > 0) return true
    if (entry.step === downgradeStep) {
      const waiting = selectRows(this.#dialect, this.#table, ['encoding', 'value'], { where: identity })
      const [row] = await this.#session.query(waiting.sql, waiting.params)
      const value = new Map(rest)
      if (row?.encoding === value.get('encoding') && row?.value === value.get('value')) return true
      const [tier, revision, table, [, keyHash], column] = identity
      const hash = sha256(`${leftStep}${keyHash}${randomUUID()}`)
      this.#state.count += await insert([tier, revision, table, ['key_hash', hash], column], leftStep)
      return false
    }
    const update = updateRow(this.#dialect, this.#table, [['written_hash', entry.writtenHash]], identity)
    await this.#session.execute(update.sql, update.params)
    return true
  }

  async putAll(owner: PreservedOwner, entries: readonly NewPreservedValue[]): Promise<readonly boolean[]> {
    await this.create()
    const waits: boolean[] = []
    for (const some of cellChunks(entries)) {
      if (some.length > 1 && (await this.#insertAll(owner, some))) waits.push(...some.map(() => true))
      else for (const entry of some) waits.push(await this.put(owner, entry))
    }
    return waits
  }

  async putSelected(owner: PreservedOwner, values: SelectedValues, by: DialectPreserving): Promise<number> {
    const of = { dialect: this.#dialect, table: this.#table, by }
    const { text, params } = insertSelected(of, owner, await this.#lastId(), values)
    return (await this.#session.execute(text.text, params)).changes
  }

  countIn(values: number): void {
    this.#state.count += values
  }

  rows(owner: PreservedScope, select: PreservedSelect): PreservedRows {
    return rowsOf(this.#dialect, this.#table, owner, select)
  }

  async *ranges(owner: PreservedScope, select: PreservedSelect): AsyncGenerator<IdRange> {
    if (!this.#state.exists) return
    yield* idRanges(this.#dialect, this.#session, (ids) =>
      this.rows(owner, ids === undefined ? select : { ...select, ids }),
    )
  }

  async #lastId(): Promise<bigint> {
    const id = this.#name('id')
    const [row] = await this.#session.query(sql`SELECT COALESCE(MAX(${id}), 0) AS ${id} FROM ${this.#target}`.text)
    return BigInt(row?.id as bigint)
  }

  /** Whether all of them were new, and are there now. */
  #insertAll(owner: PreservedOwner, entries: readonly NewPreservedValue[]): Promise<boolean> {
    return takenTogether(this.#session, async () => {
      const last = await this.#lastId()
      const rows = entries.map((entry, at): Cells => {
        const { identity, rest } = cellsOf(owner, entry)
        return [['id', last + BigInt(at) + 1n], ...identity, ['step', entry.step], ...rest]
      })
      const statement = insertRows(this.#dialect, this.#table, rows)
      await this.#session.execute(statement.sql, statement.params)
      this.#state.count += entries.length
    })
  }

  async tables(owner: PreservedScope, step: string): Promise<readonly string[]> {
    if (!this.#state.exists) return []
    const { where, params } = conditionOf(this.#dialect, owner, { step })
    const text = sql`SELECT DISTINCT ${this.#name('table_name')} FROM ${this.#target} WHERE ${where}`
    const query = this.#dialect.sql.lockingRead?.(text) ?? text
    const rows = await this.#session.query(query.text, params)
    return rows.map((row) => textCell(row, 'table_name', this.#table))
  }

  async *pages(
    owner: PreservedScope,
    select: PreservedSelect,
    { descending = false }: { readonly descending?: boolean } = {},
  ): AsyncGenerator<readonly PreservedValue[]> {
    if (!this.#state.exists) return
    const of = { dialect: this.#dialect, session: this.#session, table: this.#table, descending }
    yield* preservedPages({ ...of, ...conditionOf(this.#dialect, owner, select) })
  }

  async *each(...request: Parameters<PreservedStore['pages']>): AsyncGenerator<PreservedValue> {
    for await (const page of this.pages(...request)) yield* page
  }

  async hasValues(owner: PreservedScope, select: PreservedSelect): Promise<boolean> {
    if (!this.#state.exists) return false
    const { where, params } = conditionOf(this.#dialect, owner, select)
    const text = sql`SELECT ${this.#name('id')} FROM ${this.#target} WHERE ${where}`
    return (await this.#session.query(`${text.text} LIMIT 1`, params)).length > 0
  }

  stored(id: bigint): ReturnType<PreservedStore['stored']> {
    return {
      text: sql`(SELECT ${this.#name('value')} FROM ${this.#target} WHERE ${this.#name('id')} = ?)`,
      param: id,
    }
  }
  async isHeld(id: bigint, cell: Parameters<PreservedStore['isHeld']>[1]): Promise<boolean> {
    const value = sql`SELECT ${this.#name('value')} AS ${this.#name('$value')} FROM ${this.#target} WHERE ${this.#name('id')} = ?`
    const same = sql`CASE WHEN ${this.#dialect.values.sameText(cell.column, this.#name('$value'))} THEN 1 ELSE 0 END AS ${this.#name('$same')}`
    const text = sql`SELECT ${same} FROM ${cell.table} CROSS JOIN (${value}) AS ${this.#name('$preserved')} WHERE ${cell.where}`
    const [row] = await this.#session.query(text.text, [id, ...cell.params])
    return Number(row?.$same ?? 0) === 1
  }

  async preservedColumns(owner: PreservedScope, select: PreservedSelect) {
    if (!this.#state.exists) return []
    const { where, params } = conditionOf(this.#dialect, owner, select)
    const list = join([this.#name('table_name'), this.#name('column')])
    const text = sql`SELECT ${list}, COUNT(*) AS ${this.#name('$values')} FROM ${this.#target} WHERE ${where} GROUP BY ${list} ORDER BY MAX(${this.#name('id')}) DESC`
    return (await this.#session.query(text.text, params)).map((row) => ({
      table: textCell(row, 'table_name', this.#table),
      column: textCell(row, 'column', this.#table),
      values: Number(row.$values),
    }))
  }

  async setBase(owner: PreservedScope, select: PreservedSelect, base: string): Promise<void> {
    const undecided = { ...select, undecided: true } as const
    for await (const ids of this.ranges(owner, undecided)) {
      const { table, where } = this.rows(owner, { ...undecided, ids })
      await this.#session.execute(sql`UPDATE ${table} SET ${this.#name('base')} = ? WHERE ${where}`.text, [base])
    }
  }

  async setBases(bases: ReadonlyMap<bigint, string>): Promise<void> {
    await this.#setEach('base', [...bases])
  }

  async setWritten(hashes: ReadonlyMap<bigint, string>): Promise<void> {
    await this.#setEach('written_hash', [...hashes])
  }

  /** One column of rows, each to its own value, and others to the same in all of them. */
  async #setEach(column: string, values: readonly (readonly [bigint, string])[], same: Cells = []): Promise<void> {
    const [first] = values
    const isSame = first !== undefined && values.every(([, value]) => value === first[1])
    const atOnce = isSame ? idsAtOnce : casesAtOnce
    for (let at = 0; at < values.length; at += atOnce) {
      const some = values.slice(at, at + atOnce)
      const cases = join(
        some.map(() => sql`WHEN ? THEN ?`),
        ' ',
      )
      const value = isSame ? sql`?` : sql`CASE ${this.#name('id')} ${cases} END`
      const constants = join(
        same.map(([name]) => sql`, ${this.#name(name)} = ?`),
        '',
      )
      const ids = join(some.map(() => sql`?`))
      const text = sql`UPDATE ${this.#target} SET ${this.#name(column)} = ${value}${constants} WHERE ${this.#name('id')} IN (${ids})`
      const params = isSame ? [first[1]] : some.flat()
      await this.#session.execute(text.text, [...params, ...same.map(([, each]) => each), ...some.map(([id]) => id)])
    }
  }

  async setAllAside(ids: readonly bigint[]): Promise<void> {
    const hashes = ids.map((id) => [id, String(id)] as const)
    await this.#setEach('key_hash', hashes, [['step', leftStep]])
  }

  async clear(owner: PreservedOwner, select: PreservedSelect): Promise<void> {
    // Its run never came to its end: the row still held the value, and holds it or a newer one now.
    const isInterrupted = ({ base, writtenHash }: PreservedValue): boolean =>
      select.step === downgradeStep ? base === undefined : writtenHash === valueHash(null) && base !== baseText.none
    for await (const page of this.pages(owner, select)) {
      await this.removeAll(page.filter(isInterrupted).map(({ id }) => id))
      await this.setAllAside(page.filter((value) => !isInterrupted(value)).map(({ id }) => id))
    }
  }

  remove(id: bigint): Promise<void> {
    return this.removeAll([id])
  }

  async removeAll(ids: readonly bigint[]): Promise<void> {
    for (let at = 0; at < ids.length; at += idsAtOnce) {
      const some = ids.slice(at, at + idsAtOnce)
      const list = join(some.map(() => sql`?`))
      const text = sql`DELETE FROM ${this.#target} WHERE ${this.#name('id')} IN (${list})`
      await this.#session.execute(text.text, some)
    }
  }
}

/** The hash for a row that a step deleted: it is restored only where no row with its key stands. */
export const absentHash = valueHash('absent')
