import type { Operation } from '@org/migrate-core'
import { movedTo, type SchemaModel, type TableRef, tableKey } from '@org/migrate-core/dialect'

const kinds = ['table', 'view', 'enum', 'sequence', 'schema'] as const
type NamedKind = (typeof kinds)[number]

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

  add(kind: NamedKind, ref: TableRef): void {
    this.#names[kind].add(tableKey(ref))
  }

  addTable(key: string): void {
    this.#names.table.add(key)
  }

  addAll(other: ObjectNames): void {
    for (const kind of kinds) for (const key of other.#names[kind]) this.#names[kind].add(key)
  }

  #remove(kind: NamedKind, ref: TableRef): void {
    this.#names[kind].delete(tableKey(ref))
  }

  #rename(kind: NamedKind, from: TableRef, to: TableRef): void {
    this.#remove(kind, from)
    this.add(kind, to)
  }

  /** What an operation makes, renames or drops; of SQL what it declares. */
  follow(operation: Operation): void {
    if (operation.kind === 'createTable') this.add('table', operation.table.ref)
    else if (operation.kind === 'dropTable') this.#remove('table', operation.table)
    else if (operation.kind === 'renameTable')
      this.#rename('table', operation.table, { ...operation.table, name: operation.to })
    else if (operation.kind === 'setSchema') this.#rename(operation.object, operation.ref, movedTo(operation))
    else if (operation.kind === 'createView') this.add('view', operation.view.ref)
    else if (operation.kind === 'dropView') this.#remove('view', operation.view)
    else if (operation.kind === 'renameView')
      this.#rename('view', operation.view, { ...operation.view, name: operation.to })
    else if (operation.kind === 'createEnum') this.add('enum', operation.enum.ref)
    else if (operation.kind === 'dropEnum') this.#remove('enum', operation.enum)
    else if (operation.kind === 'renameEnum')
      this.#rename('enum', operation.enum, { ...operation.enum, name: operation.to })
    else if (operation.kind === 'createSequence') this.add('sequence', operation.sequence.ref)
    else if (operation.kind === 'dropSequence') this.#remove('sequence', operation.sequence)
    else if (operation.kind === 'createSchema') this.add('schema', { name: operation.schema })
    else if (operation.kind === 'dropSchema') this.#remove('schema', { name: operation.schema })
    else if (operation.kind === 'sql') for (const effect of operation.effects ?? []) this.follow(effect)
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
