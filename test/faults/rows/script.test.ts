import { integer, type Migrator, type OperationRecorder, type Revision } from '@org/migrate-core'
import { describe, expect, it } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { driverText } from '../../kit/script-text.ts'
import { differences, type Ground, type GroundName } from '../grounds/ground.ts'
import { groundOn } from '../grounds/index.ts'
import { isThere, onGround } from '../kills/suite.ts'
import { dialectFor } from '../runner/dialects.ts'

const first: Revision = {
  revision: 'aaaaaaaaaaaa',
  downRevision: null,
  upgrade(op: OperationRecorder) {
    op.createTable('t', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('n', integer())
      t.primaryKey(['id'])
    })
    op.insertRows('t', [{ id: 1, n: 1 }], { key: ['id'] })
  },
}
const second: Revision = {
  revision: 'bbbbbbbbbbbb',
  downRevision: 'aaaaaaaaaaaa',
  upgrade(op: OperationRecorder) {
    op.alterTable('t', (t) => t.addColumn('more', integer(), { default: 5 }))
    op.insertRows('t', [{ id: 2, n: 2 }], { key: ['id'] })
  },
}
const third: Revision = {
  revision: 'cccccccccccc',
  downRevision: 'bbbbbbbbbbbb',
  upgrade(op: OperationRecorder) {
    op.alterTable('t', (t) => t.dropColumn('more'))
    op.insertRows('t', [{ id: 3, n: 3 }], { key: ['id'] })
  },
}
const chain = [first, second, third]

const servers = ['sqlite', 'postgres', 'mariadb', 'mysql'] as const satisfies readonly GroundName[]

/** As a client that stops at the first error: the error, or nothing. */
async function sent(ground: Ground, text: string): Promise<unknown> {
  const error = await ground.script(driverText(text)).then(
    () => undefined,
    (caught: unknown) => caught,
  )
  // A client that stops leaves its session, and with it what that had open and held.
  if (error !== undefined && ground.dialect === 'postgres')
    await ground.script('ROLLBACK; SELECT pg_advisory_unlock_all()')
  if (error !== undefined && ground.dialect === 'mysql') await ground.script('DO RELEASE_ALL_LOCKS()')
  return error
}

describe.each(servers.filter(isThere))('%s: a script', (name) => {
  const test = (title: string, body: (ground: Ground) => Promise<void>): void =>
    it(
      title,
      onGround(() => groundOn(name), body),
    )
  const migratorOn = (ground: Ground): { readonly migrator: Migrator; print(): Promise<string> } => {
    const dialect = dialectFor(ground.dialect, ground.url)
    const migrator = migratorOf(dialect, chain)
    return { migrator, print: () => migrator.script('head', { from: 'current' }) }
  }

  test('row 94: that is run twice stops the second time, and nothing is there twice', async (ground) => {
    const { migrator, print } = migratorOn(ground)
    const text = await print()
    expect(await sent(ground, text)).toBeUndefined()
    const once = await ground.inspect()
    expect(String(await sent(ground, text))).toMatch(/is not at base/)
    expect(differences(once.lasting, (await ground.inspect()).lasting)).toEqual([])
    expect((await migrator.upgrade()).applied).toEqual([])
  })

  test('row 94: that was written for another version stops at its first check, and a run resumes from where the database stands', async (ground) => {
    const { migrator, print } = migratorOn(ground)
    await migrator.upgrade('bbbbbbbbbbbb')
    const text = await print()
    await migrator.downgrade('aaaaaaaaaaaa')
    const before = await ground.inspect()
    expect(String(await sent(ground, text))).toMatch(/is not at bbbbbbbbbbbb/)
    expect(differences(before.lasting, (await ground.inspect()).lasting)).toEqual([])
    expect((await migrator.upgrade()).applied).toEqual(['main:bbbbbbbbbbbb', 'main:cccccccccccc'])
  })
})
