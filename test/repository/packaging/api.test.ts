import { relative } from 'node:path'
import { expect, test } from 'vitest'
import { differing, reports } from '../../../scripts/api-report.mjs'
import { root } from '../tree.ts'

const all = reports()

test('the surface of the packages is the one that was looked at: else `npm run build && npm run api`, and look', () => {
  expect(differing(all).map((file) => relative(root, file))).toEqual([])
})

test('a changed signature, a new entry and a lost one are differences', () => {
  const [file = '', text = ''] = [...all][0] ?? []
  expect(differing(new Map([...all, [file, text.replace(': Promise<', ': Generator<')]]))).toEqual([file])
  expect(differing(new Map([...all, ['new.api.md', '']]))).toEqual(['new.api.md'])
  expect(differing(new Map([...all].slice(1)))).toEqual([file])
})

test('the reports name what a service calls', () => {
  const text = [...all.values()].join('\n')
  for (const line of [
    'function createMigrator(options: MigratorOptions): Migrator;',
    'function sqliteDialect(options: SqliteOptions): UnloadedDialect;',
  ]) {
    expect(text).toContain(line)
  }
})
