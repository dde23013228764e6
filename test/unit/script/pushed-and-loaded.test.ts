import { loadSnapshot, makeSnapshot, pushChanges, readSource } from '@org/migrate-autogenerate'
import { integer, type OperationRecorder } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { line, migratorOf } from '../../kit/migrator.ts'
import { anything, describeOnGrounds } from './ground.ts'

const notes = (op: OperationRecorder): void =>
  op.createTable('notes', (t) => {
    t.column('id', integer(), { nullable: false })
    t.primaryKey(['id'])
  })
const tags = (op: OperationRecorder): void => op.createTable('tags', (t) => t.column('id', integer()))
const declaration = 'CREATE TABLE notes (id INTEGER NOT NULL PRIMARY KEY); CREATE TABLE tags (id INTEGER);'

describeOnGrounds('a script for a database that was pushed, or loaded from a snapshot', (createGround) => {
  test('runs on revisions that were loaded', async () => {
    const ground = await createGround()
    const loaded = migratorOf(ground.dialect(), line(notes))
    await loadSnapshot(loaded, (await makeSnapshot(loaded)).text)
    const migrator = migratorOf(ground.dialect(), line(notes, tags))
    expect(ground.client(await migrator.script('r2', { from: 'r1', ...ground.scriptOptions }))).toMatchObject({
      stopped: false,
    })
    expect(await migrator.status()).toMatchObject({ state: 'atHead', revision: ['r2'] })
  })

  test('stops before revisions that would run on a push, and stamps them', async () => {
    const ground = await createGround()
    const migrator = migratorOf(ground.dialect(), line(notes, tags))
    const texts = [{ file: 'schema.sql', text: declaration }]
    await pushChanges(migrator, await readSource(ground.dialect(), { kind: 'sql', texts }))
    expect(await migrator.status()).toHaveProperty('pushedAt')
    const before = await anything(ground)
    const { stopped, output } = ground.client(await migrator.script('r2', ground.scriptOptions))
    expect(stopped).toBe(true)
    expect(output).toContain('the database was pushed: run migrate upgrade')
    expect(await anything(ground)).toEqual(before)
    const stamp = await migrator.script('r2', { command: 'stamp', ...ground.scriptOptions })
    expect(ground.client(stamp)).toMatchObject({ stopped: false })
    expect(await migrator.status()).not.toHaveProperty('pushedAt')
    expect(await migrator.history()).toMatchObject([{ revision: 'r2', direction: 'stamp' }])
  })
})
