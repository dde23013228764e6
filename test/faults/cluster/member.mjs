// A run in a process of its own, on the built packages. Argument: JSON of `{ url, lock, chain, leaseMs, gate }`. Each event is a line
// of JSON, and so is the end.
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { createMigrator, graphOf, integer, revisions } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { openWebuiTiers } from '@org/migrate-schema/tiers'

const { url, lock, chain, leaseMs, gate } = JSON.parse(process.argv[2])
const report = (line) =>
  console.log(JSON.stringify(line, (_, value) => (typeof value === 'bigint' ? `${value}` : value)))

const table = (name) => (op) => {
  op.createTable(name, (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('by_pid', integer(), { nullable: true })
    t.primaryKey(['id'])
  })
}

/** Inserts rows in one transaction, and stops in the middle for as long as the gate is shut. */
const gated = (op) => {
  op.run('gated', async (db) => {
    await db.execute('INSERT INTO "a" ("id") VALUES (?)', [1n])
    report({ type: 'atTheGate' })
    while (gate !== undefined && !existsSync(gate)) await sleep(50)
    await db.execute('INSERT INTO "a" ("id") VALUES (?)', [2n])
  })
}

/** Each row of a copy is checked, which takes its time. */
const slow = (op) => {
  op.limits({ algorithm: 'copy' }, (op) => {
    op.alterTable('big', (t) => t.addColumn('weight', integer()))
  })
}

const chainOf = (...upgrades) =>
  revisions(
    upgrades.map((upgrade, at) => ({ revision: `r${at + 1}`, downRevision: at === 0 ? null : `r${at}`, upgrade })),
  )

const chains = {
  openWebui: () => openWebuiTiers(),
  gated: () => [graphOf(chainOf(table('a'), gated, table('b')))],
  slow: () => [graphOf(chainOf(table('a'), slow, table('b')))],
}

const migrator = createMigrator({
  dialect: url.startsWith('postgres') ? postgresDialect({ url, lock }) : mysqlDialect({ url }),
  tiers: chains[chain](),
  ...(leaseMs === undefined ? {} : { leaseMs }),
  lockWaitMs: 240_000,
})
try {
  const { applied } = await migrator.upgrade('head', { onEvent: report })
  report({ type: 'ended', applied })
} catch (error) {
  report({ type: 'ended', code: error.code ?? 'none', message: error.message })
}
