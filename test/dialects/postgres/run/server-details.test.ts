import { integer, type StepDatabase, text } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { errorOf, line, migratorOf, type Recorded } from '../../../kit/migrator.ts'
import { describeOn } from '../../../kit/servers.ts'

const accounts: Recorded = (op) => {
  op.createTable('accounts', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('email', text(), { nullable: false })
    t.primaryKey(['id'])
  })
  op.insertRows('accounts', [
    { id: 1, email: 'a@x' },
    { id: 2, email: 'a@x' },
  ])
}

const inStep =
  (sql: string): Recorded =>
  (op) =>
    op.run('fill', { up: async (db: StepDatabase) => void (await db.execute(sql)), down: 'none' })

const cases: Readonly<Record<string, readonly [body: Recorded, message: string]>> = {
  'of an index names the key that is there more than once': [
    (op) => op.createIndex('accounts', 'accounts_email', ['email'], { unique: true }),
    'create unique index accounts_email on accounts failed: could not create unique index "accounts_email" (Key (email)=(a@x) is duplicated.)',
  ],
  'of a data step names the key that is there already': [
    inStep("INSERT INTO accounts VALUES (1, 'b@x')"),
    'A statement of the data step "fill" failed: duplicate key value violates unique constraint "accounts_pkey" (Key (id)=(1) already exists.)',
  ],
  'of a query has the hint of the server': [
    inStep('UPDATE accounts SET email = emial'),
    'A statement of the data step "fill" failed: column "emial" does not exist (hint: Perhaps you meant to reference the column "accounts.email".)',
  ],
  'of a row with NULL leaves out the other values of the row': [
    inStep("UPDATE accounts SET id = NULL WHERE email = 'a@x'"),
    'A statement of the data step "fill" failed: null value in column "id" of relation "accounts" violates not-null constraint',
  ],
  'of an object that another depends on names the other, and proposes no CASCADE': [
    (op) => {
      op.sql('CREATE VIEW emails AS SELECT email FROM accounts')
      op.sql('DROP TABLE accounts')
    },
    'sql: DROP TABLE accounts failed: cannot drop table accounts because other objects depend on it (view emails depends on table accounts)',
  ],
}

describeOn('postgres', 'a failed statement', (createDatabase) => {
  for (const driver of ['postgres', 'pg'] as const) {
    for (const [title, [body, message]] of Object.entries(cases)) {
      it(`${title} (${driver})`, async () => {
        const { url } = await createDatabase()
        const error = await errorOf(migratorOf(postgresDialect({ url, driver }), line(accounts, body)).upgrade())
        expect([error.code, error.message]).toEqual(['STATEMENT_FAILED', message])
      })
    }
  }
})

it('a failed statement of PGlite names the key that is there more than once', async () => {
  const [body, message] = cases['of an index names the key that is there more than once'] ?? []
  const chain = line(accounts, body ?? accounts)
  const error = await errorOf(migratorOf(postgresDialect({ url: 'pglite:memory://' }), chain).upgrade())
  expect(error.message).toBe(message)
})
