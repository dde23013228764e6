import { integer, isMigrateError, type MigrateError, text } from '@org/migrate-core'
import { type line, migratorOf, type Recorded, rowsOf } from './kit.ts'

export async function errorOf(work: Promise<unknown>): Promise<MigrateError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!isMigrateError(error)) throw new Error(`no MigrateError but ${String(error)}`)
  return error
}

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
  await migratorOf(file, chain).downgrade(to)
  await migratorOf(file, chain).upgrade()
}

export const preservedCount = (file: string): unknown =>
  (rowsOf(file, 'SELECT count(*) AS n FROM migrate_preserved')[0] as { n: number }).n
