import { stairway } from '@org/migrate-autogenerate'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, test } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { sqliteFaults } from './faults.ts'

test.each(sqliteFaults)('it is found where $fault', async ({ chain, kind, names }) => {
  const migrator = migratorOf(sqliteDialect({ url: 'sqlite:/nowhere/app.db' }), chain)
  const { ok, revisions } = await stairway({ migrator })
  const [first, last] = revisions
  expect(first?.findings).toEqual([])
  expect(ok).toBe(false)
  const lines =
    last?.findings.flatMap((each) => [each.what, ...each.differences].map((text) => `${each.kind}: ${text}`)) ?? []
  expect(
    lines.filter((each) => each.startsWith(`${kind}: `) && names.test(each)).length,
    lines.join('\n'),
  ).toBeGreaterThan(0)
})
