import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { bigint, column, json, type StepDatabase, table } from '@org/migrate-core'
import type { Session, TransactionScope } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { drizzleOf, openSqlite, toDrizzle } from '@org/migrate-dialect-sqlite/drizzle'
import Database from 'better-sqlite3'
import { Connection } from '../../packages/dialect-sqlite/src/connection.ts'
import { openTransaction } from '../../packages/dialect-sqlite/src/transaction.ts'
import { revision } from '../cli/project.ts'
import { line, migratorOf, type Recorded } from '../execute/kit.ts'
import { keyed } from '../sqlite-encrypted/kit.ts'
import { command, declaring, projectOf, put } from './program.ts'
import type { Answers, Place } from './scenario.ts'

const made: Recorded = (op) =>
  op.createTable('t', (t) => {
    t.column('id', bigint(), { nullable: false })
    t.column('doc', json())
    t.primaryKey(['id'])
  })
const drizzled = toDrizzle(table('t', { id: column(bigint()), doc: column(json()) }, { primaryKey: ['id'] }))
const [right, wrong] = [`x'${'c0ffee17'.repeat(8)}'`, `x'${'0badf00d'.repeat(8)}'`]
const encrypted = (place: Place, key: string) =>
  sqliteDialect({ url: `sqlite+sqlcipher://${place.file}`, key }).connect({ purpose: 'run' })

const sessions = new Map<string, { readonly session: Session; readonly scope: TransactionScope }>()
const raw = new Map<string, Database.Database>()
/** The raw driver inside a transaction of the caller, and a connection of ours over it. */
function within(place: Place): { readonly db: Database.Database; readonly connection: Connection } {
  const db = raw.get(place.file) ?? new Database(place.file)
  if (!raw.has(place.file)) db.exec('BEGIN')
  raw.set(place.file, db)
  return {
    db,
    connection: new Connection(db as unknown as ConstructorParameters<typeof Connection>[0], {
      database: place.file,
      waiting: { waitMs: 0 },
      shared: false,
    }),
  }
}
const off = async (connection: Connection): Promise<void> =>
  (await openTransaction(connection, { foreignKeys: 'off' })).rollback()

const accounts = (columns: string): string => `import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
export const accounts = sqliteTable('accounts', { id: integer('id').primaryKey(), ${columns} })\n`
function renamed(place: Place): void {
  rmSync(join(projectOf(place).folder, 'migrations/a1_first.ts'))
  declaring(place, accounts("mail: text('mail')"))
  command(place, 'revision', '--autogenerate', '-m', 'accounts')
  command(place, 'upgrade')
  put(place, 'schema.ts', accounts("email: text('email')"))
}
const generate = (place: Place, ...more: readonly string[]) =>
  command(place, 'revision', '--autogenerate', '-m', 'email', ...more)

const nothing: Recorded = (op) => op.run('held', async () => {})

/** SQLite ends the transaction where this INSERT meets the row. */
const endsTransaction: Recorded = (op) =>
  op.run('ends it', async (db) => {
    await db.execute('INSERT OR ROLLBACK INTO t (id) VALUES (1)').catch(() => {})
  })

let leaked: StepDatabase | undefined
/** A run that holds the lock of the file until it is let go. */
const holders = new Map<string, { readonly ended: Promise<unknown>; readonly go: () => void }>()
async function hold(place: Place): Promise<void> {
  let go = (): void => {}
  const gate = new Promise<void>((resolve) => {
    go = resolve
  })
  let inside = (): void => {}
  const entered = new Promise<void>((resolve) => {
    inside = resolve
  })
  const chain = line(made, (op) =>
    op.run('held', async (db) => {
      inside()
      await gate
      await db.query('SELECT 1')
    }),
  )
  const ended = migratorOf(place.file, chain, { transaction: 'revision' }).upgrade()
  ended.catch(() => {})
  await entered
  holders.set(place.file, { ended, go })
}

export const sessionAnswers: Answers = {
  RENAME_UNANSWERED: [
    {
      follows: '--rename <old>:<new>',
      before: renamed,
      call: (place) => generate(place),
      afterwards: (place) => generate(place, '--rename', 'accounts.mail:email'),
    },
    {
      follows: '--dropped <old>',
      before: renamed,
      call: (place) => generate(place),
      afterwards: (place) => generate(place, '--dropped', 'accounts.mail', '--allow-destructive'),
    },
    {
      follows: '--no-renames for all',
      before: renamed,
      call: (place) => generate(place),
      afterwards: (place) => generate(place, '--no-renames', '--allow-destructive'),
    },
  ],
  WRONG_KEY: [
    {
      follows: 'Check the key of the database',
      before: ({ file }) => {
        const db = keyed(file, right)
        db.exec('CREATE TABLE t (a)')
        db.close()
      },
      call: (place) => encrypted(place, wrong),
      afterwards: async (place) => {
        const session = await encrypted(place, right)
        await session.query('SELECT a FROM t')
        await session.close()
      },
    },
  ],
  SESSION_CLOSED: [
    {
      follows: 'Use `db` only inside the step it was given to',
      before: (place) =>
        place.up(
          line(made, (op) =>
            op.run('leaks', async (db) => {
              leaked = db
            }),
          ),
        ),
      call: () => leaked?.query('SELECT 1'),
      afterwards: (place) =>
        place.up(
          line(
            made,
            (op) => op.run('leaks', async () => {}),
            (op) => op.run('used inside', async (db) => void (await db.query('SELECT 1'))),
          ),
        ),
    },
  ],
  SESSION_SETTING_REFUSED: [
    {
      follows: 'Close the surrounding transaction',
      call: (place) => off(within(place).connection),
      follow: (place) => {
        if (within(place).db.inTransaction) within(place).db.exec('ROLLBACK')
      },
    },
    {
      follows: 'use a connection that the migrator opens itself',
      call: (place) => off(within(place).connection),
      afterwards: async (place) => {
        within(place).db.close()
        await place.up(line(made))
      },
    },
  ],
  ALREADY_IN_TRANSACTION: [
    {
      follows: 'End the transaction before calling the migrator',
      before: async ({ file }) => {
        const session = await sqliteDialect({ url: file }).connect({ purpose: 'run' })
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
      follows: 'Mend the value in the row that is named',
      before: async (place) => {
        await place.up(line(made))
        place.sql("INSERT INTO t VALUES (1, 'no JSON')")
      },
      call: read,
      follow: (place) => place.sql("UPDATE t SET doc = '{}' WHERE id = 1"),
    },
    {
      follows: 'or the code that writes it',
      before: (place) => place.up(line(made)),
      call: (place) => write(place, () => undefined),
      afterwards: async (place) => {
        await write(place, { done: true })
        await read(place)
      },
    },
  ],
  WRONG_DIALECT: [
    {
      follows: 'Ask for the instance only where db.dialect matches',
      call: (place) =>
        place.up(line(made, (op) => op.run('one dialect', async (db) => void drizzleOf({ ...db, dialect: 'mysql' })))),
      afterwards: (place) =>
        place.up(
          line(made, (op) =>
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
      call: (place) => migratorOf(place.file, line(made, nothing), { lockWaitMs: 50, waitMs: 50 }).upgrade(),
      follow: async (place) => {
        holders.get(place.file)?.go()
        await holders.get(place.file)?.ended
      },
      afterwards: (place) => place.up(line(made, nothing)),
    },
  ],
  REVISION_UNREADABLE: [
    {
      follows: 'Bring the file back',
      before: (place) => {
        mkdirSync(join(projectOf(place).folder, 'migrations'), { recursive: true })
        symlinkSync('nowhere.ts', join(projectOf(place).folder, 'migrations/b1_second.ts'))
      },
      call: (place) => command(place, 'upgrade'),
      follow: (place) => {
        rmSync(join(projectOf(place).folder, 'migrations/b1_second.ts'))
        put(place, 'migrations/b1_second.ts', revision('b1', 'a1', "  op.sql('SELECT 1')"))
      },
    },
  ],
  COMMIT_FAILED: [
    {
      follows: 'Run it again: the transaction was rolled back',
      before: async (place) => {
        await place.up(line(made))
        place.sql("INSERT INTO t VALUES (1, '{}')")
      },
      call: (place) => place.up(line(made, endsTransaction)),
      follow: (place) => place.sql('DELETE FROM t'),
    },
  ],
  ENDED_EARLY: [
    {
      follows: 'process.exit()',
      before: (place) =>
        put(place, 'migrations/b1_second.ts', `${revision('b1', 'a1', "  op.sql('SELECT 1')")}\nprocess.exit(0)\n`),
      call: (place) => command(place, 'upgrade'),
      follow: (place) => put(place, 'migrations/b1_second.ts', revision('b1', 'a1', "  op.sql('SELECT 1')")),
    },
  ],
}

async function read({ file }: Place): Promise<void> {
  const database = openSqlite({ url: file })
  try {
    await database.db.select().from(drizzled)
  } finally {
    await database.close()
  }
}
async function write({ file }: Place, doc: unknown): Promise<void> {
  const database = openSqlite({ url: file })
  try {
    await database.db.insert(drizzled).values({ id: 1n, doc: doc as never })
  } finally {
    await database.close()
  }
}
