import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sqlRevision } from '@org/migrate-core'
import { graph } from '@org/migrate-core/node'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { openSqlite } from '@org/migrate-drizzle/sqlite'
import { sql } from 'drizzle-orm'
import { line } from '../../../kit/migrator.ts'
import { migratorOn } from '../../../unit/run/kit.ts'
import type { Scenario } from '../scenario.ts'
import {
  backup,
  createTable,
  header,
  inSql,
  once,
  options,
  second2,
  sqlDown,
  sqlFile,
  sqlUp,
  step,
  twoAtOnce,
} from './programs-kit.ts'

/** A revision as a value with these facts, as they are refused and as the advice has them. */
const value = (wrong: object, right: object): Scenario => {
  const given = { revision: 'a1', downRevision: null, upgrade: () => {} }
  return {
    follows: '',
    call: ({ up }) => up([{ ...given, ...wrong } as never]),
    afterwards: ({ up }) => up([{ ...given, ...right }]),
  }
}

/** Advice about options, files and the library, by the text in the sources. */
export const library: { readonly [advice: string]: readonly Scenario[] } = {
  'Use a session only inside the function it was given to, and await every call there.': [
    {
      follows: '',
      call: async ({ file }) => {
        const database = openSqlite({ url: file })
        try {
          const session = await database.withSession(async (db) => db)
          await session.commit()
        } finally {
          await database.close()
        }
      },
      afterwards: async ({ file }) => {
        const database = openSqlite({ url: file })
        await database.withSession(async (session) => void (await session.commit()))
        await database.close()
      },
    },
  ],
  'Call close() after the last use.': [
    {
      follows: '',
      call: async ({ file }) => {
        const database = openSqlite({ url: file })
        await database.close()
        await database.db.run(sql`SELECT 1`)
      },
      afterwards: async ({ file }) => {
        const database = openSqlite({ url: file })
        await database.db.run(sql`SELECT 1`)
        await database.close()
      },
    },
  ],
  'Use withTransaction, db.transaction, or commit and rollback of the session.': [
    {
      follows: '',
      call: ({ file }) => once(file, (database) => database.db.run(sql.raw('BEGIN IMMEDIATE'))),
      afterwards: async ({ file }) => {
        await once(file, (database) => database.withTransaction(async (db) => void (await db.run(sql`SELECT 1`))))
        await once(file, (database) => database.db.transaction(async (db) => void (await db.run(sql`SELECT 1`))))
        await once(file, (database) => database.withSession(async (session) => session.rollback()))
      },
    },
  ],
  'Take the statements that write … out of the revision, and run it again.': [
    second2(
      step((db) => db.execute('DELETE FROM migrate_history')),
      step((db) => db.execute('DELETE FROM t')),
    ),
  ],
  'Give our tables other names with the option `tables`.': [
    options({}, { tables: { version: 'our_version' } }, (sandbox) =>
      sandbox.sql('CREATE TABLE migrate_version (mine TEXT)'),
    ),
  ],
  'Take it out, and divide the statements by lines `…`.': [
    inSql(`${header}DELIMITER //\nSELECT 1;\n`, `${header}SELECT 1;\n-- migrate: statement\nSELECT 2;\n`),
  ],
  'Take the line out, or the statements.': [
    inSql(`${header}-- migrate: nothing\nSELECT 1;\n`, `${header}SELECT 1;\n`),
    inSql(`${header}-- migrate: nothing\nSELECT 1;\n`, `${header}-- migrate: nothing\n`),
  ],
  'Take it out: a revision is one transaction, and `-- migrate: no-transaction` takes a statement out of it.': [
    inSql(`${header}BEGIN;\n`, `${header}SELECT 1;\n`),
  ],
  'Put the line right before its statement, behind the mark that divides it from others.': [
    inSql(
      `${header}-- migrate: no-transaction\n-- migrate: statement\nSELECT 1;\n`,
      `${header}-- migrate: no-transaction\nSELECT 1;\n`,
    ),
  ],
  'Write ….': [inSql(`${header}-- migrate: nope\nSELECT 1;\n`, `${header}SELECT 1;\n`)],
  'Save the file as UTF-8.': [
    {
      follows: '',
      before: (sandbox) => {
        sqlFile(sandbox, '')
        writeFileSync(
          join(sandbox.folder, 'migrations/a1_x/up.sql'),
          Buffer.from(`${header}SELECT 'caf\xe9';\n`, 'latin1'),
        )
      },
      call: sqlUp,
      follow: (sandbox) => sqlFile(sandbox, `${header}SELECT 'café';\n`),
    },
  ],
  'Correct the line, or take it out: up.sql says which revision the folder is.': [
    {
      follows: '',
      before: (sandbox) => {
        sqlFile(sandbox, `${header}CREATE TABLE x (a);\n`)
        writeFileSync(join(sandbox.folder, 'migrations/a1_x/down.sql'), '-- revision: b1\nDROP TABLE x;\n')
      },
      call: sqlUp,
      follow: (sandbox) => writeFileSync(join(sandbox.folder, 'migrations/a1_x/down.sql'), 'DROP TABLE x;\n'),
    },
  ],
  'Write what takes it back into ….': [
    {
      follows: '',
      before: async (sandbox) => {
        sqlFile(sandbox, `${header}CREATE TABLE x (a);\n`)
        await sqlUp(sandbox)
      },
      call: (sandbox) => sqlDown(sandbox),
      follow: (sandbox) => writeFileSync(join(sandbox.folder, 'migrations/a1_x/down.sql'), 'DROP TABLE x;\n'),
    },
  ],
  'Write a line such as `-- revision: 4f2a91c07b3e`; `-- revises:` takes ids with commas between them, or `base`.': [
    inSql('SELECT 1;\n', `${header}SELECT 1;\n`),
  ],
  'Name another file, such as backup.db.': [backup(({ file }) => `${file}-wal`)],
  'Name a file in a folder that can be written.': [backup(({ folder }) => join(folder, 'nowhere/x.db'))],
  'Name a file in a folder that exists.': [backup(({ file }) => join(file, 'x.db'))],
  'Name a file that does not exist.': [backup(({ file }) => file)],
  'Write the URL as sqlite+sqlcipher://<path>, or leave the key out.': [
    {
      follows: '',
      call: ({ file }) => sqliteDialect({ url: file, key: 'k' }),
      afterwards: ({ file }) => [
        sqliteDialect({ url: `sqlite+sqlcipher://${file}`, key: 'k' }),
        sqliteDialect({ url: file }),
      ],
    },
  ],
  'Give it as `key`, or in DATABASE_PASSWORD for the command line.': [
    {
      follows: '',
      call: ({ file }) => sqliteDialect({ url: `sqlite+sqlcipher://${file}` }).connection.connect({ purpose: 'run' }),
      afterwards: ({ file }) => sqliteDialect({ url: `sqlite+sqlcipher://${file}`, key: 'k' }),
    },
  ],
  'Pass an absolute path or a file: URL, such as `new URL("./migrations/", import.meta.url)`.': [
    {
      follows: '',
      call: () => graph('migrations'),
      afterwards: ({ folder }) => [graph(folder), graph(new URL(`file://${folder}/`))],
    },
  ],
  'Find out which revisions are really applied, then record them with `migrate stamp --purge`.': [
    {
      follows: '',
      before: async (sandbox) => {
        await sandbox.up(line(createTable, () => {}))
        sandbox.sql("INSERT INTO migrate_version VALUES ('r1')")
      },
      call: (sandbox) =>
        sandbox.up(
          line(
            createTable,
            () => {},
            () => {},
          ),
        ),
      follow: (sandbox) =>
        migratorOn(
          sandbox.file,
          line(
            createTable,
            () => {},
            () => {},
          ),
        ).stamp('r2', { purge: true }),
    },
  ],
  'Use the db that the inner transaction was given, and await it before you use the outer one again.': [
    {
      follows: '',
      call: ({ file }) =>
        once(file, (database) =>
          database.withTransaction(async (outer) => {
            await outer.transaction(async () => void (await outer.run(sql`SELECT 1`)))
          }),
        ),
      afterwards: ({ file }) =>
        once(file, (database) =>
          database.withTransaction(async (outer) => {
            await outer.transaction(async (inner) => void (await inner.run(sql`SELECT 1`)))
          }),
        ),
    },
  ],
  'Allow more connections, wait longer for one, or hold each for a shorter time.': [
    {
      follows: '',
      call: ({ file }) => twoAtOnce(file, { maxConnections: 1, busyTimeoutMs: 20 }),
      afterwards: ({ file }) => twoAtOnce(file, { maxConnections: 2, busyTimeoutMs: 20 }),
    },
    {
      follows: '',
      call: ({ file }) => twoAtOnce(file, { maxConnections: 1, busyTimeoutMs: 20 }),
      afterwards: ({ file }) => twoAtOnce(file, { maxConnections: 1, busyTimeoutMs: 5_000 }),
    },
  ],
  'Give the revision `revision`, its id, and `downRevision`, the id of the one before it or null; each fact is a string, null or a list of strings.':
    [value({ downRevision: undefined }, {}), value({ dependsOn: 5 }, { dependsOn: null })],
  'Call it `…`.': [value({ depends_on: null }, { dependsOn: null })],
  'Make a revision in SQL with `sqlRevision({ … })`.': [
    {
      follows: '',
      call: ({ up }) => up([{ revision: 'a1', downRevision: null, up: 'CREATE TABLE t (id INTEGER)' } as never]),
      afterwards: ({ up }) =>
        up([sqlRevision({ revision: 'a1', downRevision: null, up: 'CREATE TABLE t (id INTEGER)' })]),
    },
  ],
}
