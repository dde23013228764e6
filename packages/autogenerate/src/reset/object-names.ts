import type { Operation } from '@org/migrate-core'
import { type Dialect, movedTo, refOfKey, type SchemaModel, type TableRef, tableKey } from '@org/migrate-core/dialect'
import type { RecordedStep } from '@org/migrate-core/internal'
import { tablesOfSql } from './created-by-sql.ts'

const kinds = ['table', 'view', 'enum', 'sequence', 'schema'] as const
type NamedKind = (typeof kinds)[number]

/** What becomes of the name of an object: without `from` it is new, without `to` dropped. */
interface Move {
  readonly kind: NamedKind
  readonly from?: TableRef
  readonly to?: TableRef
}

const renamed = (kind: NamedKind, from: TableRef, name: string): Move => ({ kind, from, to: { ...from, name } })

const moves: { readonly [K in Operation['kind']]?: (operation: Extract<Operation, { readonly kind: K }>) => Move } = {
  createTable: ({ table }) => ({ kind: 'table', to: table.ref }),
  dropTable: ({ table }) => ({ kind: 'table', from: table }),
  renameTable: ({ table, to }) => renamed('table', table, to),
  setSchema: (operation) => ({ kind: operation.object, from: operation.ref, to: movedTo(operation) }),
  createView: ({ view }) => ({ kind: 'view', to: view.ref }),
  dropView: ({ view }) => ({ kind: 'view', from: view }),
  renameView: ({ view, to }) => renamed('view', view, to),
  createEnum: ({ enum: { ref } }) => ({ kind: 'enum', to: ref }),
  dropEnum: ({ enum: ref }) => ({ kind: 'enum', from: ref }),
  renameEnum: ({ enum: ref, to }) => renamed('enum', ref, to),
  createSequence: ({ sequence }) => ({ kind: 'sequence', to: sequence.ref }),
  dropSequence: ({ sequence }) => ({ kind: 'sequence', from: sequence }),
  createSchema: ({ schema }) => ({ kind: 'schema', to: { name: schema } }),
  dropSchema: ({ schema }) => ({ kind: 'schema', from: { name: schema } }),
}

/** The objects that operations have made and not dropped again, by name. What their shape is doesn't matter: only whose they are. */
export class ObjectNames {
  readonly #names: { readonly [K in NamedKind]: Set<string> } = {
    table: new Set(),
    view: new Set(),
    enum: new Set(),
    sequence: new Set(),
    schema: new Set(),
  }

  has(kind: NamedKind, ref: TableRef): boolean {
    return this.#names[kind].has(tableKey(ref))
  }

  tables(): readonly TableRef[] {
    return [...this.#names.table].map(refOfKey)
  }

  add(kind: NamedKind, ref: TableRef): void {
    this.#names[kind].add(tableKey(ref))
  }

  addAll(other: ObjectNames): void {
    for (const kind of kinds) for (const key of other.#names[kind]) this.#names[kind].add(key)
  }

  /** What a recorded step made and dropped. */
  followStep(dialect: Dialect, step: Pick<RecordedStep, 'operations' | 'columns'>): void {
    const { table } = this.#names
    const { created, renamed: renamedBySql } = tablesOfSql(dialect, step)
    for (const key of created) table.add(key)
    for (const operation of step.operations ?? []) this.follow(operation)
    let losesOwn = false
    for (const [key, after] of step.columns) if (after === null && table.delete(key)) losesOwn = true
    if (losesOwn) for (const key of renamedBySql) table.add(key)
  }

  /** What an operation makes, renames or drops; of SQL what it declares. What only gets another name belongs to whom it belonged. */
  follow(operation: Operation): void {
    if (operation.kind === 'sql') for (const effect of operation.effects ?? []) this.follow(effect)
    const moveOf = moves[operation.kind] as ((operation: Operation) => Move) | undefined
    const move = moveOf?.(operation)
    if (move === undefined) return
    const isOwn = move.from === undefined || this.#names[move.kind].delete(tableKey(move.from))
    if (move.to !== undefined && isOwn) this.add(move.kind, move.to)
  }
}

/** The part of a schema whose objects are chosen. */
export function partOfSchema(model: SchemaModel, isChosen: (kind: NamedKind, ref: TableRef) => boolean): SchemaModel {
  const chosen = <T extends { readonly ref: TableRef }>(kind: NamedKind, all: ReadonlyMap<string, T>) =>
    new Map([...all].filter(([, each]) => isChosen(kind, each.ref)))
  const tables = chosen('table', model.tables)
  return {
    ...model,
    tables,
    views: chosen('view', model.views),
    enums: chosen('enum', model.enums),
    sequences: chosen('sequence', model.sequences),
    triggers: new Map([...model.triggers].filter(([, { table }]) => tables.has(tableKey(table)))),
    schemas: model.schemas.filter((name) => isChosen('schema', { name })),
    extensions: [],
  }
}
