import { keepDataSteps, type OperationRecorder, varchar } from '@org/migrate-core'
import { record } from '@org/migrate-core/internal'
import { expect, test } from 'vitest'

const upgradeOfOld = (op: OperationRecorder): void => {
  op.addColumn('accounts', 'locale', varchar(12))
  op.limits({ lockMs: 2000, statementMs: 0 }, (limited) => {
    limited.dropColumn('accounts', 'language')
    limited.run('fill locales', { up: async () => undefined, down: 'none' })
    limited.on({ otherwise: (inner) => inner.run('lower emails', { up: async () => undefined, down: 'none' }) })
    limited.run('left out', { up: async () => undefined, down: 'none' })
  })
}

test('a squashed revision has the data steps that a replaced one records under limits, with these limits', () => {
  const { operations } = record({
    revision: 's1',
    dialect: 'postgres',
    build: (op) => keepDataSteps(op, upgradeOfOld, ['fill locales', 'lower emails']),
  })
  expect(operations.map(({ operation, limits }) => ({ operation, limits }))).toEqual(
    ['fill locales', 'lower emails'].map((label) => ({
      operation: { kind: 'run', label, down: 'none', direction: 'up' },
      limits: { lockMs: 2000, statementMs: 0 },
    })),
  )
})
