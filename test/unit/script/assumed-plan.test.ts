import { expression, integer } from '@org/migrate-core'
import { contextOf, loadParts, planAssumed } from '@org/migrate-core/internal'
import { expect, test } from 'vitest'
import { line } from '../../kit/migrator.ts'
import { migratorOn } from '../run/kit.ts'

test('the plan of the files alone says what a step does besides, as the plan of a database does', async () => {
  const migrator = migratorOn(
    ':memory:',
    line(
      (op) => {
        op.createTable('t', (t) => t.column('a', integer()))
        op.createView('v', expression('SELECT a FROM t'))
      },
      (op) => op.renameColumn('t', 'a', 'b'),
    ),
  )
  const resolved = await loadParts(contextOf('report', migrator).resolved)
  const { steps } = await planAssumed(resolved, { from: 'r1', to: 'r2' })
  const caution = 'views that show t.a show it as b from now on, unless they name it with AS: v'
  expect(steps.map(({ notes }) => notes)).toEqual([[caution]])
})
