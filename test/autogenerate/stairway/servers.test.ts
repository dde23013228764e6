import { setTimeout as sleep } from 'node:timers/promises'
import { stairway } from '@org/migrate-autogenerate'
import { date, expression, integer, type OperationRecorder, type Revision, text, varchar } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { revisions as killedRevisions, projectWith } from '../../kit/killed-run.ts'
import { line } from '../../kit/migrator.ts'
import { describeOn } from '../../kit/own-sessions.ts'
import { migratorAt } from '../check/kit.ts'

const linesOf = async (url: string, chain: readonly Revision[]): Promise<readonly string[]> => {
  const { revisions } = await stairway({ migrator: migratorAt(url, chain) })
  return revisions.flatMap(({ findings }) =>
    findings.flatMap(({ kind, what, differences }) => [what, ...differences].map((each) => `${kind}: ${each}`)),
  )
}

const teams = (op: OperationRecorder): void =>
  op.createTable('teams', (t) => {
    t.column('id', integer(), { nullable: false, identity: { mode: 'byDefault' } })
    t.column('name', varchar(200), { nullable: false, default: 'unnamed', comment: 'shown to people' })
    t.primaryKey(['id'])
  })

describeOn('postgres', 'faults that only this server has', (createDatabase) => {
  test('a sequence that is not moved behind the rows of the upgrade is found', async () => {
    const { url, sql } = await createDatabase()
    const lines = await linesOf(
      url,
      line(teams, {
        up: (op) => op.sql(`INSERT INTO teams (id, name) SELECT max(id) + 1, 'third' FROM teams`),
        down: (op) => op.sql(`DELETE FROM teams WHERE name = 'third'`),
      }),
    )
    expect(lines).toEqual(['sequence behind its rows: The next row of teams gets a number that another row has.'])
    // Its own database has no table of the test, and no other is left.
    expect(await sql(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`)).toEqual([])
    expect(await sql(`SELECT datname FROM pg_database WHERE datname LIKE 'migrate_shadow_%'`)).toEqual([])
  })

  test('a value of an enum that the downgrade leaves is found', async () => {
    const { url } = await createDatabase()
    const lines = await linesOf(
      url,
      line((op) => op.createEnum('mood', ['sad', 'ok']), {
        up: (op) => op.alterEnum('mood', { add: [{ value: 'happy' }] }),
        down: () => undefined,
      }),
    )
    expect(lines).toContain('schema after downgrade: enum mood: values are sad, ok, happy, expected sad, ok')
  })

  test('the locks of a step are told, and those of other tables are not', async () => {
    const { url } = await createDatabase()
    const { revisions } = await stairway({
      migrator: migratorAt(
        url,
        line(
          teams,
          (op) => op.addColumn('teams', 'motto', text()),
          (op) => op.createTable('pets', (t) => t.column('id', integer())),
        ),
      ),
    })
    expect(revisions.map(({ steps }) => steps[0]?.locks)).toEqual([
      [],
      [{ table: 'teams', mode: 'AccessExclusiveLock' }],
      [],
    ])
  })
})

describeOn('mariadb', 'faults that only this server has', (createDatabase) => {
  test('MODIFY that forgets a default and a comment is found', async () => {
    const { url, sql } = await createDatabase()
    const lines = await linesOf(
      url,
      line(teams, {
        up: (op) => op.alterColumn('teams', 'name', { type: varchar(250) }),
        down: (op) => op.sql('ALTER TABLE teams MODIFY name VARCHAR(200) NOT NULL'),
      }),
    )
    expect(lines).toContain('schema after downgrade: table teams: column name: default is none, expected "unnamed"')
    expect(lines.some((each) => /column name: comment/.test(each))).toBe(true)
    expect(await sql('SHOW TABLES')).toEqual([])
    expect(await sql(`SHOW DATABASES LIKE 'migrate\\_shadow\\_%'`)).toEqual([])
  })
})

const shadows = {
  postgres: `SELECT datname FROM pg_database WHERE datname LIKE 'migrate_shadow_%'`,
  mariadb: `SHOW DATABASES LIKE 'migrate\\_shadow\\_%'`,
} as const

for (const server of ['postgres', 'mariadb'] as const) {
  describeOn(server, 'a test that does not end by itself', (createDatabase) => {
    test('leaves nothing after Ctrl-C, and what it leaves when it is killed is removed by the next one', async () => {
      const { url, sql } = await createDatabase()
      // Tests that run beside this one make and drop some too.
      const names = async () => (await sql(shadows[server])).map((row) => String(Object.values(row)[0]))
      const since = async (earlier: readonly string[]) => (await names()).filter((name) => !earlier.includes(name))
      const remaining = async (some: readonly string[]) => (await names()).filter((name) => some.includes(name))
      const before = await names()
      const project = projectWith('')
      const settings = { env: { ...process.env, APP_URL: url } }
      const interrupted = project.start(['test'], settings)
      while (!interrupted.output().includes('half')) await sleep(50)
      const ofInterrupted = await since(before)
      expect(ofInterrupted).not.toEqual([])
      interrupted.signal('SIGINT')
      project.put({ go: '' })
      expect(await interrupted.ended).toMatchObject({ code: 130 })
      await expect.poll(() => remaining(ofInterrupted)).toEqual([])
      const { 'migrations/0002_b.ts': second = '' } = killedRevisions
      project.put({ 'migrations/0002_b.ts': second.replaceAll(`'go'`, `'later'`) })
      const killed = project.start(['test'], settings)
      while (!killed.output().includes('half')) await sleep(50)
      const ofKilled = await since([...before, ...ofInterrupted])
      await killed.kill()
      expect(await remaining(ofKilled)).not.toEqual([])
      // The server notices the closed connections of a process that is gone within moments.
      await sleep(1_000)
      expect(await linesOf(url, line(teams))).toEqual([])
      await expect.poll(() => remaining(ofKilled)).toEqual([])
    })
  })
}

const converted = (using: (column: string, type: string) => string): readonly Revision[] =>
  line(
    (op) =>
      op.createTable('orders', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('amount', text(), { nullable: false })
        t.column('due', varchar(40))
        t.primaryKey(['id'])
      }),
    (op) => op.addColumn('orders', 'note', text()),
    (op) => {
      op.alterColumn('orders', 'amount', { type: integer(), using: using('amount', 'integer') })
      op.alterColumn('orders', 'due', { type: date(), using: using('due', 'date') })
    },
  )

describeOn('postgres', 'texts that a later revision converts', (createDatabase) => {
  test('are of the new type in generated rows', async () => {
    const { url } = await createDatabase()
    expect(
      await linesOf(
        url,
        converted((column, type) => `${column}::${type}`),
      ),
    ).toEqual([])
  })
})

describeOn('postgres', 'NOT NULL in three revisions', (createDatabase) => {
  test('is tested with the rows that a job fills before the check is validated', async () => {
    const { url } = await createDatabase()
    const present = expression('weight IS NOT NULL')
    const name = 'orders_weight_present'
    const chain = line(
      (op) =>
        op.createTable('orders', (t) => {
          t.column('id', integer(), { nullable: false })
          t.column('total', integer())
          t.primaryKey(['id'])
        }),
      (op) => op.addColumn('orders', 'weight', integer()),
      (op) => op.addCheck('orders', present, { name, notValid: true }),
      (op) =>
        op.sql(`ALTER TABLE orders VALIDATE CONSTRAINT ${name}`, {
          inverse: `ALTER TABLE orders DROP CONSTRAINT ${name}, ADD CONSTRAINT ${name} CHECK (weight IS NOT NULL) NOT VALID`,
          effects: (effect) => {
            effect.dropConstraint('orders', name)
            effect.addCheck('orders', present, { name })
          },
        }),
      (op) =>
        op.alterTable('orders', (t) => {
          t.alterColumn('weight', { nullable: false })
          t.dropConstraint(name)
        }),
    )
    expect(await linesOf(url, chain)).toEqual([])
  })
})

describeOn('mariadb', 'texts that a later revision converts', (createDatabase) => {
  test('are of the new type in generated rows', async () => {
    const { url } = await createDatabase()
    expect(
      await linesOf(
        url,
        converted((column) => column),
      ),
    ).toEqual([])
  })
})
