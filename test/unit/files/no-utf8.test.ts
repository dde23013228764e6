import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMigrator } from '@org/migrate-core'
import { graph, sequential } from '@org/migrate-core/node'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, onTestFinished, test } from 'vitest'

const header = "export const revision = 'aaaaaaaaaaaa'\nexport const downRevision = null\n"
const insert = (name: string): string => `
  op.createTable('towns', (t) => { t.column('name', { kind: 'text' }) })
  op.insertRows('towns', [{ name: '${name}' }])
`
const kinds = {
  'aaaaaaaaaaaa_towns.ts': [graph, (name: string) => `${header}export function upgrade(op: any) {${insert(name)}}\n`],
  'aaaaaaaaaaaa_towns.mjs': [graph, (name: string) => `${header}export function upgrade(op) {${insert(name)}}\n`],
  '001_towns.mjs': [sequential, (name: string) => `export function migrate(op) {${insert(name)}}\n`],
} as const

// An editor of Windows saves as Latin-1; Node reads each such byte as U+FFFD, which would be the name of the town from then on.
test.each(Object.entries(kinds))('%s in another encoding is not run', async (file, [tier, text]) => {
  const folder = mkdtempSync(join(tmpdir(), 'no-utf8-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, file)
  const migrator = createMigrator({ dialect: sqliteDialect({ url: 'sqlite://' }), tiers: [tier(folder)] })
  writeFileSync(path, Buffer.from(text('Köln'), 'latin1'))
  await expect(migrator.upgrade()).rejects.toMatchObject({
    code: 'REVISION_UNREADABLE',
    details: { file: path, why: 'is no UTF-8' },
    remedy: 'Save the file as UTF-8.',
  })
  // The character itself is one that an author may write.
  writeFileSync(path, text('K\uFFFDln'))
  await migrator.upgrade()
})
