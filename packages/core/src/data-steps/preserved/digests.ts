import { withEffects } from '../../compile/named-tables.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import type { Session } from '../../dialect/session.ts'
import { sha256 } from '../../model/canonical.ts'
import { findTable, refOfKey, refText, tableKey } from '../../model/edit.ts'
import type { ConstraintModel, SchemaModel, TableModel, TableRef } from '../../model/schema-model.ts'
import type { Operation, StepSource } from '../../operations/operation.ts'
import { pagesByKey, rowKeyOf } from '../paging.ts'
import { nameAfter, namesOf } from './bases.ts'
import { followNames, type Names } from './drops.ts'
import type { ExactValue } from './encode.ts'
import { storedColumns } from './losses.ts'
import { printRow } from './row-print.ts'
import { type Condition, conditionKey, hasColumns, rowsBy, rowsDigest } from './rows.ts'
import { missingColumn, sourceTables } from './sources.ts'
import type { PreservedValue } from './store.ts'

/** What digests are computed of: the tables as they are below the revision. */
export interface DigestContext {
  readonly dialect: Dialect
  readonly session: Session
  readonly model: SchemaModel
  readonly upgrade: readonly Operation[]
  /** From a name above the revision to the one below it. */
  readonly names: Names
  readonly breathe: () => Promise<void>
  /** Digests of whole columns, by source. */
  readonly whole: Map<string, string>
}

type ForeignKey = Extract<ConstraintModel, { kind: 'foreignKey' }>

/** A digest for each value, by its id; `why` where there can be none. */
export type Digests = ReadonlyMap<bigint, string> | { readonly why: string }

export const noRow = '-'

/**
 * Reads the tables below a revision that digests need.
 *
 * @param tables keys of the tables that values are preserved of, by their names above the revision
 */
export async function readBelow(
  { dialect, session, breathe }: Pick<DigestContext, 'dialect' | 'session' | 'breathe'>,
  upgrade: readonly Operation[],
  tables: readonly string[],
): Promise<DigestContext> {
  const names = followNames(upgrade)
  const below = tables.flatMap((key) => names.table(key) ?? [])
  const refs = new Map([...below.map(refOfKey), ...sourceTables(upgrade)].map((ref) => [tableKey(ref), ref]))
  const model = await dialect.introspection.schema(session, { tables: [...refs.values()], only: 'tables' })
  return { dialect, session, model, upgrade, names, breathe, whole: new Map() }
}

/** The table below the revision, and its columns by their names above it; undefined: the revision makes it. */
export function locateTable({ model, names }: DigestContext, above: string) {
  const key = names.table(above)
  const ref = key === undefined ? undefined : refOfKey(key)
  const table = ref && findTable(model, ref)
  if (key === undefined || ref === undefined || table === undefined) return undefined
  return { ref, table, column: (name: string): string | undefined => names.column(key, name) }
}

/** The columns that tell whether a row is still the same. */
export function rowColumns(table: TableModel, keys: ReadonlySet<string>): readonly string[] {
  return storedColumns(table).filter((name) => !keys.has(name))
}

interface LocatedRows {
  readonly ref: TableRef
  readonly table: TableModel
  readonly conditions: ReadonlyMap<bigint, Condition>
}

/** The rows of values by their names below the revision; undefined where their table or key is made by it, or is gone. */
function locate(context: DigestContext, entries: readonly PreservedValue[]): LocatedRows | undefined {
  const first = entries[0]
  const located = first && locateTable(context, first.table)
  if (first === undefined || located === undefined) return undefined
  const { ref, table } = located
  const below = new Map([...first.key.keys()].map((name) => [name, located.column(name)]))
  const conditions = new Map<bigint, Condition>()
  for (const { id, key: cells } of entries) {
    const condition = new Map<string, ExactValue>()
    for (const [name, value] of cells) {
      const column = below.get(name)
      if (column === undefined) return undefined
      condition.set(column, value)
    }
    if (!hasColumns(context.dialect, table, condition.keys())) return undefined
    conditions.set(id, condition)
  }
  return { ref, table, conditions }
}

/**
 * What each row looks like now. Entries are of one table and column.
 *
 * @param named what a column is called in the print
 */
export async function rowPrints(
  below: DigestContext,
  entries: readonly PreservedValue[],
  named?: (column: string) => string,
): Promise<ReadonlyMap<bigint, string>> {
  const located = locate(below, entries)
  if (located === undefined) return new Map(entries.map(({ id }) => [id, noRow]))
  const { ref, table, conditions } = located
  const keys = new Set(conditions.values().next().value?.keys())
  const columns = rowColumns(table, keys)
  const rows = await rowsBy(below.dialect, below.session, ref, table, columns, [...conditions.values()], below.breathe)
  return new Map(
    entries.map(({ id }) => {
      const row = rows.get(conditionKey(conditions.get(id) ?? []))?.[0]
      return [id, row === undefined ? noRow : printRow(row, columns, named)]
    }),
  )
}

/** By which columns a foreign key of the preserved table leads to a source: of the source, by the table's own. */
export function byForeignKey(
  { upgrade, names, model }: Pick<DigestContext, 'upgrade' | 'names' | 'model'>,
  preserved: string,
  source: TableRef,
): { readonly [source: string]: string } | undefined {
  const operations = withEffects(upgrade)
  const ref = refOfKey(preserved)
  const { tables } = namesOf(operations, ref, '')
  const by = ({ columns, references }: ForeignKey, after: readonly Operation[], before: Names) =>
    Object.fromEntries(
      references.columns.map((name, at) => [
        before.column(tableKey(source), name) ?? name,
        nameAfter(after, ref, columns[at] ?? name),
      ]),
    )
  const before = followNames()
  for (const [at, operation] of operations.entries()) {
    const constraints =
      operation.kind === 'createTable' && tables.has(operation.table.ref.name)
        ? operation.table.constraints
        : operation.kind === 'addConstraint' && tables.has(operation.table.name)
          ? [operation.constraint]
          : []
    for (const constraint of constraints) {
      if (constraint.kind === 'foreignKey' && before.table(tableKey(constraint.references.table)) === tableKey(source))
        return by(constraint, operations.slice(at + 1), before)
    }
    before.follow(operation)
  }
  const key = names.table(preserved)
  const table = key === undefined ? undefined : model.tables.get(key)
  const held = table?.constraints.find(
    (constraint): constraint is ForeignKey =>
      constraint.kind === 'foreignKey' && tableKey(constraint.references.table) === tableKey(source),
  )
  return held && by(held, operations, followNames())
}

/** Values of columns of each preserved row: from what was preserved, else from the row below. */
async function valuesOf(
  below: DigestContext,
  entries: readonly PreservedValue[],
  columns: readonly string[],
): Promise<ReadonlyMap<bigint, Condition> | undefined> {
  const first = entries[0]
  if (first === undefined) return undefined
  const key = below.names.table(first.table)
  const isHeld = (name: string): boolean => first.row.has(name) || first.key.has(name)
  const isBelow = (name: string): boolean => key !== undefined && below.names.column(key, name) !== undefined
  const operations = withEffects(below.upgrade)
  // A step names a column as it is called when the step runs.
  const current = columns.map((name) =>
    isHeld(name) || isBelow(name) ? name : nameAfter(operations, refOfKey(first.table), name),
  )
  const notHeld = current.filter((name) => !isHeld(name))
  const named = notHeld.map((name) => [name, key === undefined ? undefined : below.names.column(key, name)] as const)
  const located = notHeld.length === 0 ? undefined : locate(below, entries)
  const names = named.flatMap(([, name]) => name ?? [])
  if (notHeld.length > 0 && (located === undefined || names.length < notHeld.length)) return undefined
  const rows =
    located === undefined
      ? new Map<string, never>()
      : await rowsBy(
          below.dialect,
          below.session,
          located.ref,
          located.table,
          names,
          [...located.conditions.values()],
          below.breathe,
        )
  return new Map(
    entries.map((entry) => {
      const row = rows.get(conditionKey(located?.conditions.get(entry.id) ?? []))?.[0]
      const values = columns.map((own, at): [string, ExactValue] => {
        const name = current[at] ?? own
        const held = entry.row.has(name) ? entry.row.get(name) : entry.key.get(name)
        const column = named.find(([each]) => each === name)?.[1]
        return [own, held ?? (column === undefined ? null : (row?.[column] ?? null))]
      })
      return [entry.id, new Map(values)]
    }),
  )
}

export const noKey = (table: TableRef): string => `${refText(table)}, which \`from\` names, has no key`
export const notThere = (column: string): string => `\`from\` names ${column}, which is not there before the revision`

/** All rows of a source: where no row of it is known to belong to a value, each of them may have made it. */
async function wholeDigest(below: DigestContext, source: StepSource, table: TableModel): Promise<string | undefined> {
  const name = JSON.stringify([tableKey(source.table), source.columns])
  const cached = below.whole.get(name)
  if (cached !== undefined) return cached
  const key = rowKeyOf(below.dialect, table)
  if (key === undefined) return undefined
  const columns = [...new Set([...key, ...source.columns])]
  let digest = ''
  const target = below.dialect.sql.quote.table(source.table)
  for await (const rows of pagesByKey(below.dialect, below.session, {
    table: target,
    model: table,
    key,
    columns,
    rows: 500,
  })) {
    await below.breathe()
    for (const row of rows) digest = sha256(digest + rowsDigest([row as never], columns))
  }
  below.whole.set(name, digest)
  return digest
}

async function oneSource(
  below: DigestContext,
  source: StepSource,
  entries: readonly PreservedValue[],
): Promise<Digests> {
  const { dialect, session, breathe } = below
  const table = findTable(below.model, source.table)
  const missing = missingColumn(below.model, source)
  if (table === undefined || missing !== undefined) {
    return { why: notThere(missing ?? refText(source.table)) }
  }
  const first = entries[0]
  const located = locate(below, entries)
  let conditions: ReadonlyMap<bigint, Condition> | undefined
  if (source.rows === undefined && located !== undefined && tableKey(located.ref) === tableKey(source.table)) {
    conditions = located.conditions
  } else {
    const by = source.rows?.by ?? byForeignKey(below, first?.table ?? '', source.table)
    const values = by === undefined ? undefined : await valuesOf(below, entries, Object.values(by))
    if (by === undefined || values === undefined) {
      const digest = await wholeDigest(below, source, table)
      if (digest === undefined) return { why: noKey(source.table) }
      return new Map(entries.map(({ id }) => [id, digest]))
    }
    conditions = new Map(
      entries.map(({ id }) => [
        id,
        new Map(Object.entries(by).map(([column, own]) => [column, values.get(id)?.get(own) ?? null])),
      ]),
    )
  }
  const rows = await rowsBy(dialect, session, source.table, table, source.columns, [...conditions.values()], breathe)
  // Many values may belong to the same rows: thousands of tags of one chat.
  const digests = new Map([...rows].map(([key, sourceRows]) => [key, rowsDigest(sourceRows, source.columns)]))
  const none = rowsDigest([], source.columns)
  return new Map(entries.map(({ id }) => [id, digests.get(conditionKey(conditions.get(id) ?? [])) ?? none]))
}

/** A digest of what each value is computed from. Entries are of one table and column. */
export async function sourceDigests(
  below: DigestContext,
  sources: readonly StepSource[],
  entries: readonly PreservedValue[],
): Promise<Digests> {
  const parts = new Map(entries.map(({ id }) => [id, [] as string[]]))
  const merged = new Map<string, StepSource>()
  for (const source of sources) {
    const of = JSON.stringify([tableKey(source.table), source.rows ?? null])
    const columns = [...(merged.get(of)?.columns ?? []), ...source.columns]
    merged.set(of, { ...source, columns: [...new Set(columns)].sort() })
  }
  for (const source of merged.values()) {
    const digests = await oneSource(below, source, entries)
    if ('why' in digests) return digests
    for (const [id, digest] of digests) parts.get(id)?.push(digest)
  }
  return new Map([...parts].map(([id, digests]) => [id, sha256(digests.join('\n'))]))
}
