import { enumeration, integer, native, varchar } from '@org/migrate-core'
import type { Recorded } from '../../../kit/migrator.ts'

export const t: Recorded = (op) =>
  op.createTable('t', (table) => {
    table.column('id', integer(), { nullable: false })
    table.column('name', varchar(40))
    table.column('n', integer())
    table.primaryKey(['id'])
  })
export const withT = { given: t } as const
export const alter =
  (change: Parameters<Parameters<Recorded>[0]['alterTable']>[1]): Recorded =>
  (op) =>
    op.alterTable('t', change)
export const createTableOf =
  (define: Parameters<Parameters<Recorded>[0]['createTable']>[1] & ((u: never) => void)): Recorded =>
  (op) =>
    op.createTable('u', define as never)
const nothing: Recorded = () => {}
/** What another database would get: on this one nothing is recorded. */
export const elsewhereOnly =
  (record: Recorded): Recorded =>
  (op) =>
    op.on({ postgres: record, otherwise: nothing })
export const byStep: Recorded = (op) =>
  op.run('fill', async (db) => void (await db.execute("UPDATE t SET name = 'x' WHERE name IS NULL")))
export const excluded = {
  kind: 'exclude',
  name: 'x',
  elements: [{ expression: 'n', operator: '=' }],
} as const
export const rows = "INSERT INTO t (id, name) VALUES (1, NULL), (2, 'a name of nineteen!')"
export const enumT: Recorded = (op) => {
  op.createTable('t', (table) => {
    table.column('id', integer(), { nullable: false })
    table.column('mood', enumeration(['a', 'b', 'c']))
    table.primaryKey(['id'])
  })
}
export const moods: Recorded = (op) => {
  op.createEnum('mood', ['a', 'b', 'c'])
  op.createTable('t', (table) => {
    table.column('id', integer(), { nullable: false })
    table.column('mood', enumeration(['a', 'b', 'c'], { name: 'mood' }))
    table.primaryKey(['id'])
  })
}

export function strictTable(u: never, type: string, strict: boolean): void {
  const table = u as { column: (n: string, t: unknown) => void; options: (o: object) => void }
  table.column('a', native('sqlite', type))
  if (strict) table.options({ strict: true })
}
