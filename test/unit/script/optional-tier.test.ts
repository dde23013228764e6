import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMigrator, graphOf, integer, type Migrator, type OperationRecorder, revisions } from '@org/migrate-core'
import { sequential } from '@org/migrate-core/node'
import { afterAll, expect, test } from 'vitest'
import { line, migratorOf } from '../../kit/migrator.ts'
import { describeOnGrounds, type Ground } from './ground.ts'

const folder = mkdtempSync(join(tmpdir(), 'optional-script-'))
afterAll(() => rmSync(folder, { recursive: true }))
writeFileSync(join(folder, '001_first.ts'), "export function migrate(op) { op.sql('CREATE TABLE old (n int)') }\n")

const notes = (op: OperationRecorder): void => op.createTable('notes', (t) => t.column('n', integer()))
const tags = (op: OperationRecorder): void => op.createTable('tags', (t) => t.column('n', integer()))

/** The program of later, which has a tier more. */
const later = (ground: Ground): Migrator =>
  createMigrator({
    dialect: ground.dialect(),
    tiers: [sequential(folder, { optional: true }), graphOf(revisions(line(notes, tags)))],
  })

const secondOf = (ground: Ground): Promise<string> =>
  later(ground).script('r2', { from: 'r1', ...ground.scriptOptions })

describeOnGrounds('a script that assumes its start, with an optional tier before', (createGround, name) => {
  test('meets a history that began without the tier', async () => {
    const ground = await createGround()
    await migratorOf(ground.dialect(), line(notes)).upgrade()
    const ran = ground.client(await secondOf(ground))
    // SQLite refuses a statement that reads a table that is not there, whatever else it asks.
    if (name === 'sqlite') {
      expect(ran).toMatchObject({ stopped: true, output: expect.stringContaining('no such table: migratehistory') })
      return
    }
    expect(ran).toMatchObject({ stopped: false })
    expect(await later(ground).status()).toMatchObject({ state: 'atHead', revision: ['r2'] })
  })

  test('stops where a revision of the tier is missing', async () => {
    const ground = await createGround()
    await later(ground).upgrade('r1')
    ground.client('DELETE FROM migratehistory;')
    const { stopped, output } = ground.client(await secondOf(ground))
    expect(stopped).toBe(true)
    expect(output).toContain('migratehistory is not at 001_first')
  })
})
