import { spawnSync } from 'node:child_process'
import { chmodSync, closeSync, copyFileSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { integer } from '@org/migrate-core'
import { drizzleOf } from '@org/migrate-drizzle/sqlite'
import { openDatabase } from '@org/migrate-schema/database'
import { readEnvironment } from '@org/migrate-schema/environment'
import Database from 'better-sqlite3'
import { sql } from 'drizzle-orm'
import { withRightsThatCount } from '../../../cli/project.ts'
import { keyed } from '../../../dialects/sqlite/encrypted/kit.ts'
import { line } from '../../../kit/migrator.ts'
import { executeIn, migratorOn } from '../../../unit/run/kit.ts'
import { advisedIn, command, commandIn, projectOf } from '../program.ts'
import type { Sandbox, Scenario } from '../scenario.ts'
import { createTable, finding, inProject, second2, up } from './programs-kit.ts'

/** The disk takes no file beyond 64 KiB. */
const smallDisk = { through: ['bash', '-c', 'ulimit -f 64; exec "$0" "$@"'] } as const
/** A database whose copy is larger than that. */
const large = (sandbox: Sandbox): void => {
  up(sandbox)
  inProject(
    sandbox,
    'CREATE TABLE big (b); WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 100) INSERT INTO big SELECT randomblob(3000) FROM c',
  )
  projectOf(sandbox).put({
    'migrations/b1/up.sql': '-- revision: b1\n-- revises: a1\nSELECT 1;\n',
  })
}
const withoutRight = (advice: string, name: (sandbox: Sandbox) => string, mode: number): Scenario => ({
  follows: advice,
  before: (sandbox) => {
    up(sandbox)
    chmodSync(name(sandbox), mode)
  },
  call: (sandbox) => advisedIn(sandbox, advice, ['doctor'], withRightsThatCount),
  follow: (sandbox) => chmodSync(name(sandbox), 0o755),
})
const database = (sandbox: Sandbox): string => projectOf(sandbox).database
const orphan = (sandbox: Sandbox): void => {
  up(sandbox)
  inProject(
    sandbox,
    'PRAGMA foreign_keys = OFF; CREATE TABLE c (p INTEGER REFERENCES t (id)); INSERT INTO c VALUES (1); CREATE TABLE saved AS SELECT 1',
  )
}
function damage(sandbox: Sandbox): void {
  up(sandbox)
  inProject(
    sandbox,
    'CREATE TABLE big (a INTEGER PRIMARY KEY, b); WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 100) INSERT INTO big (b) SELECT randomblob(3000) FROM c',
  )
  new Database(database(sandbox)).pragma('wal_checkpoint')
  copyFileSync(database(sandbox), `${database(sandbox)}.saved`)
  const handle = openSync(database(sandbox), 'r+')
  const { size } = statSync(database(sandbox))
  writeSync(handle, Buffer.alloc(4096, 0x5a), 0, 4096, size - 8192)
  closeSync(handle)
}
const hasShell = spawnSync('sqlite3', ['--version']).status === 0
function recover(sandbox: Sandbox): void {
  const file = database(sandbox)
  const { status, stderr } = spawnSync('sh', ['-c', 'sqlite3 "$0" .recover | sqlite3 "$0.new"', file], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  renameSync(`${file}.new`, file)
}
const inDamaged = 'Restore a backup, or save what can be read with the shell’s .recover.'
const orphans = 'Correct or delete them: a rebuild leaves them as they are, but a new foreign key over them fails.'
const left = 'See what is in it; drop it where its rows are in the table itself too.'

const service = async (env: Record<string, string>): Promise<void> => (await openDatabase(env)).close()
const oldFile = (sandbox: Sandbox): void =>
  executeIn(join(sandbox.folder, 'ollama.db'), 'CREATE TABLE left_over (a TEXT)')
const bothFiles = (sandbox: Sandbox): void => {
  oldFile(sandbox)
  executeIn(join(sandbox.folder, 'webui.db'), 'CREATE TABLE newer (a TEXT)')
}
const encryptedEnv = ({ folder }: Sandbox) => ({
  DATA_DIR: folder,
  DATABASE_TYPE: 'sqlite+sqlcipher',
  DATABASE_PASSWORD: 'its key',
})
const movedAway = (name: string) => (sandbox: Sandbox) => {
  for (const end of ['', '-wal', '-journal'])
    if (statSync(join(sandbox.folder, name + end), { throwIfNoEntry: false }))
      renameSync(join(sandbox.folder, name + end), join(sandbox.folder, `away-${name}${end}`))
}
const environment = (wrong: Record<string, string>, right: Record<string, string>): Scenario => ({
  follows: '',
  call: () => readEnvironment(wrong),
  afterwards: () => readEnvironment(right),
})
const parts = {
  DATABASE_USER: 'u',
  DATABASE_HOST: 'h',
  DATABASE_PORT: '5432',
  DATABASE_NAME: 'd',
} as const

/** Advice about SQLite's files, and of Open WebUI's environment, by the text in the sources. */
export const sqlite: { readonly [advice: string]: readonly Scenario[] } = {
  'Return each column once, under a name that is not a number.': [
    second2(
      (op) => op.run('x', async (db) => void (await drizzleOf(db).all(sql`INSERT INTO t VALUES (1) RETURNING id, id`))),
      (op) => op.run('x', async (db) => void (await drizzleOf(db).all(sql`INSERT INTO t VALUES (1) RETURNING id`))),
    ),
    second2(
      (op) =>
        op.run('x', async (db) => void (await drizzleOf(db).all(sql`INSERT INTO t VALUES (1) RETURNING id AS "1"`))),
      (op) =>
        op.run('x', async (db) => void (await drizzleOf(db).all(sql`INSERT INTO t VALUES (1) RETURNING id AS one`))),
    ),
  ],
  'Put the statement into a revision of its own.': [
    {
      follows: '',
      call: (sandbox) =>
        sandbox.up(
          line(createTable, (op) => {
            op.sql('VACUUM', { nonTransactional: true })
            op.alterTable('t', (t) => t.addColumn('n', integer()))
          }),
        ),
      afterwards: (sandbox) =>
        sandbox.up(
          line(
            createTable,
            (op) => op.sql('VACUUM', { nonTransactional: true }),
            (op) => op.alterTable('t', (t) => t.addColumn('n', integer())),
          ),
        ),
    },
  ],
  'Restore what is missing: the database was changed outside of the migrations.': [
    {
      follows: '',
      before: async (sandbox) => {
        await sandbox.up(line(createTable))
        sandbox.sql('ALTER TABLE t RENAME TO away')
      },
      call: (sandbox) =>
        migratorOn(sandbox.file, line(createTable)).ensure({ mode: 'verify', verify: { schema: true } }),
      follow: (sandbox) => sandbox.sql('ALTER TABLE away RENAME TO t'),
    },
  ],
  'Make room for a copy of the database and see that the folder can be written, then run it again.': [
    {
      follows: '',
      before: large,
      call: (sandbox) => commandIn(sandbox, ['upgrade', '--backup', 'copy.db'], smallDisk),
      afterwards: (sandbox) => command(sandbox, 'upgrade', '--backup', 'copy.db'),
    },
  ],
  'Give this user the right to write it, or migrate as the user it belongs to.': [
    withoutRight('Give this user the right to write it, or migrate as the user it belongs to.', database, 0o444),
  ],
  'Give this user the right to write the folder.': [
    withoutRight('Give this user the right to write the folder.', (sandbox) => projectOf(sandbox).folder, 0o555),
  ],
  [inDamaged]: [
    finding(inDamaged, ['doctor'], damage, (sandbox) => copyFileSync(`${database(sandbox)}.saved`, database(sandbox))),
    ...(hasShell ? [finding(inDamaged, ['doctor'], damage, recover)] : []),
  ],
  [orphans]: ['UPDATE c SET p = NULL', 'DELETE FROM c', 'INSERT INTO t VALUES (1)'].map((correction) =>
    finding(orphans, ['doctor'], orphan, (sandbox) => inProject(sandbox, correction)),
  ),
  [left]: [
    finding(
      left,
      ['doctor'],
      (sandbox) => {
        up(sandbox)
        inProject(sandbox, 'CREATE TABLE _migrate_new_t (id INTEGER)')
      },
      (sandbox) => inProject(sandbox, 'DROP TABLE _migrate_new_t'),
    ),
  ],
  'Move one of the two away, together with its -wal and -journal files.': ['ollama.db', 'webui.db'].map((name) => ({
    follows: '',
    before: bothFiles,
    call: ({ folder }) => service({ DATA_DIR: folder }),
    follow: movedAway(name),
  })),
  'Encrypt it as webui.db, or move it away.': [
    {
      follows: '',
      needs: 'better-sqlite3-multiple-ciphers',
      before: oldFile,
      call: (sandbox) => service(encryptedEnv(sandbox)),
      follow: ({ folder }) => {
        const db = keyed(join(folder, 'webui.db'), 'its key')
        db.exec('CREATE TABLE left_over (a TEXT)')
        db.close()
        rmSync(join(folder, 'ollama.db'))
      },
    },
    {
      follows: '',
      needs: 'better-sqlite3-multiple-ciphers',
      before: oldFile,
      call: (sandbox) => service(encryptedEnv(sandbox)),
      follow: movedAway('ollama.db'),
    },
  ],
  'Set DATABASE_PASSWORD to the key of the file.': [
    environment(
      { DATABASE_URL: 'sqlite+sqlcipher:///a.db' },
      { DATABASE_URL: 'sqlite+sqlcipher:///a.db', DATABASE_PASSWORD: 'k' },
    ),
  ],
  'Leave DATABASE_SCHEMA out.': [
    environment({ DATABASE_URL: 'sqlite:///a.db', DATABASE_SCHEMA: 's' }, { DATABASE_URL: 'sqlite:///a.db' }),
  ],
  'Leave DATABASE_USER, DATABASE_HOST, DATABASE_PORT and DATABASE_NAME out, and name the file in DATABASE_URL or its folder in DATA_DIR.':
    [
      environment({ DATABASE_TYPE: 'sqlite', ...parts }, { DATABASE_TYPE: 'sqlite', DATABASE_URL: 'sqlite:///a.db' }),
      environment({ DATABASE_TYPE: 'sqlite', ...parts }, { DATABASE_TYPE: 'sqlite', DATA_DIR: 'folder' }),
    ],
}
