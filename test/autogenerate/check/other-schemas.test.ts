import { check, createDriftReader } from '@org/migrate-autogenerate'
import { integer, type Migrator } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { line, migratorOf } from '../../kit/migrator.ts'
import { observedSessions } from '../../kit/observed-sessions.ts'
import { describeOn } from '../../kit/servers.ts'

const chain = line((op) => {
  op.createTable('t', (t) => t.column('id', integer(), { nullable: false }))
  op.createTable({ schema: 'audit', name: 'log' }, (t) => t.column('id', integer(), { nullable: false }))
})

describeOn('postgres', 'a member among many', (createDatabase) => {
  it('is compared without what the others have, and what differs in its schemas is found', async () => {
    const { url, sql } = await createDatabase()
    await sql('CREATE SCHEMA audit; CREATE SCHEMA tenant; CREATE SCHEMA another')
    await sql(
      'CREATE TABLE another.only_there (id integer); CREATE VIEW another.seen AS SELECT id FROM another.only_there',
    )
    await sql(
      'CREATE SEQUENCE another.numbers; CREATE TABLE public.in_public (id integer); CREATE TABLE audit.not_ours (id integer)',
    )
    const rows: string[] = []
    const dialect = observedSessions(postgresDialect({ url, schema: 'tenant' }), {
      answered: (answer) => rows.push(...answer.map((row) => Object.values(row).map(String).join(' '))),
    })
    const migrator: Migrator = migratorOf(dialect, chain)
    await migrator.upgrade()
    const differences = async (): Promise<readonly string[]> => {
      const { findings } = await check(migrator)
      const ofCheck = findings.find(({ kind }) => kind === 'drift')?.differences ?? []
      const drift = await createDriftReader()(migrator)
      expect(drift).toEqual({ differences: ofCheck })
      return ofCheck
    }
    rows.length = 0
    expect(await differences()).toEqual([])
    expect(rows.filter((row) => /tenant|audit/.test(row))).not.toEqual([])
    expect(rows.filter((row) => /only_there|seen|numbers|in_public/.test(row))).toEqual([])
    await sql(
      'CREATE VIEW tenant.more AS SELECT id FROM tenant.t; ALTER TABLE audit.log ADD COLUMN who text; CREATE SEQUENCE tenant.extra',
    )
    expect((await differences()).join('\n')).toMatch(/more[\s\S]*who|who[\s\S]*more/)
    expect((await differences()).join('\n')).toContain('extra')
  })
})
