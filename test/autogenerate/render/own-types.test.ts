import { type BodyChanges, renderBody } from '@org/migrate-autogenerate'
import type { ColumnType } from '@org/migrate-core/dialect'

import { expect, test } from 'vitest'

const isMoney = (type: ColumnType): boolean => type.kind === 'decimal' && type.precision === 12 && type.scale === 2
const upgrade: BodyChanges = new Map([
  [
    'sqlite',
    [
      {
        kind: 'operation',
        operation: {
          kind: 'addColumn',
          table: { name: 'orders' },
          column: { name: 'total', type: { kind: 'decimal', precision: 12, scale: 2 }, nullable: true },
        },
      },
      {
        kind: 'operation',
        operation: {
          kind: 'alterColumn',
          table: { name: 'orders' },
          column: 'tax',
          change: { type: { kind: 'decimal', precision: 12, scale: 2 } },
        },
      },
      {
        kind: 'operation',
        operation: {
          kind: 'addColumn',
          table: { name: 'orders' },
          column: { name: 'note', type: { kind: 'text' }, nullable: true },
        },
      },
    ],
  ],
])

test('a type that the project has a word of its own for is written with it, and imported', () => {
  const renderType = (type: ColumnType) =>
    isMoney(type) ? { code: 'money()', imports: { '../types.ts': ['money'] } } : undefined
  const { imports, code } = renderBody({ upgrade, renderType })
  expect(imports).toBe(
    "import { type OperationRecorder, text } from '@org/migrate-core'\nimport { money } from '../types.ts'",
  )
  expect(code).toBe(`export function upgrade(op: OperationRecorder) {
  op.alterTable('orders', (t) => {
    t.addColumn('total', money())
    t.alterColumn('tax', { type: money() })
    t.addColumn('note', text())
  })
}`)
})
