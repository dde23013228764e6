/** settings of tools and functions; functions can be switched on, those that are there are off */
import { boolean, type OperationRecorder, text } from '@org/migrate-core'
import { flag } from '../data/legacy-columns.ts'

export function migrate(op: OperationRecorder) {
  op.alterTable('tool', (t) => {
    t.addColumn('valves', text())
  })
  op.alterTable('function', (t) => {
    t.addColumn('valves', text())
    t.addColumn('is_active', boolean(), { ...flag, default: false })
    t.alterColumn('is_active', { default: null })
  })
}

export function rollback(op: OperationRecorder) {
  op.alterTable('function', (t) => {
    t.dropColumn('is_active')
    t.dropColumn('valves')
  })
  op.alterTable('tool', (t) => {
    t.dropColumn('valves')
  })
}
