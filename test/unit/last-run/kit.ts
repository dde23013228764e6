import { integer, type Migrator, type MigratorOptions, type Revision } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { migratorOf } from '../../kit/migrator.ts'

/** A revision that makes a table of its name. */
export const makes = (revision: string, downRevision: Revision['downRevision']): Revision => ({
  revision,
  downRevision,
  upgrade: (op) =>
    op.createTable(`t_${revision}`, (t) => {
      t.column('id', integer(), { nullable: false })
      t.primaryKey(['id'])
    }),
})

/** r1 <- r2 <- … with a table each. */
export const chainOf = (count: number): readonly Revision[] =>
  Array.from({ length: count }, (_, at) => makes(`r${at + 1}`, at === 0 ? null : `r${at}`))

export const upTo = (dialect: UnloadedDialect, count: number, options: Partial<MigratorOptions> = {}): Migrator =>
  migratorOf(dialect, chainOf(count), { transaction: 'revision', ...options })

/** The heads of the last tier. */
export const headsOf = async (migrator: Migrator): Promise<readonly string[]> =>
  (await migrator.status()).tiers.at(-1)?.heads ?? []
