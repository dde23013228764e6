import { createMigrator, graphOf, integer, type OperationRecorder, revisions } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { dialectFor } from '../faults/runner/dialects.ts'
import { errorOf, type Recorded } from '../kit/migrator.ts'
import { describeOnEach, familyOf } from '../kit/servers.ts'

const createT: Recorded = (op) =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('n', integer())
    t.primaryKey(['id'])
  })

describeOnEach(['postgres', 'mariadb', 'mysql'], 'a downgrade below what another branch', (createDatabase, server) => {
  it.each<readonly [string, Recorded]>([
    ['renamed', (op: OperationRecorder) => op.renameColumn('t', 'n', 'm')],
    ['dropped', (op: OperationRecorder) => op.dropColumn('t', 'n')],
    ['renamed with its table', (op: OperationRecorder) => op.renameTable('t', 'u')],
  ])('%s is advised to revert that branch first, and leaves nothing then', async (_, other) => {
    const { url, sql } = await createDatabase()
    const given: Recorded = (op) => op.alterColumn('t', 'n', { default: 3 })
    const tier = graphOf(
      revisions([
        { revision: 'a1', downRevision: null, upgrade: createT },
        { revision: 'b1', downRevision: 'a1', branchLabels: ['one'], upgrade: given },
        { revision: 'c1', downRevision: 'a1', branchLabels: ['two'], upgrade: other },
      ]),
    )
    const migrator = createMigrator({ dialect: dialectFor(familyOf(server), url), tiers: [tier] })
    await migrator.upgrade('b1')
    await migrator.upgrade('c1')
    const { code, remedy } = await errorOf(migrator.downgrade('one@-1'))
    expect(code).toBe('DRIFT')
    expect(remedy).toContain('revert that one first (`migrate downgrade <label>@-1`)')
    await migrator.downgrade('two@-1')
    await migrator.downgrade('a1')
    await sql('INSERT INTO t (id) VALUES (1)')
    expect(await sql('SELECT n FROM t')).toMatchObject([{ n: null }])
  })
})
