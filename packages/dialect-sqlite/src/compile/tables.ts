import { type CompileTable, findTable, type Statement, sql, type TableModel } from '@org/migrate-core/dialect'
import { quote } from '../quote.ts'
import { compileBatch } from './batch.ts'
import { ColumnMap } from './column-map.ts'
import { createIndex } from './indexes.ts'
import { rebuild } from './rebuild.ts'
import { inMain, sourceOf, statement, tableOf } from './statements.ts'

const refersTo = (table: TableModel, name: string): boolean =>
  table.constraints.some((constraint) => constraint.kind === 'foreignKey' && constraint.references.table.name === name)

export const tableStatements: Pick<CompileTable, 'createTable' | 'dropTable' | 'renameTable' | 'alterTableOptions'> = {
  createTable: ({ operation, after }) => {
    const { ref } = operation.table
    const table = tableOf(after, ref)
    return [statement(sourceOf(table), [ref]), ...table.indexes.map((index): Statement => createIndex(ref, index))]
  },
  dropTable: ({ operation: { table: ref }, before, after }) => {
    const drop = statement(sql`DROP TABLE ${inMain(ref)}`, [ref])
    // With `cascade` the foreign keys to it go too, and SQLite takes a constraint away by a rebuild only.
    const referrers = [...before.tables.values()].filter(
      (table) => table.ref.name !== ref.name && refersTo(table, ref.name) && findTable(after, table.ref) !== undefined,
    )
    if (referrers.length === 0) return [drop]
    return [
      ...referrers.flatMap((table) => {
        const copied = new ColumnMap(table).copied(table)
        return rebuild({ before, after, table: table.ref, copied })
      }),
      { ...drop, foreignKeys: 'off' },
    ]
  },
  renameTable: ({ operation: { table, to } }) => [
    statement(sql`ALTER TABLE ${inMain(table)} RENAME TO ${quote.identifier(to)}`, [table, { name: to }]),
  ],
  alterTableOptions: (at) => compileBatch([at]),
}
