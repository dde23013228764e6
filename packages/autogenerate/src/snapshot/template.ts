import type { Migrator, Operation } from '@org/migrate-core'
import {
  type Dialect,
  describe,
  isSignificant,
  lexSql,
  partsOfSql,
  refText,
  requireOptions,
  type SchemaModel,
  tableKey,
} from '@org/migrate-core/dialect'
import { contextOf, loadParts, renamedTable } from '@org/migrate-core/internal'
import { makeSnapshotOf, type SnapshotOptions, snapshotChecks } from './make-snapshot.ts'
import type { ReferenceRows } from './reference-rows.ts'
import { type RecordedRevisions, recordRevisions } from './revisions.ts'
import { statementsIn } from './text.ts'

/** What new databases with one history come from. */
export interface SchemaTemplate {
  /** A snapshot. */
  readonly text: string
  /** What the revisions make and the text may not, a line each; empty: a new database may come from it. */
  readonly missing: readonly string[]
}

/** No schema of a user has this name, so that a text with it names the schema that it was read in. */
const shadowSchema = 'migrate_template'

/** What a snapshot holds of what SQL makes. A SELECT is none: the function that it calls may do anything. */
const heldObjects =
  /^(?:create(?: or replace)?(?: (?:temp|temporary|unlogged|unique|fulltext|spatial|virtual|materialized|recursive|constraint))* (?:table|index|view|trigger|sequence|extension|schema|policy|rule)|create type \S+ as enum|alter (?:table|index|view|materialized view|sequence|trigger|policy)|comment on|drop|set|analyze) /i
const heldRoutines = /^(?:create(?: or replace)? (?:function|procedure|domain|type)|alter (?:domain|type)) /i
const ofRoles = / owner to /i
const changesRows = /^(?:insert|update|delete|replace|merge|with|truncate|load|copy) /i

/** A statement without its comments, with one blank between its tokens. */
const plainText = (sql: string, { sql: { grammar } }: Dialect): string =>
  `${lexSql(sql, grammar)
    .filter(isSignificant)
    .map(({ text }) => text)
    .join(' ')} `

/** What may have written rows of a table: a line for people, and the tables; undefined: any. */
interface Writer {
  readonly what: string
  writes(names: ReadonlySet<string>): boolean
}

/** What the operations of a revision may do besides what a snapshot holds. */
class OpaqueWork {
  readonly missing: string[] = []
  readonly writers: Writer[] = []
  /** The names of each table that `insertRows` fills, the older ones too, by its key at the end. */
  readonly filled = new Map<string, Set<string>>()
  /** The same of each table that is renamed. */
  readonly #names = new Map<string, Set<string>>()

  follow(dialect: Dialect, revision: string, operation: Operation): void {
    if (this.#preservesRows(operation)) this.missing.push(`what ${revision} preserves: ${describe(operation)}`)
    const renamed = renamedTable(operation)
    if (renamed !== undefined) {
      const former = this.#names.get(tableKey(renamed.from)) ?? new Set([renamed.from.name])
      this.#names.set(tableKey(renamed.to), former.add(renamed.to.name))
      const names = this.filled.get(tableKey(renamed.from))
      this.filled.delete(tableKey(renamed.from))
      if (names !== undefined) this.filled.set(tableKey(renamed.to), names.add(renamed.to.name))
    } else if (operation.kind === 'insertRows') {
      const { table } = operation
      this.filled.set(tableKey(table), (this.filled.get(tableKey(table)) ?? new Set()).add(table.name))
    } else if (operation.kind === 'run') {
      const targets = operation.to?.map(({ table }) => table.name)
      const writes: Writer['writes'] = (names) => targets?.some((name) => names.has(name)) ?? true
      this.writers.push({ what: `the data step "${operation.label}" of ${revision}`, writes })
    } else if (operation.kind === 'sql') {
      const text = typeof operation.text === 'string' ? operation.text : operation.text[dialect.name as 'sqlite']
      for (const { statements } of partsOfSql(text, dialect.sql.grammar))
        for (const each of statements) this.#followSql(dialect, revision, plainText(each.text, dialect))
      for (const effect of operation.effects ?? []) this.follow(dialect, revision, effect)
    }
  }

  /** Rows that the revisions themselves have written: what a downgrade restores of them is in no snapshot. */
  #preservesRows(operation: Operation): boolean {
    if (operation.kind === 'run') {
      const { to, down } = operation
      const isTarget = (names: ReadonlySet<string>): boolean => to?.some(({ table }) => names.has(table.name)) ?? true
      return down === 'restore' && [...this.filled.values()].some(isTarget)
    }
    const takes = operation.kind === 'dropTable' || operation.kind === 'dropColumn' || operation.kind === 'alterColumn'
    if (!takes || operation.preserve === undefined || operation.preserve === false) return false
    const key = tableKey(operation.table)
    const names = this.#names.get(key) ?? new Set([operation.table.name])
    return this.filled.has(key) || this.writers.some((each) => each.writes(names))
  }

  #followSql(dialect: Dialect, revision: string, text: string): void {
    const isHeld = heldObjects.test(text) || (heldRoutines.test(text) && dialect.introspection.routines !== undefined)
    const shown = text.trim().slice(0, 80)
    if (changesRows.test(text)) {
      const tokens = new Set(text.split(/[\s"'`.]+/))
      const writes: Writer['writes'] = (names) => [...names].some((name) => tokens.has(name))
      this.writers.push({ what: `SQL of ${revision}: ${shown}`, writes })
    } else if (!isHeld || ofRoles.test(text)) this.missing.push(`what SQL of ${revision} does: ${shown}`)
  }
}

function opaqueWork(dialect: Dialect, { operations, sources }: RecordedRevisions): OpaqueWork {
  const work = new OpaqueWork()
  for (const [at, { operation }] of operations.entries()) work.follow(dialect, sources[at] ?? '', operation)
  return work
}

/** What databases, or schemas of one database, have together. */
const sharedObjects = ({ schemas, tables, views }: SchemaModel): readonly string[] => [
  ...schemas.map((name) => `the schema ${name}, which is no part of this one`),
  ...[...tables.values(), ...views.values()].flatMap(({ ref }) =>
    ref.schema === undefined ? [] : [`${refText(ref)}, which is in another schema`],
  ),
]

/** Lines that would be about one schema, whichever they are loaded into. */
const ownNames = (statements: readonly string[]): readonly string[] =>
  statements
    .flatMap((each) => each.split('\n'))
    .filter((line) => line.includes(shadowSchema))
    .map((line) => `a definition that names its own schema: ${line.trim().slice(0, 80)}`)

/** Rows that a function or SQL may have changed: it may give each database others. */
function changedRows({ filled, writers }: OpaqueWork, { inserts }: ReferenceRows): readonly string[] {
  return inserts.flatMap(({ table }) => {
    const writer = writers.find((each) => each.writes(filled.get(tableKey(table)) ?? new Set([table.name])))
    return writer === undefined ? [] : [`the rows of ${refText(table)}, which ${writer.what} may have changed`]
  })
}

/**
 * A snapshot of the revisions for new databases, and what they make that it may not hold. Like `makeSnapshot`, it is made in shadow
 * databases; no row comes from the migrator's own.
 *
 * Throws what `makeSnapshot` throws.
 *
 * ```ts
 * const { text, missing } = await makeTemplate(migrator)
 * if (missing.length === 0) await loadSnapshot(newMigrator, text)
 * ```
 */
export async function makeTemplate(migrator: Migrator, options: SnapshotOptions = {}): Promise<SchemaTemplate> {
  const { resolved: unloaded } = contextOf('makeTemplate', migrator)
  requireOptions('makeTemplate', options, snapshotChecks)
  const { dialect, ...resolved } = await loadParts(unloaded)
  const revisions = await recordRevisions({ ...resolved, dialect })
  const { snapshot, objects, ownSchema } = await makeSnapshotOf(migrator, revisions, {
    ...options,
    schema: shadowSchema,
  })
  const work = opaqueWork(dialect, revisions)
  const isPinned = ownSchema === shadowSchema
  return {
    text: snapshot.text,
    missing: [
      ...snapshot.without,
      ...snapshot.withoutRows.map((table) => `the rows of ${table}, which a data step or SQL writes`),
      ...changedRows(work, objects.rows),
      ...work.missing,
      ...(isPinned ? sharedObjects(objects.schema) : []),
      ...(isPinned ? ownNames(statementsIn(snapshot.text, dialect)) : []),
    ],
  }
}
