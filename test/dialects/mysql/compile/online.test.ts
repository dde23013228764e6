import type { Operation } from '@org/migrate-core/dialect'
import { expect, it } from 'vitest'
import { compileOperations } from '../../../../packages/core/src/compile/compile.ts'
import type { OperationLimits } from '../../../../packages/core/src/operations/recording.ts'
import { describeOnEach } from '../../../kit/servers.ts'
import { live } from './kit.ts'

const t = { name: 't' }

describeOnEach(['mysql', 'mariadb'], 'how a table may be changed', (createDatabase, flavour) => {
  async function at(operation: Operation, limits: OperationLimits) {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (id int PRIMARY KEY, a int)')
    const { dialect, session, introspect, shown } = await live(db)
    const { groups } = compileOperations(dialect, await introspect('t'), [{ operation, limits }])
    const [statement] = groups.flatMap((group) => group.statements)
    return { statement, shown, run: () => session.execute(statement?.sql ?? '') }
  }

  it('is asked for, and done so', async () => {
    const column = { name: 'b', type: { kind: 'integer', bits: 64 }, nullable: true } as const
    const requested = await at({ kind: 'addColumn', table: t, column }, { algorithm: 'instant', lock: 'none' })
    const lock = flavour === 'mysql' ? '' : ', LOCK=NONE'
    expect(requested.statement?.sql).toBe(`ALTER TABLE \`t\` ADD COLUMN \`b\` bigint, ALGORITHM=INSTANT${lock}`)
    await requested.run()
    expect(await requested.shown('t')).toContain('`b` bigint')
  })

  it('is refused by the server where it cannot, with what to do, and nothing is changed', async () => {
    const change = { type: { kind: 'varchar', length: 20 } } as const
    const requested = await at(
      { kind: 'alterColumn', table: t, column: 'a', change },
      { algorithm: 'inplace', lock: 'none' },
    )
    expect(requested.statement?.sql).toMatch(
      /^ALTER TABLE `t` MODIFY COLUMN `a` varchar\(20\).*, ALGORITHM=INPLACE, LOCK=NONE$/,
    )
    expect(requested.statement?.remedy).toBe(
      'The server does not make this change with ALGORITHM=INPLACE and LOCK=NONE: ask for less in op.limits, or leave it out there.',
    )
    const before = await requested.shown('t')
    await expect(requested.run()).rejects.toMatchObject({ errno: 1846 })
    expect(await requested.shown('t')).toBe(before)
  })
})
