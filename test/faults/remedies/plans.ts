import { createMigrator, graphOf, integer, type Revision, revisions, text } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { line, type Recorded } from '../../kit/migrator.ts'
import { migratorOn } from '../../unit/run/kit.ts'
import type { Answers, Sandbox } from './scenario.ts'

const table: Recorded = (op) =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', text())
    t.primaryKey(['id'])
  })
const column: Recorded = (op) => op.alterTable('t', (t) => t.addColumn('more', text()))
const opaque: Recorded = (op) => op.sql('CREATE TABLE u (x)')
const at = (sandbox: Sandbox, chain: readonly Revision[] = line(table, column)) => migratorOn(sandbox.file, chain)
const stepUp = { up: (op: Parameters<Recorded>[0]) => op.run('x', { up: async () => {}, down: async () => {} }) }
const withStep = line(table, stepUp.up)
const foreign = {
  tables: ['alembic_version'],
  find: async () => ({ table: 'alembic_version', stamp: ['x'], message: 'theirs', differences: [] }),
}
const guarded = ({ file }: Sandbox, more: { readonly ignoreForeignHistory?: readonly string[] } = {}) =>
  createMigrator({
    dialect: sqliteDialect({ url: `sqlite:${file}` }),
    tiers: [graphOf(revisions(line(table)), { foreignHistory: foreign })],
    ...more,
  })

export const planAnswers: Answers = {
  INVALID_DOWNGRADE_TARGET: [
    {
      follows: 'Name an applied revision',
      before: (sandbox) => at(sandbox).upgrade('r1'),
      call: (sandbox) => at(sandbox).downgrade('r2'),
      afterwards: (sandbox) => at(sandbox).downgrade('r1'),
    },
    {
      follows: 'or `base`',
      before: (sandbox) => at(sandbox).upgrade('r1'),
      call: (sandbox) => at(sandbox).downgrade('r2'),
      afterwards: (sandbox) => at(sandbox).downgrade('base'),
    },
  ],
  OVERLAPPING_TARGETS: [
    {
      follows: 'Name only the later one',
      call: (sandbox) => at(sandbox).stamp(['r1', 'r2']),
      afterwards: (sandbox) => at(sandbox).stamp('r2'),
    },
  ],
  IRREVERSIBLE: [
    {
      follows: 'Write a downgrade function',
      before: (sandbox) => at(sandbox, line(table, opaque)).upgrade(),
      call: (sandbox) => at(sandbox, line(table, opaque)).downgrade('r1'),
      afterwards: (sandbox) =>
        at(sandbox, line(table, { up: opaque, down: (op) => op.sql('DROP TABLE u') })).downgrade('r1'),
    },
    {
      follows: 'or give the operation an inverse',
      call: async (sandbox) => {
        await at(sandbox, line(table, opaque)).upgrade()
        await at(sandbox, line(table, opaque)).downgrade('r1')
      },
      follow: (sandbox) =>
        sandbox.sql(
          "DROP TABLE u; DELETE FROM migrate_history WHERE revision = 'r2'; UPDATE migrate_version SET version_num = 'r1'",
        ),
      afterwards: async (sandbox) => {
        const chain = line(table, (op) => op.sql('CREATE TABLE u (x)', { inverse: 'DROP TABLE u' }))
        await at(sandbox, chain).upgrade()
        await at(sandbox, chain).downgrade('r1')
      },
    },
  ],
  REVISION_FILE_NEEDED: [
    {
      follows: 'Bring the revision file back',
      before: (sandbox) => at(sandbox, withStep).upgrade(),
      call: (sandbox) => at(sandbox, line(table)).downgrade('base'),
      afterwards: (sandbox) => at(sandbox, withStep).downgrade('base'),
    },
  ],
  UNKNOWN_APPLIED_REVISION: [
    {
      follows: 'bring their files back',
      before: (sandbox) => at(sandbox).upgrade(),
      call: (sandbox) => at(sandbox, line(table)).upgrade(),
      afterwards: (sandbox) => at(sandbox).upgrade(),
    },
  ],
  PLAN_STALE: [
    {
      follows: 'Plan again',
      call: async (sandbox) => {
        const plan = await at(sandbox).plan('head')
        await at(sandbox).upgrade('r1')
        for await (const _ of at(sandbox).run(plan));
      },
      afterwards: async (sandbox) => {
        for await (const _ of at(sandbox).run(await at(sandbox).plan('head')));
      },
    },
  ],
  TIER_UNKNOWN: [
    {
      follows: 'Name one of the tiers',
      call: (sandbox) => at(sandbox).upgrade('head', { tier: 'nope' }),
      afterwards: (sandbox) => at(sandbox).upgrade('head', { tier: 'main' }),
    },
  ],
  FOREIGN_HISTORY: [
    {
      follows: '--ignore-foreign-history',
      before: (sandbox) => sandbox.sql('CREATE TABLE alembic_version (version_num TEXT)'),
      call: (sandbox) => guarded(sandbox).upgrade(),
      afterwards: (sandbox) => guarded(sandbox, { ignoreForeignHistory: ['alembic_version'] }).upgrade(),
    },
    {
      follows: 'Use a database of its own',
      before: (sandbox) => sandbox.sql('CREATE TABLE alembic_version (version_num TEXT)'),
      call: (sandbox) => guarded(sandbox).upgrade(),
      afterwards: (sandbox) => guarded({ ...sandbox, file: `${sandbox.file}2` }).upgrade(),
    },
  ],
  DATA_LOSS: [
    {
      follows: 'Allow it with --allow-data-loss',
      before: async (sandbox) => {
        await at(sandbox).upgrade()
        sandbox.sql("INSERT INTO t VALUES (1, 'a', 'b'), (2, 'a', 'b')")
      },
      call: (sandbox) => migratorOn(sandbox.file, line(table, column), { preserve: { maxBytes: 400 } }).downgrade('r1'),
      afterwards: (sandbox) =>
        migratorOn(sandbox.file, line(table, column), { preserve: { maxBytes: 400 } }).downgrade('r1', {
          allowDataLoss: true,
        }),
    },
    {
      follows: 'raise the limits under `preserve`',
      before: async (sandbox) => {
        await at(sandbox).upgrade()
        sandbox.sql("INSERT INTO t VALUES (1, 'a', 'b'), (2, 'a', 'b')")
      },
      call: (sandbox) => migratorOn(sandbox.file, line(table, column), { preserve: { maxBytes: 400 } }).downgrade('r1'),
      afterwards: (sandbox) => at(sandbox).downgrade('r1'),
    },
  ],
  DRIFT: [
    {
      follows: '--accept-drift',
      before: async (sandbox) => {
        await at(
          sandbox,
          line(table, (op) => op.createIndex('t', 'by_name', ['name'])),
        ).upgrade()
        sandbox.sql('DROP INDEX by_name; CREATE INDEX by_name ON t (id)')
      },
      call: (sandbox) =>
        at(
          sandbox,
          line(table, (op) => op.createIndex('t', 'by_name', ['name'])),
        ).downgrade('r1'),
      afterwards: (sandbox) =>
        at(
          sandbox,
          line(table, (op) => op.createIndex('t', 'by_name', ['name'])),
        ).downgrade('r1', { acceptDrift: true }),
    },
  ],
}
