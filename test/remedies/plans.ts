import { createMigrator, graphOf, integer, type Revision, revisions, text } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { line, migratorOf, type Recorded } from '../execute/kit.ts'
import type { Answers, Place } from './scenario.ts'

const table: Recorded = (op) =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', text())
    t.primaryKey(['id'])
  })
const column: Recorded = (op) => op.alterTable('t', (t) => t.addColumn('more', text()))
const opaque: Recorded = (op) => op.sql('CREATE TABLE u (x)')
const at = (place: Place, chain: readonly Revision[] = line(table, column)) => migratorOf(place.file, chain)
const stepUp = { up: (op: Parameters<Recorded>[0]) => op.run('x', { up: async () => {}, down: async () => {} }) }
const withStep = line(table, stepUp.up)
const foreign = {
  tables: ['alembic_version'],
  find: async () => ({ table: 'alembic_version', stamp: ['x'], message: 'theirs', differences: [] }),
}
const guarded = ({ file }: Place, more: { readonly ignoreForeignHistory?: readonly string[] } = {}) =>
  createMigrator({
    dialect: sqliteDialect({ url: `sqlite:${file}` }),
    tiers: [graphOf(revisions(line(table)), { foreignHistory: foreign })],
    ...more,
  })

export const planAnswers: Answers = {
  INVALID_DOWNGRADE_TARGET: [
    {
      follows: 'Name an applied revision',
      before: (place) => at(place).upgrade('r1'),
      call: (place) => at(place).downgrade('r2'),
      afterwards: (place) => at(place).downgrade('r1'),
    },
    {
      follows: 'or `base`',
      before: (place) => at(place).upgrade('r1'),
      call: (place) => at(place).downgrade('r2'),
      afterwards: (place) => at(place).downgrade('base'),
    },
  ],
  OVERLAPPING_TARGETS: [
    {
      follows: 'Name only the later one',
      call: (place) => at(place).stamp(['r1', 'r2']),
      afterwards: (place) => at(place).stamp('r2'),
    },
  ],
  IRREVERSIBLE: [
    {
      follows: 'Write a downgrade function',
      before: (place) => at(place, line(table, opaque)).upgrade(),
      call: (place) => at(place, line(table, opaque)).downgrade('r1'),
      afterwards: (place) =>
        at(place, line(table, { up: opaque, down: (op) => op.sql('DROP TABLE u') })).downgrade('r1'),
    },
    {
      follows: 'or give the operation an inverse',
      call: async (place) => {
        await at(place, line(table, opaque)).upgrade()
        await at(place, line(table, opaque)).downgrade('r1')
      },
      follow: (place) =>
        place.sql(
          "DROP TABLE u; DELETE FROM migrate_history WHERE revision = 'r2'; UPDATE migrate_version SET version_num = 'r1'",
        ),
      afterwards: async (place) => {
        const chain = line(table, (op) => op.sql('CREATE TABLE u (x)', { inverse: 'DROP TABLE u' }))
        await at(place, chain).upgrade()
        await at(place, chain).downgrade('r1')
      },
    },
  ],
  REVISION_FILE_NEEDED: [
    {
      follows: 'Bring the revision file back',
      before: (place) => at(place, withStep).upgrade(),
      call: (place) => at(place, line(table)).downgrade('base'),
      afterwards: (place) => at(place, withStep).downgrade('base'),
    },
  ],
  UNKNOWN_APPLIED_REVISION: [
    {
      follows: 'bring their files back',
      before: (place) => at(place).upgrade(),
      call: (place) => at(place, line(table)).upgrade(),
      afterwards: (place) => at(place).upgrade(),
    },
  ],
  PLAN_STALE: [
    {
      follows: 'Plan again',
      call: async (place) => {
        const plan = await at(place).plan('head')
        await at(place).upgrade('r1')
        for await (const _ of at(place).run(plan));
      },
      afterwards: async (place) => {
        for await (const _ of at(place).run(await at(place).plan('head')));
      },
    },
  ],
  TIER_UNKNOWN: [
    {
      follows: 'Name one of the tiers',
      call: (place) => at(place).upgrade('head', { tier: 'nope' }),
      afterwards: (place) => at(place).upgrade('head', { tier: 'main' }),
    },
  ],
  FOREIGN_HISTORY: [
    {
      follows: '--ignore-foreign-history',
      before: (place) => place.sql('CREATE TABLE alembic_version (version_num TEXT)'),
      call: (place) => guarded(place).upgrade(),
      afterwards: (place) => guarded(place, { ignoreForeignHistory: ['alembic_version'] }).upgrade(),
    },
    {
      follows: 'Use a database of its own',
      before: (place) => place.sql('CREATE TABLE alembic_version (version_num TEXT)'),
      call: (place) => guarded(place).upgrade(),
      afterwards: (place) => guarded({ ...place, file: `${place.file}2` }).upgrade(),
    },
  ],
  DATA_LOSS: [
    {
      follows: 'Allow it with --allow-data-loss',
      before: async (place) => {
        await at(place).upgrade()
        place.sql("INSERT INTO t VALUES (1, 'a', 'b'), (2, 'a', 'b')")
      },
      call: (place) => migratorOf(place.file, line(table, column), { preserve: { maxRows: 1 } }).downgrade('r1'),
      afterwards: (place) =>
        migratorOf(place.file, line(table, column), { preserve: { maxRows: 1 } }).downgrade('r1', {
          allowDataLoss: true,
        }),
    },
    {
      follows: 'raise the limits under `preserve`',
      before: async (place) => {
        await at(place).upgrade()
        place.sql("INSERT INTO t VALUES (1, 'a', 'b'), (2, 'a', 'b')")
      },
      call: (place) => migratorOf(place.file, line(table, column), { preserve: { maxRows: 1 } }).downgrade('r1'),
      afterwards: (place) => at(place).downgrade('r1'),
    },
  ],
  DRIFT: [
    {
      follows: '--accept-drift',
      before: async (place) => {
        await at(
          place,
          line(table, (op) => op.createIndex('t', 'by_name', ['name'])),
        ).upgrade()
        place.sql('DROP INDEX by_name; CREATE INDEX by_name ON t (id)')
      },
      call: (place) =>
        at(
          place,
          line(table, (op) => op.createIndex('t', 'by_name', ['name'])),
        ).downgrade('r1'),
      afterwards: (place) =>
        at(
          place,
          line(table, (op) => op.createIndex('t', 'by_name', ['name'])),
        ).downgrade('r1', { acceptDrift: true }),
    },
  ],
}
