import type { Operation } from '@org/migrate-core/dialect'
import { expect, it } from 'vitest'
import { compileOperations } from '../../packages/core/src/compile/compile.ts'
import type { OperationLimits } from '../../packages/core/src/operations/recording.ts'
import { describeOnEach } from '../kit/servers.ts'
import { live } from './kit.ts'

const t = { name: 't' }

describeOnEach(['mysql', 'mariadb'], 'how a table may be changed', (createDatabase, flavour) => {
  async function at(operation: Operation, limits: OperationLimits) {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (id int PRIMARY KEY, a int)')
    const { dialect, session, look, shown } = await live(db)
    const { groups } = compileOperations(dialect, await look('t'), [{ operation, limits }])
    const [statement] = groups.flatMap((group) => group.statements)
    return { statement, shown, run: () => session.execute(statement?.sql ?? '') }
  }

  it('is asked for, and done so', async () => {
    const column = { name: 'b', type: { kind: 'integer', bits: 64 }, nullable: true } as const
    const asked = await at({ kind: 'addColumn', table: t, column }, { algorithm: 'instant', lock: 'none' })
    const lock = flavour === 'mysql' ? '' : ', LOCK=NONE'
    expect(asked.statement?.sql).toBe(`ALTER TABLE \`t\` ADD COLUMN \`b\` bigint, ALGORITHM=INSTANT${lock}`)
    await asked.run()
    expect(await asked.shown('t')).toContain('`b` bigint')
  })

  it('is refused by the server where it cannot, with what to do, and nothing is changed', async () => {
    const change = { type: { kind: 'varchar', length: 10 } } as const
    const asked = await at(
      { kind: 'alterColumn', table: t, column: 'a', change },
      { algorithm: 'inplace', lock: 'none' },
    )
    expect(asked.statement?.sql).toMatch(
      /^ALTER TABLE `t` MODIFY COLUMN `a` varchar\(10\).*, ALGORITHM=INPLACE, LOCK=NONE$/,
    )
    expect(asked.statement?.remedy).toBe(
      'The server does not make this change with ALGORITHM=INPLACE and LOCK=NONE: ask for less in op.limits, or leave it out there.',
    )
    const before = await asked.shown('t')
    await expect(asked.run()).rejects.toMatchObject({ errno: 1846 })
    expect(await asked.shown('t')).toBe(before)
  })
})
