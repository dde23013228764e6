import { join } from 'node:path'
import { integer, isMigrateError } from '@org/migrate-core'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { line } from '../../kit/migrator.ts'
import { migratorOn, temporaryFolder } from './kit.ts'

const folder = temporaryFolder()

const chain = line((op) =>
  op.createTable('t', (t) => {
    t.column('id', integer())
  }),
)

/** Another program has the file to itself until the function given is called. */
function lockFile(file: string): () => void {
  const other = new Database(file)
  other.exec('CREATE TABLE theirs (a); BEGIN EXCLUSIVE; INSERT INTO theirs VALUES (1)')
  return () => {
    other.exec('COMMIT')
    other.close()
  }
}

test('a run waits for its turn also to look, says that it waits, and then runs', async () => {
  const file = join(folder.path, 'a.db')
  const release = lockFile(file)
  const waits: number[] = []
  const run = migratorOn(file, chain).upgrade('head', {
    onEvent: (event) => {
      if (event.type !== 'waiting') return
      waits.push(event.waitedMs)
      if (waits.length === 1) release()
    },
  })
  expect((await run).applied).toEqual(['main:r1'])
  expect(waits).toHaveLength(1)
})

test('a run that waits can be stopped, and one that waited long enough says so', async () => {
  const file = join(folder.path, 'b.db')
  const release = lockFile(file)
  const stop = new AbortController()
  const stopped = migratorOn(file, chain).upgrade('head', { signal: stop.signal })
  stop.abort()
  await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' })
  const late = await migratorOn(file, chain, { waitMs: 50 })
    .upgrade()
    .catch((error: unknown) => error)
  expect(isMigrateError(late, 'DATABASE_BUSY')).toBe(true)
  release()
})
