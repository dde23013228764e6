import { integer, type Migrator, type OperationRecorder, type Revision } from '@org/migrate-core'
import { describe, expect, it } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import type { Ground, GroundName } from '../grounds/ground.ts'
import { differences } from '../grounds/ground.ts'
import { groundOn } from '../grounds/index.ts'
import { isThere, onGround } from '../kills/suite.ts'
import { dialectFor } from '../runner/dialects.ts'

const making = (name: string) => (op: OperationRecorder) => {
  op.createTable(name, (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('n', integer())
    t.primaryKey(['id'])
  })
  op.insertRows(name, [{ id: 1, n: 1 }], { key: ['id'] })
}
const chainOf = (...names: readonly string[]): readonly Revision[] =>
  names.map((name, at) => ({
    revision: name.repeat(12),
    downRevision: names[at - 1]?.repeat(12) ?? null,
    upgrade: making(`t_${name}`),
  }))
const migratorOn = (ground: Ground, chain: readonly Revision[]): Migrator =>
  migratorOf(dialectFor(ground.dialect, ground.url), chain)
const ours = chainOf('a', 'b', 'c')

async function untouched(ground: Ground, run: () => Promise<unknown>, error: object): Promise<void> {
  const before = await ground.inspect()
  await expect(run()).rejects.toMatchObject(error)
  expect(differences(before.lasting, (await ground.inspect()).lasting)).toEqual([])
}

const servers = ['sqlite', 'postgres', 'mariadb', 'mysql'] as const satisfies readonly GroundName[]

describe.each(servers.filter(isThere))('%s: another database than was meant', (name) => {
  const test = (title: string, body: (ground: Ground) => Promise<void>): void =>
    it(
      title,
      onGround(() => groundOn(name), body),
    )

  test('row 73: of another program on the same tool is refused both ways, and not touched', async (ground) => {
    await migratorOn(ground, chainOf('x', 'y')).upgrade()
    const migrator = migratorOn(ground, ours)
    const code = 'UNKNOWN_APPLIED_REVISION'
    await untouched(ground, () => migrator.upgrade(), { code, message: expect.stringContaining('yyyyyyyyyyyy') })
    await untouched(ground, () => migrator.downgrade('base'), { message: expect.stringContaining('yyyyyyyyyyyy') })
  })

  test('row 73: with a table of another program under our name is refused, and that table stays as it was', async (ground) => {
    await ground.script("CREATE TABLE t_a (id int PRIMARY KEY, theirs varchar(9)); INSERT INTO t_a VALUES (7, 'kept')")
    await expect(migratorOn(ground, ours).upgrade()).rejects.toMatchObject({
      code: 'OBJECT_EXISTS',
      location: { revision: 'aaaaaaaaaaaa' },
    })
    expect((await ground.rows('SELECT * FROM t_a')).map((row) => ({ id: String(row.id), theirs: row.theirs }))).toEqual(
      [{ id: '7', theirs: 'kept' }],
    )
  })

  test('row 73: an empty one is not gone back in', async (ground) => {
    await expect(migratorOn(ground, ours).downgrade('-1')).rejects.toMatchObject({ code: expect.any(String) })
    expect(JSON.stringify((await ground.inspect()).raw)).not.toContain('t_a')
  })

  test('row 46: an older copy that was put back is resumed from where it stands', async (ground) => {
    const migrator = migratorOn(ground, ours)
    await migrator.upgrade('aaaaaaaaaaaa')
    const copy = await ground.save()
    expect((await migrator.upgrade()).applied).toEqual(['main:bbbbbbbbbbbb', 'main:cccccccccccc'])
    const expected = await ground.inspect()
    await ground.restore(copy)
    // The same program, which saw the head a moment ago.
    expect(await migrator.status()).toMatchObject({ state: 'behind' })
    expect((await migrator.upgrade()).applied).toEqual(['main:bbbbbbbbbbbb', 'main:cccccccccccc'])
    expect(differences(expected.lasting, (await ground.inspect()).lasting)).toEqual([])
  })
})
