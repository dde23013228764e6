import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  createMigrator,
  integer as integerType,
  type Plan,
  readDeclared,
  resolveTarget,
  revisions,
  graphOf as tierOf,
} from '@org/migrate-core'
import { sequential } from '@org/migrate-core/node'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { readDrizzle as readPostgres } from '@org/migrate-drizzle/postgres'
import { openSqlite, readDrizzle } from '@org/migrate-drizzle/sqlite'
import Database from 'better-sqlite3'
import { sql } from 'drizzle-orm'
import { integer as pgInteger, pgTable } from 'drizzle-orm/pg-core'
import { int as singlestoreInt, singlestoreTable } from 'drizzle-orm/singlestore-core'
import { integer, sqliteTable } from 'drizzle-orm/sqlite-core'
import { configWith } from '../../../cli/autogenerate-kit.ts'
import { gatedRevision, type Project } from '../../../cli/project.ts'
import { line, type Recorded } from '../../../kit/migrator.ts'
import { graphOf } from '../../../unit/graph/kit.ts'
import { migratorOn } from '../../../unit/run/kit.ts'
import { command, projectOf, put } from '../program.ts'
import type { Sandbox, Scenario } from '../scenario.ts'
import { argumentsCase, createTable, finding, once, renamed, second, step, up } from './programs-kit.ts'

const run = async ({ file }: Sandbox, change: (plan: Plan) => Plan): Promise<void> => {
  const migrator = migratorOn(file, line(createTable))
  for await (const _ of migrator.run(change(await migrator.plan('head'))));
}
const chain = graphOf('a b<-a c<-b')
const twoTiers = ({ folder, file }: Sandbox, optional = true) => {
  mkdirSync(join(folder, 'old'), { recursive: true })
  writeFileSync(join(folder, 'old/001_first.ts'), 'export function migrate() {}\n')
  return createMigrator({
    dialect: sqliteDialect({ url: file }),
    tiers: [sequential(join(folder, 'old'), { optional }), tierOf(revisions(line(createTable)))],
  })
}
const generate = ['revision', '--autogenerate', '-m', 'x', '--dry-run', '--allow-destructive'] as const
const renames = (sandbox: Sandbox, answer: string): void =>
  put(sandbox, 'migrate.config.ts', configWith(`schema: './schema.ts', renames: () => ${answer} as never`))
const writers = new Map<string, Database.Database>()
/** The pages of a table or index hold nothing that is theirs. */
function writeOver({ file }: Sandbox, name: string): void {
  const db = new Database(file)
  const page = db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(name) as number
  db.close()
  writeFileSync(file, readFileSync(file).fill(0, (page - 1) * 4096 + 8, page * 4096))
}
const runs = new Map<string, ReturnType<Project['start']>>()
/** A run that is in its data step. */
async function running(sandbox: Sandbox): Promise<void> {
  up(sandbox)
  put(sandbox, 'migrations/b1_second.ts', gatedRevision('b1', 'a1'))
  runs.set(sandbox.folder, projectOf(sandbox).start(['upgrade']))
  const inside = join(projectOf(sandbox).folder, 'inside')
  for (let waited = 0; waited < 600 && !existsSync(inside); waited += 1)
    await new Promise((next) => setTimeout(next, 50))
}
async function ended(sandbox: Sandbox): Promise<void> {
  put(sandbox, 'gate', '')
  await runs.get(sandbox.folder)?.ended
}
const keyed: Recorded = (op) => {
  op.createTable('k', (t) => {
    t.column('id', integerType(), { nullable: false })
    t.column('other', integerType(), { nullable: false })
    t.primaryKey(['id'])
    t.unique(['other'])
  })
  op.insertRows(
    'k',
    [1, 2].map((id) => ({ id, other: id })),
  )
}
/** Raises the ids of the rows that a page gives. */
const raiseIn = (options: { readonly key?: readonly string[] }): Recorded =>
  step((db) =>
    db.backfill({
      ...options,
      table: 'k',
      columns: ['id', 'other'],
      batch: 1,
      step: async (rows: readonly { readonly other: bigint }[]) => {
        for (const { other } of rows) await db.execute(`UPDATE k SET id = id + 10 WHERE other = ${other}`)
      },
    } as never),
  )
const raised =
  (right: Recorded) =>
  async ({ up: run, file }: Sandbox): Promise<void> => {
    await run(line(keyed, right))
    const db = new Database(file)
    const ids = db.prepare('SELECT id FROM k ORDER BY id').pluck().all()
    db.close()
    if (String(ids) !== '11,12') throw new Error(`the rows have the ids ${String(ids)}`)
  }
const dataStep = "  op.run('count', async (db) => void (await db.query('SELECT 1')))"

/** Advice about plans, schemas of Drizzle, targets and scripts, by the text in the sources. */
export const moreLibrary: { readonly [advice: string]: readonly Scenario[] } = {
  'Plan again, and pass on what plan() gave as it is.': [
    {
      follows: '',
      call: (sandbox) => run(sandbox, (plan) => ({ ...plan, version: 7 }) as never),
      afterwards: (sandbox) => run(sandbox, (plan) => plan),
    },
  ],
  'Give one of them a name of its own: casing turns different keys into one name.': [
    {
      follows: '',
      call: () => readDrizzle([sqliteTable('t', { userId: integer(), user_id: integer() })], { casing: 'snake_case' }),
      afterwards: () =>
        readDrizzle([sqliteTable('t', { userId: integer(), user_id: integer('other_id') })], { casing: 'snake_case' }),
    },
  ],
  'Declare it with …, or read it with the package of its own dialect.': [
    {
      follows: '',
      call: () => readDrizzle([pgTable('t', { id: pgInteger() })] as never),
      afterwards: () => [
        readDrizzle([sqliteTable('t', { id: integer() })]),
        readPostgres([pgTable('t', { id: pgInteger() })]),
      ],
    },
  ],
  'There is no dialect for …: keep its tables in files that `autogenerate.schema` does not name, or declare them with ….':
    [
      {
        follows: '',
        call: () => readDrizzle([singlestoreTable('t', { id: singlestoreInt() })] as never),
        afterwards: () => [readDrizzle([]), readDrizzle([sqliteTable('t', { id: integer() })])],
      },
    ],
  'Pass `schema`, with its relations().': [
    {
      follows: '',
      call: () => openSqlite({ url: ':memory:', relations: {} }),
      afterwards: () => openSqlite({ url: ':memory:', schema: {} }).close(),
    },
  ],
  'Name a revision, or pass the revisions that the database is at as `current`.': [
    {
      follows: '',
      call: () => resolveTarget(chain, 'current'),
      afterwards: () => [resolveTarget(chain, 'b'), resolveTarget(chain, 'current', { current: ['b'] })],
    },
  ],
  'Run the command without --tier.': [
    {
      follows: '',
      before: async (sandbox) => {
        await sandbox.up(line(createTable))
      },
      call: (sandbox) => twoTiers(sandbox).upgrade('head', { tier: 'legacy' }),
      afterwards: (sandbox) => twoTiers(sandbox).upgrade('head'),
    },
  ],
  'Run these revisions online and print the ranges before and after them (`from:to`), or leave the data steps out with --sql-skip-data.':
    [
      {
        follows: '',
        before: (sandbox) => {
          second(sandbox, dataStep)
        },
        call: (sandbox) => command(sandbox, 'upgrade', '--sql'),
        afterwards: (sandbox) => {
          command(sandbox, 'upgrade', 'base:a1', '--sql')
          command(sandbox, 'upgrade', 'b1')
          command(sandbox, 'upgrade', 'b1:head', '--sql')
        },
      },
      argumentsCase(['upgrade', '--sql'], ['upgrade', '--sql', '--sql-skip-data'], (sandbox) =>
        second(sandbox, dataStep),
      ),
    ],
  'Read it with `readDrizzle` of `@org/migrate-drizzle`, from the entry of its dialect.': [
    {
      follows: '',
      call: () => readDeclared({ t: sqliteTable('t', { id: integer() }) } as never),
      afterwards: () => readDrizzle([sqliteTable('t', { id: integer() })]),
    },
  ],
  'Run it again.': [
    {
      follows: '',
      call: ({ file }) =>
        once(file, (database) => {
          const controller = new AbortController()
          return database.withTransaction(
            async (db) => {
              controller.abort()
              await db.run(sql`SELECT 1`)
            },
            { signal: controller.signal },
          )
        }),
      afterwards: ({ file }) =>
        once(file, (database) => database.withTransaction(async (db) => void (await db.run(sql`SELECT 1`)))),
    },
  ],
  'Let PRAGMA integrity_check say whether the database itself is damaged.': [
    {
      follows: '',
      before: async (sandbox) => {
        await sandbox.up(line(createTable))
        sandbox.sql('CREATE TABLE big (a); CREATE INDEX by_a ON big (a); INSERT INTO big VALUES (1), (2)')
        copyFileSync(sandbox.file, `${sandbox.file}.saved`)
        writeOver(sandbox, 'by_a')
      },
      call: (sandbox) =>
        migratorOn(
          sandbox.file,
          line(createTable, (op) => op.run('nothing', { up: async () => {}, down: 'none' })),
        ).upgrade('head', { backup: `${sandbox.file}.copy` }),
      follow: (sandbox) => {
        const db = new Database(sandbox.file)
        const integrity = db.pragma('integrity_check', { simple: true })
        db.close()
        if (integrity === 'ok') throw new Error('it says nothing of the damage')
        copyFileSync(`${sandbox.file}.saved`, sandbox.file)
      },
      afterwards: (sandbox) => sandbox.up(line(createTable)),
    },
  ],
  'Give one of the names that the question has in `from`, null where it is new, or nothing.': [
    "'n'",
    'null',
    'undefined',
  ].map((right) => ({
    follows: '',
    before: (sandbox) => {
      renamed(sandbox)
      renames(sandbox, "'nn'")
    },
    call: (sandbox) => command(sandbox, ...generate),
    follow: (sandbox) => renames(sandbox, right),
    ...(right === 'undefined'
      ? { afterwards: (sandbox: Sandbox) => command(sandbox, ...generate, '--no-renames') }
      : {}),
  })),
  'Wait for the end of it; `migrate lock status` tells more.': [
    {
      ...finding('Wait for the end of it; `migrate lock status` tells more.', ['doctor'], running, ended),
    },
  ],
  'Copy the database with `migrate upgrade --backup` or the shell’s .backup, never the file alone.': [
    {
      ...finding(
        'Copy the database with `migrate upgrade --backup` or the shell’s .backup, never the file alone.',
        ['doctor'],
        (sandbox) => {
          up(sandbox)
          second(sandbox)
          const db = new Database(projectOf(sandbox).database)
          writers.set(sandbox.folder, db)
          db.exec('PRAGMA journal_mode = WAL; INSERT INTO t VALUES (7)')
        },
        () => {},
      ),
      afterwards: (sandbox) => {
        command(sandbox, 'upgrade', '--backup', 'copy.db')
        writers.get(sandbox.folder)?.close()
        const copy = new Database(join(projectOf(sandbox).folder, 'copy.db'))
        const rows = copy.prepare('SELECT id FROM t').pluck().all()
        copy.close()
        if (rows[0] !== 7) throw new Error('the copy has not all')
      },
    },
  ],
  'Change the key with one statement (`db.execute`), or pass the rows by a key that the step leaves alone.': [
    step((db) => db.execute('UPDATE k SET id = id + 10')),
    raiseIn({ key: ['other'] }),
  ].map((right) => ({
    follows: '',
    call: (sandbox) => sandbox.up(line(keyed, raiseIn({}))),
    afterwards: raised(right),
  })),
}
