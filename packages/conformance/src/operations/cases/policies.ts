import { expression } from '@org/migrate-core'
import type { Build, Cases } from './case.ts'
import { item } from './world.ts'

/** Forced, it would hide the rows from a run, too, and the server refuses to. */
const secured: Build = (op) => {
  item(op)
  op.alterTable('item', (t) => {
    t.rowSecurity({ enabled: true })
    t.createPolicy('above', { for: 'select', using: expression('n > 0') })
  })
}

export const policyCases: Cases<'setRowSecurity' | 'createPolicy' | 'alterPolicy' | 'dropPolicy'> = {
  setRowSecurity: [
    {
      title: 'enabled and forced',
      given: (op) => item(op),
      change: (op) => op.alterTable('item', (t) => t.rowSecurity({ enabled: true, forced: true })),
    },
    {
      title: 'disabled',
      given: secured,
      change: (op) => op.alterTable('item', (t) => t.rowSecurity({ enabled: false })),
    },
  ],
  createPolicy: [
    {
      title: 'for one command',
      given: (op) => item(op),
      change: (op) =>
        op.alterTable('item', (t) => t.createPolicy('above', { for: 'select', using: expression('n > 0') })),
    },
    {
      title: 'restrictive, with both expressions',
      given: (op) => item(op),
      change: (op) =>
        op.alterTable('item', (t) =>
          t.createPolicy('above', {
            as: 'restrictive',
            to: 'pg_monitor',
            using: expression('n > 0'),
            withCheck: expression('n > 1'),
          }),
        ),
    },
  ],
  alterPolicy: [
    {
      title: 'roles and expression',
      given: secured,
      change: (op) =>
        op.alterTable('item', (t) => t.alterPolicy('above', { to: 'pg_monitor', using: expression('n > 5') })),
    },
    {
      title: 'its command',
      given: secured,
      change: (op) => op.alterTable('item', (t) => t.alterPolicy('above', { for: 'all', as: 'restrictive' })),
    },
  ],
  dropPolicy: [{ title: 'plain', given: secured, change: (op) => op.alterTable('item', (t) => t.dropPolicy('above')) }],
}
