import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { bigint, column, json, type StepDatabase, table } from '@org/migrate-core'
import type { Session, TransactionScope } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { drizzleOf, openSqlite, toDrizzle } from '@org/migrate-drizzle/sqlite'
import Database from 'better-sqlite3'
import { Connection } from '../../../packages/dialect-sqlite/src/connection/connection.ts'
import { openTransaction } from '../../../packages/dialect-sqlite/src/connection/transaction.ts'
import { revision } from '../../cli/project.ts'
import { keyed } from '../../dialects/sqlite/encrypted/kit.ts'
import { line, type Recorded } from '../../kit/migrator.ts'
import { migratorOn } from '../../unit/run/kit.ts'
import { command, commandIn, declaring, projectOf, put } from './program.ts'
import type { Answers, Sandbox } from './scenario.ts'

const createTable: Recorded = (op) =>
  op.createTable('t', (t) => {
    t.column('id', bigint(), { nullable: false })
    t.column('doc', json())
    t.primaryKey(['id'])
  })
const drizzled = toDrizzle(table('t', { id: column(bigint()), doc: column(json()) }, { primaryKey: ['id'] }))
const [right, wrong] = [`x'${'c0ffee17'.repeat(8)}'`, `x'${'0badf00d'.repeat(8)}'`]
const encrypted = (sandbox: Sandbox, key: string) =>
  sqliteDialect({ url: `sqlite+sqlcipher://${sandbox.file}`, key }).connection.connect({ purpose: 'run' })

const sessions = new Map<string, { readonly session: Session; readonly scope: TransactionScope }>()
const raw = new Map<string, Database.Database>()
/** The raw driver inside a transaction of the caller, and a connection of ours over it. */
function within(sandbox: Sandbox): { readonly db: Database.Database; readonly connection: Connection } {
  const db = raw.get(sandbox.file) ?? new Database(sandbox.file)
  if (!raw.has(sandbox.file)) db.exec('BEGIN')
  raw.set(sandbox.file, db)
  return {
    db,
    connection: new Connection(db as unknown as ConstructorParameters<typeof Connection>[0], {
      database: sandbox.file,
      waiting: { waitMs: 0 },
      functions: false,
    }),
  }
}
const off = async (connection: Connection): Promise<void> =>
  (await openTransaction(connection, { foreignKeys: 'off' })).rollback()

const accounts = (columns: string): string => `import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
export const accounts = sqliteTable('accounts', { id: integer('id').primaryKey(), ${columns} })\n`
function renamed(sandbox: Sandbox): void {
  rmSync(join(projectOf(sandbox).folder, 'migrations/a1_first.ts'))
  declaring(sandbox, accounts("mail: text('mail')"))
  command(sandbox, 'revision', '--autogenerate', '-m', 'accounts')
  command(sandbox, 'upgrade')
  put(sandbox, 'schema.ts', accounts("email: text('email')"))
}
const generate = (sandbox: Sandbox, ...more: readonly string[]) =>
  command(sandbox, 'revision', '--autogenerate', '-m', 'email', ...more)

const nothing: Recorded = (op) => op.run('held', async () => {})

/** SQLite ends the transaction where this INSERT meets the row. */
const endsTransaction: Recorded = (op) =>
  op.run('ends it', async (db) => {
    await db.execute('INSERT OR ROLLBACK INTO t (id) VALUES (1)').catch(() => {})
  })

let leaked: StepDatabase | undefined
/** A run that holds the lock of the file until it is let go. */
const holders = new Map<string, { readonly ended: Promise<unknown>; readonly go: () => void }>()
async function hold(sandbox: Sandbox): Promise<void> {
  let go = (): void => {}
  const gate = new Promise<void>((resolve) => {
    go = resolve
  })
  let inside = (): void => {}
  const entered = new Promise<void>((resolve) => {
    inside = resolve
  })
  const chain = line(createTable, (op) =>
    op.run('held', async (db) => {
      inside()
      await gate
      await db.query('SELECT 1')
    }),
  )
  const ended = migratorOn(sandbox.file, chain, { transaction: 'revision' }).upgrade()
  ended.catch(() => {})
  await entered
  holders.set(sandbox.file, { ended, go })
}

export const sessionAnswers: Answers = {
  RENAME_UNANSWERED: [
    {
      follows: '--rename <old>:<new>',
      before: renamed,
      call: (sandbox) => generate(sandbox),
      afterwards: (sandbox) => generate(sandbox, '--rename', 'accounts.mail:email'),
    },
    {
      follows: '--dropped <old>',
      before: renamed,
      call: (sandbox) => generate(sandbox),
      afterwards: (sandbox) => generate(sandbox, '--dropped', 'accounts.mail', '--allow-destructive'),
    },
    {
      follows: '--no-renames for all',
      before: renamed,
      call: (sandbox) => generate(sandbox),
      afterwards: (sandbox) => generate(sandbox, '--no-renames', '--allow-destructive'),
    },
  ],
  WRONG_KEY: [
    {
      follows: 'Check the key of the database',
      needs: 'better-sqlite3-multiple-ciphers',
      before: ({ file }) => {
        const db = keyed(file, right)
        db.exec('CREATE TABLE t (a)')
        db.close()
      },
      call: (sandbox) => encrypted(sandbox, wrong),
      afterwards: async (sandbox) => {
        const session = await encrypted(sandbox, right)
        await session.query('SELECT a FROM t')
        await session.close()
      },
    },
  ],
  SESSION_CLOSED: [
    {
      follows: 'Use `db` only inside the step it was given to',
      before: (sandbox) =>
        sandbox.up(
          line(createTable, (op) =>
            op.run('leaks', async (db) => {
              leaked = db
            }),
          ),
        ),
      call: () => leaked?.query('SELECT 1'),
      afterwards: (sandbox) =>
        sandbox.up(
          line(
            createTable,
            (op) => op.run('leaks', async () => {}),
            (op) => op.run('used inside', async (db) => void (await db.query('SELECT 1'))),
          ),
        ),
    },
  ],
  SESSION_SETTING_REFUSED: [
    {
      follows: 'Close the surrounding transaction',
      call: (sandbox) => off(within(sandbox).connection),
      follow: (sandbox) => {
        if (within(sandbox).db.inTransaction) within(sandbox).db.exec('ROLLBACK')
      },
    },
    {
      follows: 'use a connection that the migrator opens itself',
      call: (sandbox) => off(within(sandbox).connection),
      afterwards: async (sandbox) => {
        within(sandbox).db.close()
        await sandbox.up(line(createTable))
      },
    },
  ],
  ALREADY_IN_TRANSACTION: [
    {
      follows: 'End the transaction before calling the migrator',
      before: async ({ file }) => {
        const session = await sqliteDialect({ url: file }).connection.connect({ purpose: 'run' })
        sessions.set(file, { session, scope: await session.begin() })
      },
      call: async ({ file }) => (await sessions.get(file)?.session.begin())?.rollback(),
      follow: ({ file }) => sessions.get(file)?.scope.rollback(),
      afterwards: async ({ file }) => {
        const { session } = sessions.get(file) ?? {}
        await (await session?.begin())?.commit()
        await session?.close()
      },
    },
  ],
  VALUE_INVALID: [
    {
      follows: 'Fix the value in the row that is named',
      before: async (sandbox) => {
        await sandbox.up(line(createTable))
        sandbox.sql("INSERT INTO t VALUES (1, 'no JSON')")
      },
      call: read,
      follow: (sandbox) => sandbox.sql("UPDATE t SET doc = '{}' WHERE id = 1"),
    },
    {
      follows: 'or the code that writes it',
      before: (sandbox) => sandbox.up(line(createTable)),
      call: (sandbox) => write(sandbox, () => undefined),
      afterwards: async (sandbox) => {
        await write(sandbox, { done: true })
        await read(sandbox)
      },
    },
  ],
  WRONG_DIALECT: [
    {
      follows: 'Ask for the instance only where db.dialect matches',
      call: (sandbox) =>
        sandbox.up(
          line(createTable, (op) => op.run('one dialect', async (db) => void drizzleOf({ ...db, dialect: 'mysql' }))),
        ),
      afterwards: (sandbox) =>
        sandbox.up(
          line(createTable, (op) =>
            op.run('one dialect', async (db) => {
              if (db.dialect === 'sqlite') await drizzleOf(db).select().from(drizzled)
            }),
          ),
        ),
    },
  ],
  LOCKED: [
    {
      follows: 'Wait until the other run has ended',
      before: hold,
      call: (sandbox) => migratorOn(sandbox.file, line(createTable, nothing), { lockWaitMs: 50, waitMs: 50 }).upgrade(),
      follow: async (sandbox) => {
        holders.get(sandbox.file)?.go()
        await holders.get(sandbox.file)?.ended
      },
      afterwards: (sandbox) => sandbox.up(line(createTable, nothing)),
    },
  ],
  REVISION_UNREADABLE: [
    {
      follows: 'Bring the file back',
      before: (sandbox) => {
        mkdirSync(join(projectOf(sandbox).folder, 'migrations'), { recursive: true })
        symlinkSync('nowhere.ts', join(projectOf(sandbox).folder, 'migrations/b1_second.ts'))
      },
      call: (sandbox) => command(sandbox, 'upgrade'),
      follow: (sandbox) => {
        rmSync(join(projectOf(sandbox).folder, 'migrations/b1_second.ts'))
        put(sandbox, 'migrations/b1_second.ts', revision('b1', 'a1', "  op.sql('SELECT 1')"))
      },
    },
  ],
  COMMIT_FAILED: [
    {
      follows: 'then run it again: the transaction was rolled back',
      before: async (sandbox) => {
        await sandbox.up(line(createTable))
        sandbox.sql("INSERT INTO t VALUES (1, '{}')")
      },
      call: (sandbox) => sandbox.up(line(createTable, endsTransaction)),
      follow: (sandbox) => sandbox.sql('DELETE FROM t'),
    },
  ],
  ENDED_EARLY: [
    {
      follows: 'process.exit()',
      before: (sandbox) =>
        put(sandbox, 'migrations/b1_second.ts', `${revision('b1', 'a1', "  op.sql('SELECT 1')")}\nprocess.exit(0)\n`),
      call: (sandbox) => commandIn(sandbox, ['upgrade'], { ownProcess: true }),
      follow: (sandbox) => put(sandbox, 'migrations/b1_second.ts', revision('b1', 'a1', "  op.sql('SELECT 1')")),
    },
  ],
}

async function read({ file }: Sandbox): Promise<void> {
  const database = openSqlite({ url: file })
  try {
    await database.db.select().from(drizzled)
  } finally {
    await database.close()
  }
}
async function write({ file }: Sandbox, doc: unknown): Promise<void> {
  const database = openSqlite({ url: file })
  try {
    await database.db.insert(drizzled).values({ id: 1n, doc: doc as never })
  } finally {
    await database.close()
  }
}
