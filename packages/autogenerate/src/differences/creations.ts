import type { Operation } from '@org/migrate-core'
import {
  assign,
  type ConstraintModel,
  type ConstraintOf,
  mayName,
  oneOf,
  requireArguments,
  requireOptions,
  type SchemaModel,
  type TableModel,
  tableKey,
} from '@org/migrate-core/dialect'
import { inhabitedSchemas, isSchemaModel } from '@org/migrate-core/internal'
import { dependencyOrder, viewOrder } from './view-order.ts'

export interface CreationOptions {
  /**
   * What becomes of foreign keys in a circle. `separate`: the last of each circle is added when its tables are there; `inline`: all of
   * them stand in their tables, for a server that takes a reference to a table that is not there yet, and to which a constraint
   * added later is a rebuild of the table (SQLite). Default `separate`.
   */
  readonly circles?: 'separate' | 'inline'
}

type ForeignKey = ConstraintOf<'foreignKey'>

const isForeignKey = (constraint: ConstraintModel): constraint is ForeignKey => constraint.kind === 'foreignKey'

/** The tables that operations can make. */
export function ordinaryTables({ tables }: Pick<SchemaModel, 'tables'>): ReadonlyMap<string, TableModel> {
  return new Map([...tables].filter(([, { opaque }]) => opaque === undefined))
}

/** The table without some of its foreign keys: its own text says them still, and is not kept. */
export function withoutKeys(table: TableModel, removed: ReadonlySet<ConstraintModel>): TableModel {
  const constraints = table.constraints.filter((constraint) => !removed.has(constraint))
  if (constraints.length === table.constraints.length) return table
  return assign({ ...table, constraints }, 'source', undefined)
}

function tableOrder(tables: ReadonlyMap<string, TableModel>): readonly TableModel[] {
  const all = [...tables.values()]
  return dependencyOrder(all, (table) => {
    const { inherits } = table.options
    const names = typeof inherits === 'string' ? mayName(inherits) : undefined
    return [
      ...(names === undefined ? [] : all.filter((other) => other !== table && names(other.ref.name))),
      ...table.constraints.filter(isForeignKey).flatMap(({ references }) => {
        const target = tables.get(tableKey(references.table))
        return target === undefined || target === table ? [] : [target]
      }),
    ]
  })
}

interface Tables {
  readonly create: readonly Operation[]
  /** The foreign keys that close a circle. */
  readonly close: readonly Operation[]
}

function creationsOfTables(tables: ReadonlyMap<string, TableModel>, circles: 'separate' | 'inline'): Tables {
  const order = tableOrder(tables)
  if (circles === 'inline') return { create: order.map((table) => ({ kind: 'createTable', table })), close: [] }
  const positions = new Map(order.map(({ ref }, at) => [tableKey(ref), at]))
  const create: Operation[] = []
  const close: Operation[] = []
  for (const [at, table] of order.entries()) {
    const later = table.constraints
      .filter(isForeignKey)
      .filter(({ references }) => (positions.get(tableKey(references.table)) ?? -1) > at)
    create.push({ kind: 'createTable', table: withoutKeys(table, new Set(later)) })
    close.push(...later.map((constraint): Operation => ({ kind: 'addConstraint', table: table.ref, constraint })))
  }
  return { create, close }
}

/** In its schema, where that is one of `schemas`: an extension that may be installed in one alone says so itself. */
export function extensionCreation(
  { extensionSchemas }: SchemaModel,
  extension: string,
  schemas: ReadonlySet<string>,
): Operation {
  const schema = extensionSchemas?.get(extension)
  return { kind: 'createExtension', extension, ...(schema !== undefined && schemas.has(schema) && { schema }) }
}

/**
 * The operations that make a schema from nothing, in an order in which a server takes them: what is needed first, foreign keys in a
 * circle apart, a sequence before the column whose default asks it and owned by it afterwards, views behind those that they read,
 * triggers last. Pure. Holds for a schema that was declared (`serial` columns, whose sequences the server makes) and for one that
 * was read from a database. Tables of another kind (`opaque`), and the triggers on them, are left out: no operation makes them.
 *
 * ```ts
 * const same = replay(emptySchema, creationsOf(schema)) // schemaDifferences(schema, same) is empty
 * ```
 */
export function creationsOf(schema: SchemaModel, options: CreationOptions = {}): readonly Operation[] {
  requireArguments('creationsOf', { schema }, { schema: isSchemaModel })
  requireOptions('creationsOf', options, { circles: oneOf('separate', 'inline') })
  const { circles = 'separate' } = options
  const tables = ordinaryTables(schema)
  const { create, close } = creationsOfTables(tables, circles)
  const sequences = [...schema.sequences.values()]
  const schemas = new Set([...schema.schemas, ...inhabitedSchemas(schema)])
  return [
    ...[...schemas].map((each): Operation => ({ kind: 'createSchema', schema: each })),
    ...schema.extensions.map((extension) => extensionCreation(schema, extension, schemas)),
    ...[...schema.enums.values()].map((each): Operation => ({ kind: 'createEnum', enum: each })),
    ...sequences.map(({ ownedBy: _, ...sequence }): Operation => ({ kind: 'createSequence', sequence })),
    // Policies may read what is not there yet.
    ...create.map(
      (each): Operation =>
        each.kind === 'createTable' ? { ...each, table: assign(each.table, 'policies', undefined) } : each,
    ),
    ...sequences.flatMap(({ ref, ownedBy }): Operation[] =>
      ownedBy === undefined || !tables.has(tableKey(ownedBy.table))
        ? []
        : [{ kind: 'alterSequence', sequence: ref, change: { ownedBy } }],
    ),
    ...close,
    ...viewOrder(schema).map((view): Operation => ({ kind: 'createView', view })),
    // They may read any table or view; until they are there, row security hides the rows.
    ...[...tables.values()].flatMap(({ ref, policies = [] }) =>
      policies.map((policy): Operation => ({ kind: 'createPolicy', table: ref, policy })),
    ),
    ...[...schema.triggers.values()]
      .filter(({ table }) => tables.has(tableKey(table)) || schema.views.has(tableKey(table)))
      .map((trigger): Operation => ({ kind: 'createTrigger', trigger })),
  ]
}
