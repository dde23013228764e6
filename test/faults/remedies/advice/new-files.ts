import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { filePath, revision } from '../../../cli/project.ts'
import { command, declaring, projectOf, put } from '../program.ts'
import type { Sandbox, Scenario } from '../scenario.ts'
import { argumentsCase, inProject, lostFile, schema, second, up } from './programs-kit.ts'

const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY); '
const applied = (table: string): string =>
  `${users}CREATE TABLE schema_migrations (version VARCHAR(128) PRIMARY KEY); INSERT INTO schema_migrations VALUES (${table}); `
/** A project without revisions, whose database another tool has migrated. */
const theirs =
  (text: string, files: Readonly<Record<string, string>> = {}) =>
  (sandbox: Sandbox): void => {
    projectOf(sandbox, files)
    rmSync(at(sandbox, 'migrations'), { recursive: true })
    inProject(sandbox, text)
  }
const at = (sandbox: Sandbox, name: string): string => join(projectOf(sandbox).folder, name)
const config = (sandbox: Sandbox, more: string): void =>
  put(sandbox, 'migrate.config.ts', `export default { url: 'sqlite:./app.db', migrations: './migrations', ${more} }\n`)
const tiers = "[sequential(new URL('./old/', import.meta.url)), graph(new URL('./migrations/', import.meta.url))]"
const numbered =
  (name: string, text = 'export function migrate() {}\n') =>
  (sandbox: Sandbox): void => {
    projectOf(sandbox, {
      'migrate.config.ts': `import { graph, sequential } from '@org/migrate-core/node'\nexport default { url: 'sqlite:./app.db', tiers: ${tiers} }\n`,
      [`old/${name}`]: text,
    })
  }
const generate = ['revision', '--autogenerate', '-m', 'x', '--dry-run'] as const
const processing = (body: string) => (sandbox: Sandbox) => {
  declaring(sandbox, schema("n: integer('n')"))
  const text = readFileSync(at(sandbox, 'migrate.config.ts'), 'utf8')
  put(
    sandbox,
    'migrate.config.ts',
    text
      .replace(/schema: .*?ts'(?:, processOperations.*)?/, `schema: './schema.ts', processOperations: ${body}`)
      .replace(/ \}[^}]*\}\)/, ' },\n})'),
  )
}
const fails =
  "newFiles: { hooks: [{ exec: 'node', args: ['-e', 'if (/TODO/.test(require(`fs`).readFileSync(process.argv[1], `utf8`))) process.exit(1)', '{{file}}'] }] }"
const template = (down: string): string =>
  `export const revision = {{revision}}\nexport const downRevision = ${down}\nexport const branchLabels = {{branchLabels}}\nexport const dependsOn = {{dependsOn}}\nexport function upgrade() {}\n`
const sqlFolder =
  (effects: string) =>
  (sandbox: Sandbox): void => {
    mkdirSync(at(sandbox, 'migrations/b1_x'), { recursive: true })
    put(sandbox, 'migrations/b1_x/up.sql', '-- revision: b1\n-- revises: a1\nCREATE TABLE x (a);\n')
    put(sandbox, 'migrations/b1_x/effects.ts', effects)
  }
const importSql = ['adopt', '--import', 'sql', './theirs'] as const

/** Advice about the files of revisions, of the program and of other tools, by the text in the sources. */
export const newFiles: { readonly [advice: string]: readonly Scenario[] } = {
  'Write it as --import drizzle ./drizzle, or --import sql ./migrations.': [
    argumentsCase(
      ['adopt', '--import', 'dbmate', './theirs'],
      importSql,
      theirs(applied("'001'"), { 'theirs/001_users.sql': users }),
    ),
  ],
  'Bring the folder back that was applied; or adopt the database without --import, by what is in it.': [
    {
      follows: '',
      before: theirs(applied("'001'"), { 'theirs/002_more.sql': 'SELECT 1;\n' }),
      call: (sandbox) => command(sandbox, ...importSql),
      follow: (sandbox) => put(sandbox, 'theirs/001_users.sql', users),
    },
    argumentsCase(importSql, ['adopt'], theirs(applied("'001'"), { 'theirs/002_more.sql': 'SELECT 1;\n' })),
  ],
  'Adopt the database without --import, by what is in it.': [
    argumentsCase(
      importSql,
      ['adopt'],
      theirs(
        `${users}CREATE TABLE flyway_schema_history (installed_rank INT, version TEXT, description TEXT, type TEXT, script TEXT, checksum INT, installed_on TEXT, success INT);
         INSERT INTO flyway_schema_history VALUES (1, NULL, 'views', 'SQL', 'R__views.sql', 1, '2026-01-01 09:00:00', 1)`,
        { 'theirs/V1__users.sql': users, 'theirs/R__views.sql': 'SELECT 1;\n' },
      ),
    ),
  ],
  'Finish or repair it with … itself, then adopt the database.': [
    {
      ...argumentsCase(
        ['adopt'],
        ['adopt'],
        theirs(
          `${users}CREATE TABLE knex_migrations (id INTEGER PRIMARY KEY, name VARCHAR(255), batch INTEGER, migration_time DATETIME);
           CREATE TABLE knex_migrations_lock ("index" INTEGER PRIMARY KEY, is_locked INTEGER); INSERT INTO knex_migrations_lock VALUES (1, 1)`,
        ),
      ),
      // `knex migrate:unlock` is this statement.
      follow: (sandbox) => inProject(sandbox, 'UPDATE knex_migrations_lock SET is_locked = 0'),
      follows: '',
    },
  ],
  'Write the comment in other words.': [
    {
      follows: '',
      before: theirs(applied("'000'"), {
        'theirs/000_users.sql': users,
        'theirs/001_x.sql': 'SELECT 1 -- migrate: later\n+ 1;\n',
      }),
      call: (sandbox) => command(sandbox, ...importSql),
      follow: (sandbox) => put(sandbox, 'theirs/001_x.sql', 'SELECT 1 -- to be migrated later\n+ 1;\n'),
    },
  ],
  'Correct it as the tool of the folder expects it, or name the right folder. Nothing was written.': [
    {
      follows: '',
      before: theirs(users, { 'theirs/meta/_journal.json': 'no JSON' }),
      call: (sandbox) => command(sandbox, 'adopt', '--import', 'drizzle', './theirs'),
      follow: (sandbox) => {
        put(
          sandbox,
          'theirs/meta/_journal.json',
          JSON.stringify({
            version: '7',
            dialect: 'sqlite',
            entries: [{ idx: 0, version: '6', when: 1_700_000_000_000, tag: '0000_x', breakpoints: true }],
          }),
        )
        put(sandbox, 'theirs/0000_x.sql', users)
      },
    },
    argumentsCase(
      ['adopt', '--import', 'drizzle', './theirs'],
      ['adopt', '--import', 'drizzle', './right'],
      theirs(users, {
        'theirs/meta/_journal.json': 'no JSON',
        'right/meta/_journal.json': JSON.stringify({ version: '7', dialect: 'sqlite', entries: [] }),
      }),
    ),
  ],
  'Return the list of the changes to write; an empty list writes none.': ['(changes) => changes', '() => []'].map(
    (right) => ({
      follows: '',
      before: (sandbox) => {
        up(sandbox)
        processing('() => undefined as never')(sandbox)
      },
      call: (sandbox) => command(sandbox, ...generate),
      follow: processing(right),
    }),
  ),
  'Bring the file back, or name a revision that has one.': [
    {
      follows: '',
      before: lostFile,
      call: (sandbox) => command(sandbox, 'revision', '-m', 'x', '--head', 'current'),
      follow: (sandbox) => second(sandbox),
    },
    argumentsCase(['revision', '-m', 'x', '--head', 'current'], ['revision', '-m', 'x', '--head', 'a1'], lostFile),
  ],
  'The file was kept: …. Fix the hook in the configuration, or what the hook reports about the file.': [
    {
      follows: '',
      before: (sandbox) => config(sandbox, "newFiles: { hooks: [{ exec: 'false' }] }"),
      call: (sandbox) => command(sandbox, 'revision', '--rev-id', 'b1'),
      follow: (sandbox) => config(sandbox, "newFiles: { hooks: [{ exec: 'true' }] }"),
      afterwards: (sandbox) => {
        command(sandbox, 'revision', '--rev-id', 'c1')
        up(sandbox)
      },
    },
    {
      follows: '',
      before: (sandbox) => config(sandbox, fails),
      call: (sandbox) => command(sandbox, 'revision', '--rev-id', 'b1', '-m', 'TODO'),
      follow: (sandbox) => {
        const [file, fixed] = [
          filePath(at(sandbox, '.'), 'migrations/b1_todo.ts'),
          at(sandbox, 'migrations/b1_done.ts'),
        ]
        writeFileSync(file, readFileSync(file, 'utf8').replaceAll('TODO', 'done'))
        renameSync(file, fixed)
      },
      afterwards: up,
    },
  ],
  'Name another tier with --tier.': [
    argumentsCase(['revision', '--tier', 'legacy'], ['revision', '--tier', 'main'], numbered('001_first.ts')),
  ],
  'Leave --tier out.': [argumentsCase(['status', '--tier', 'legacy'], ['status'], numbered('001_first.ts'))],
  'Name sequential files three digits, underscore, words: 001_initial_schema.ts.': [
    {
      follows: '',
      before: numbered('1_first.ts'),
      call: up,
      follow: (sandbox) => renameSync(at(sandbox, 'old/1_first.ts'), at(sandbox, 'old/001_first.ts')),
    },
  ],
  'Export `migrate(op)` and, where needed, `rollback(op)` from the file.': [
    {
      follows: '',
      before: numbered('001_first.ts', 'export function upgrade() {}\n'),
      call: up,
      follow: numbered(
        '001_first.ts',
        "export function migrate(op) { op.sql('CREATE TABLE x (a)') }\nexport function rollback(op) { op.sql('DROP TABLE x') }\n",
      ),
      afterwards: (sandbox) => {
        up(sandbox)
        command(sandbox, 'downgrade', 'base')
        command(sandbox, 'downgrade', 'base', '--tier', 'legacy')
      },
    },
  ],
  'Keep one of them: the source, or what was compiled from it in a folder of its own.': ['ts', 'js'].map(
    (extension) => ({
      follows: '',
      before: (sandbox: Sandbox) =>
        put(
          sandbox,
          'migrations/a1_first.js',
          "export const revision = 'a1'\nexport const downRevision = null\nexport function upgrade() {}\n",
        ),
      call: up,
      follow: (sandbox: Sandbox) => rmSync(at(sandbox, `migrations/a1_first.${extension}`)),
    }),
  ),
  'Write the id of the revision as one string.': [
    {
      follows: '',
      before: (sandbox) =>
        put(sandbox, 'migrations/b1_x.ts', revision('b1', 'a1', '').replace("revision = 'b1'", "revision = ['b1']")),
      call: up,
      follow: (sandbox) => put(sandbox, 'migrations/b1_x.ts', revision('b1', 'a1', '')),
    },
  ],
  "Give `effects` a list with one for each statement, `'none'` for those that leave the schema as it is.": [
    {
      follows: '',
      before: sqlFolder("export const effects = ['none', 'none']\n"),
      call: up,
      follow: sqlFolder(
        "export const effects = [(op) => { op.createTable('x', (x) => { x.column('a', { kind: 'text' }) }) }]\n",
      ),
    },
  ],
  'Export `effects(op)` from the file, or take the file away.': [
    sqlFolder("export function effects(op) { op.createTable('x', (x) => { x.column('a', { kind: 'text' }) }) }\n"),
    (sandbox: Sandbox) => rmSync(at(sandbox, 'migrations/b1_x/effects.ts')),
  ].map((follow) => ({ follows: '', before: sqlFolder('export const other = 1\n'), call: up, follow })),
  'Write `export const … = {{…}}` in the template.': [
    {
      follows: '',
      before: (sandbox) => {
        config(sandbox, "newFiles: { template: './our.ts' }")
        put(sandbox, 'our.ts', template('null'))
      },
      call: (sandbox) => command(sandbox, 'revision', '--rev-id', 'b1'),
      follow: (sandbox) => put(sandbox, 'our.ts', template('{{downRevision}}')),
      afterwards: (sandbox) => {
        command(sandbox, 'revision', '--rev-id', 'b1')
        up(sandbox)
      },
    },
  ],
  'Run `migrate check` to see which applied revisions were edited, and name those.': [
    {
      follows: '',
      before: (sandbox) => {
        second(sandbox)
        up(sandbox)
        second(sandbox, "  op.alterTable('t', (t) => { t.addColumn('n', integer()) }) // a comment")
        put(sandbox, 'migrations/c1_third.ts', revision('c1', 'b1', "  op.sql('SELECT 1')"))
      },
      call: (sandbox) => command(sandbox, 'stamp', '--accept-edit', 'c1'),
      afterwards: (sandbox) => {
        const { findings } = projectOf(sandbox).json(['check']) as {
          readonly findings: readonly { readonly kind: string; readonly revisions: readonly string[] }[]
        }
        const [named = ''] = findings.flatMap(({ kind, revisions }) => (kind === 'edited' ? revisions : []))
        return command(sandbox, 'stamp', '--accept-edit', named)
      },
    },
  ],
}
