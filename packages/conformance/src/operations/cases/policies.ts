import { type AlterTableRecorder, expression } from '@org/migrate-core'
import type { Build, Cases, OperationCase } from './case.ts'
import { item, plainItem } from './world.ts'

/** Forced, it would hide the rows from a run, too, and the server refuses to. */
const secured: Build = (op) => {
  item(op)
  op.alterTable('item', (t) => {
    t.rowSecurity({ enabled: true })
    t.createPolicy('above', { for: 'select', using: expression('n > 0') })
  })
}

const change = (title: string, given: Build, alter: (t: AlterTableRecorder) => void): OperationCase => ({
  title,
  given,
  change: (op) => op.alterTable('item', alter),
})

const both = { using: expression('n > 0'), withCheck: expression('n > 1') }

export const policyCases: Cases<'setRowSecurity' | 'createPolicy' | 'alterPolicy' | 'dropPolicy'> = {
  setRowSecurity: [
    change('enabled and forced', plainItem, (t) => t.rowSecurity({ enabled: true, forced: true })),
    change('disabled', secured, (t) => t.rowSecurity({ enabled: false })),
  ],
  createPolicy: [
    change('for one command', plainItem, (t) => t.createPolicy('above', { for: 'select', using: expression('n > 0') })),
    change('restrictive, with both expressions', plainItem, (t) =>
      t.createPolicy('above', { as: 'restrictive', to: 'pg_monitor', ...both }),
    ),
  ],
  alterPolicy: [
    change('roles and expression', secured, (t) =>
      t.alterPolicy('above', { to: 'pg_monitor', using: expression('n > 5') }),
    ),
    change('its command', secured, (t) => t.alterPolicy('above', { for: 'all', as: 'restrictive' })),
  ],
  dropPolicy: [change('plain', secured, (t) => t.dropPolicy('above'))],
}
