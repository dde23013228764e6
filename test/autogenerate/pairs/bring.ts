import { compare } from '@org/migrate-autogenerate'
import type { DeclaredSchema, Migrator, Revision } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { expect } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { revisionWriter } from '../../kit/written-revision.ts'

const write = revisionWriter()

interface Rename {
  readonly from: string
  readonly to: string
}

/** Brings the database to the declaration by a revision that is generated, and proves that nothing is left to do. */
export async function bring(
  dialect: UnloadedDialect,
  chain: readonly Revision[],
  schema: DeclaredSchema,
  renamed: readonly Rename[] = [],
): Promise<{ readonly chain: readonly Revision[]; readonly migrator: Migrator }> {
  const migratorOn = (some: readonly Revision[]) => migratorOf(dialect, some)
  const comparison = await compare(migratorOn(chain), schema, { answers: { none: true, renamed } })
  const longer = await write(comparison, chain)
  const migrator = migratorOn(longer)
  await migrator.upgrade()
  const second = await compare(migrator, schema, { answers: { none: true } })
  expect(
    second.changes.map(({ change }) => change),
    'a second comparison',
  ).toEqual([])
  return { chain: longer, migrator }
}
