import { constraintKindName } from '../../compare/constraint-match.ts'
import { withArticle } from '../../errors/count-text.ts'
import { findTable, putTable, refText, tableKey, without } from '../../model/edit.ts'
import type { SchemaModel, TableModel, TableRef } from '../../model/schema-model.ts'
import type { Operation, OperationTable } from '../operation.ts'
import { preservingLabel } from '../preserved-label.ts'
import { checkColumn } from './columns.ts'
import { checkConstraint } from './constraints.ts'
import { checkEnumUse } from './enum-columns.ts'
import { constraintFootprints, enumFootprints, part, schemaFootprints, tableFootprint } from './footprints.ts'
import { checkIndex } from './indexes.ts'
import {
  allColumnsOf,
  alterable,
  awaited,
  checkName,
  checkRef,
  checkRelationFree,
  dependent,
  editTable,
  firstRepeated,
  incomingKeys,
  invalid,
  irreversible,
  keyTexts,
  lastingOf,
  missing,
  renamed,
  restoring,
  sameRef,
  withoutSource,
} from './objects.ts'
import { checkPolicies } from './policies.ts'
import { followTable, followTriggers, mapTables, ownedSequences, triggersOf, withoutTriggers } from './references.ts'

/** Throws INVALID_NAME or INVALID_OPERATION where a table cannot be as it is described. */
export function checkTable(table: TableModel, operation: string): void {
  checkRef(table.ref, 'table')
  if (table.columns.length === 0) throw invalid(operation, 'the table has no columns')
  const repeated = firstRepeated(table.columns.map((column) => column.name))
  if (repeated !== undefined) throw invalid(operation, `the column ${repeated} is there twice`)
  for (const column of table.columns) checkColumn(column, operation)
  const names = new Set(table.columns.map((column) => column.name))
  for (const constraint of table.constraints) {
    const unknown = allColumnsOf(constraint).find((column) => !names.has(column))
    if (unknown !== undefined) {
      throw invalid(
        operation,
        `the ${constraintKindName(constraint.kind)} names ${unknown}, which is no column of the table`,
      )
    }
    checkConstraint(table, constraint, operation)
  }
  if (table.constraints.filter((constraint) => constraint.kind === 'primaryKey').length > 1) {
    throw invalid(operation, 'the table has two primary keys')
  }
  const index = firstRepeated(table.indexes.map((item) => item.name))
  if (index !== undefined) throw invalid(operation, `the index ${index} is there twice`)
  for (const item of table.indexes) checkIndex(table, item, operation)
  checkPolicies(table, operation)
}

/** Foreign keys of other tables; a table may always be dropped with those to itself. */
function incomingForeignKeys(model: SchemaModel, ref: TableRef) {
  return incomingKeys(model, ref).filter(({ table }) => !sameRef(table.ref, ref))
}

export const tableTraits: Pick<OperationTable, 'createTable' | 'dropTable' | 'renameTable' | 'alterTableOptions'> = {
  createTable: {
    apply(before, operation) {
      if (operation.ifNotExists && findTable(before, operation.table.ref) !== undefined) return before
      const line = tableTraits.createTable.describe(operation)
      checkTable(operation.table, line)
      for (const column of operation.table.columns) checkEnumUse(before, operation.table.ref, column, line)
      checkRelationFree(before, operation.table.ref)
      return putTable(before, operation.table)
    },
    invert(before, { table, ifNotExists }) {
      if (ifNotExists && findTable(before, table.ref) !== undefined) return []
      const waiting = awaited(`table ${refText(table.ref)}`, keyTexts(incomingKeys(before, table.ref)))
      return waiting ?? [{ kind: 'dropTable', table: table.ref }]
    },
    touches: ({ table }) => [
      tableFootprint(table.ref),
      ...schemaFootprints(table.ref),
      ...table.columns.flatMap((column) => enumFootprints(table.ref, column.name, column.type)),
      ...table.constraints
        .flatMap((constraint) => constraintFootprints(table.ref, constraint))
        .filter((path) => !path.startsWith(`${tableFootprint(table.ref)}/`)),
    ],
    describe: ({ table }) => `create table ${refText(table.ref)}`,
  },

  dropTable: {
    apply(before, { table: ref, ifExists, cascade }) {
      const table = findTable(before, ref)
      if (table === undefined) {
        if (ifExists) return before
        throw missing(`table ${refText(ref)}`)
      }
      const keys = incomingForeignKeys(before, ref)
      if (keys.length > 0 && !cascade) {
        throw dependent(`table ${refText(ref)}`, keyTexts(keys))
      }
      let after = withoutTriggers(without(before, 'tables', tableKey(ref)), ref)
      const removedKeys = new Set(keys.map(({ key }) => key))
      if (removedKeys.size > 0) {
        after = mapTables(after, (other) =>
          other.constraints.some((constraint) => constraint.kind === 'foreignKey' && removedKeys.has(constraint))
            ? {
                ...other,
                constraints: other.constraints.filter((item) => item.kind !== 'foreignKey' || !removedKeys.has(item)),
              }
            : other,
        )
      }
      // PostgreSQL drops a sequence with the column that owns it.
      for (const { key } of ownedSequences(before, ref)) after = without(after, 'sequences', key)
      return after
    },
    invert(before, operation) {
      const { table: ref, ifExists } = operation
      const table = findTable(before, ref)
      if (table === undefined) {
        return ifExists ? [] : irreversible(`the schema before has no table ${refText(ref)}`)
      }
      if (table.opaque !== undefined) return irreversible(`${refText(ref)} is ${withArticle(table.opaque)} table`)
      const sequences = ownedSequences(before, ref).map(({ sequence }) => sequence)
      const incoming = incomingForeignKeys(before, ref)
      const { columns, constraints, indexes } = table
      const keys = incoming.map(({ key }) => key)
      const lasting = lastingOf(`table ${refText(ref)}`, [
        table,
        ...columns,
        ...constraints,
        ...indexes,
        ...(table.policies ?? []),
        ...keys,
        ...sequences,
      ])
      if (lasting !== undefined) return lasting
      return [
        // A default may call the sequence, and the sequence's owner is the column: made first, owned last.
        ...sequences.map(({ ownedBy: _, ...sequence }): Operation => ({ kind: 'createSequence', sequence })),
        { kind: 'createTable', table },
        ...sequences.flatMap(({ ref: sequence, ownedBy }): Operation[] =>
          ownedBy === undefined ? [] : [{ kind: 'alterSequence', sequence, change: { ownedBy } }],
        ),
        ...restoring(preservingLabel(operation)),
        ...incoming.map(
          ({ table: from, key }): Operation => ({ kind: 'addConstraint', table: from.ref, constraint: key }),
        ),
        ...triggersOf(before, ref).map((trigger): Operation => ({ kind: 'createTrigger', trigger })),
      ]
    },
    touches: ({ table }) => [tableFootprint(table)],
    describe: ({ table, cascade }) => `drop table ${refText(table)}${cascade ? ' with the foreign keys to it' : ''}`,
  },

  renameTable: {
    apply(before, operation) {
      const { table: ref, to } = operation
      if (operation.ifExists && findTable(before, ref) === undefined) return before
      const table = alterable(before, ref, tableTraits.renameTable.describe(operation))
      const target = renamed(ref, to)
      checkName(to, 'table')
      checkRelationFree(before, target)
      const moved = withoutSource({ ...table, ref: target, indexes: table.indexes.map(withoutSource) })
      const placed = putTable(without(before, 'tables', tableKey(ref)), moved)
      return followTriggers(followTable(placed, ref, target), ref, target)
    },
    invert(before, { table, to, ifExists }) {
      if (ifExists && findTable(before, table) === undefined) return []
      const target = renamed(table, to)
      const waiting = awaited(`table ${refText(target)}`, keyTexts(incomingKeys(before, target)))
      return waiting ?? [{ kind: 'renameTable', table: target, to: table.name }]
    },
    touches: ({ table, to }) => [tableFootprint(table), tableFootprint(renamed(table, to))],
    describe: ({ table, to }) => `rename table ${refText(table)} to ${to}`,
  },

  alterTableOptions: {
    apply(before, operation) {
      const table = alterable(before, operation.table, tableTraits.alterTableOptions.describe(operation))
      const options = Object.fromEntries(
        Object.entries({ ...table.options, ...operation.options }).filter(
          (entry): entry is [string, string | boolean] => entry[1] !== null,
        ),
      )
      return editTable(before, table, { options })
    },
    invert(before, { table: ref, options }) {
      const table = findTable(before, ref)
      if (table === undefined) return irreversible(`the schema before has no table ${refText(ref)}`)
      const old = Object.keys(options).map((option) => [option, table.options[option] ?? null] as const)
      return [{ kind: 'alterTableOptions', table: ref, options: Object.fromEntries(old) }]
    },
    touches: ({ table, options }) =>
      Object.keys(options).map((option) => `${tableFootprint(table)}/option:${part(option)}`),
    describe: ({ table, options }) => `change options of ${refText(table)}: ${Object.keys(options).join(', ')}`,
  },
}
