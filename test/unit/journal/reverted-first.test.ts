import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMigrator, graphOf, integer, type OperationRecorder, revisions } from '@org/migrate-core'
import { sequential } from '@org/migrate-core/node'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { expect, it, onTestFinished } from 'vitest'
import { line, migratorOf } from '../../kit/migrator.ts'
import { describeOnDialects } from '../../kit/servers.ts'

const table = (op: OperationRecorder): void => op.createTable('t', (t) => t.column('n', integer()))

describeOnDialects(['mariadb', 'mysql'], 'a history that begins with a step that was taken back', (createDatabase) => {
  it('began without an optional tier that came later', async () => {
    const db = await createDatabase()
    const dialect = mysqlDialect({ url: db.url })
    const failing = migratorOf(
      dialect,
      line((op) => {
        table(op)
        op.sql('CREATE TABLE t (n int)')
      }),
    )
    await expect(failing.upgrade()).rejects.toMatchObject({ outcome: 'interrupted' })
    await failing.resume({ revert: true })
    await migratorOf(dialect, line(table)).upgrade()

    const folder = mkdtempSync(join(tmpdir(), 'migrate-reverted-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    writeFileSync(join(folder, '001_first.ts'), "export function migrate(op) { op.sql('CREATE TABLE old (n int)') }\n")
    const tiers = [sequential(folder, { optional: true }), graphOf(revisions(line(table)))]
    const { applied, heads } = await createMigrator({ dialect, tiers }).upgrade()
    expect({ applied, heads }).toEqual({ applied: [], heads: [{ tier: 'main', heads: ['r1'] }] })
  })
})
