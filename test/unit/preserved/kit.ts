import { integer, text } from '@org/migrate-core'
import type { line, Recorded } from '../../kit/migrator.ts'
import { migratorOn, rowsOf } from '../run/kit.ts'

export const keyed =
  (name: string, ...columns: readonly string[]): Recorded =>
  (op) =>
    op.createTable(name, (t) => {
      t.column('id', integer(), { nullable: false })
      for (const column of columns) t.column(column, text())
      t.primaryKey(['id'])
    })

export const nothing: Recorded = () => undefined

export async function downAndUp(file: string, chain: ReturnType<typeof line>, to: string): Promise<void> {
  await migratorOn(file, chain).downgrade(to)
  await migratorOn(file, chain).upgrade()
}

export const preservedCount = (file: string): unknown =>
  (rowsOf(file, 'SELECT count(*) AS n FROM migrate_preserved')[0] as { n: number }).n
