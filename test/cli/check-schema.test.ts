import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { describeOn } from '../kit/servers.ts'
import { executeIn } from '../unit/run/kit.ts'
import { configWith, declaringProject } from './autogenerate-kit.ts'
import { ensureBuilt, type Project, revision, twoRevisions } from './project.ts'

beforeAll(ensureBuilt)
const projects: Project[] = []
afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

const accounts = (more = ''): string => `import { column, integer, table, text, varchar } from '@org/migrate-core'
export const accounts = table(
  'accounts',
  {
    id: column(integer(), { nullable: false }),
    name: column(text()),
    locale: column(varchar(12), { nullable: false, default: 'en' }),${more}
  },
  { primaryKey: ['id'] },
)
`

/** A project whose two revisions make what it declares, and are applied. */
function applied(files: Readonly<Record<string, string>> = {}, env: NodeJS.ProcessEnv = {}): Project {
  const project = declaringProject({ ...twoRevisions, 'schema.ts': accounts(), ...files })
  projects.push(project)
  expect(project.run(['upgrade'], { env }).code).toBe(0)
  return project
}

interface Report {
  readonly ok: boolean
  readonly answers: Readonly<Record<string, string>>
  readonly inspected: readonly string[]
  readonly findings: readonly Record<string, unknown>[]
}

const report = (project: Project, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Report =>
  project.json(['check', ...args], { env }) as unknown as Report

const fine = { atHead: 'yes', model: 'yes', noDrift: 'yes', unedited: 'yes', oneHead: 'yes' }

describe('each question is answered for itself', () => {
  test('where all is well', () => {
    const project = applied()
    expect(project.json(['check'])).toEqual({
      ok: true,
      database: project.database,
      answers: fine,
      inspected: ['files', 'database'],
      findings: [],
    })
  })

  test('the declared schema continues: model alone', () => {
    const project = applied({ 'schema.ts': accounts('\n    phone: column(text()),') })
    expect(report(project)).toMatchObject({
      ok: false,
      answers: { ...fine, model: 'no' },
      findings: [
        {
          kind: 'model differs',
          level: 'problem',
          revisions: [],
          what: 'The database differs from the declared schema: 1 difference.',
          next: 'Declare what you want to keep. Then `migrate revision --autogenerate` writes a revision of these differences: it adds what is missing, and drops what is not declared.',
          differences: ['table accounts: column phone is missing'],
        },
      ],
    })
    const { code, stdout } = project.run(['check'])
    expect(code).toBe(3)
    expect(stdout).toContain('  the database is the declared schema      no\n')
    expect(stdout).toContain(
      'problem (model differs): The database differs from the declared schema: 1 difference.\n  - table accounts: column phone is missing\n',
    )
  })

  test('the database was changed by hand: drift, and the model too', () => {
    const project = applied()
    executeIn(project.database, 'ALTER TABLE accounts ADD COLUMN note TEXT')
    expect(report(project)).toMatchObject({
      ok: false,
      answers: { ...fine, model: 'no', noDrift: 'no' },
      findings: [
        { kind: 'drift', level: 'problem', differences: ['table accounts: column note is not expected'] },
        { kind: 'model differs', level: 'problem', differences: ['table accounts: column note is not expected'] },
      ],
    })
    // What revisions make is what is declared: only the database is to blame.
    expect(report(project, ['--from', 'replay'])).toMatchObject({ answers: { ...fine, noDrift: 'no' } })
    expect(project.run(['check']).stdout).toContain(
      'problem (model differs): The database differs from the declared schema: 1 difference.\n  These are the differences above.\n',
    )
  })

  test('a revision is pending: what is declared cannot be told from the database, and can from the files', () => {
    const project = declaringProject({ ...twoRevisions, 'schema.ts': accounts() })
    projects.push(project)
    expect(project.run(['upgrade', 'a1']).code).toBe(0)
    expect(report(project)).toMatchObject({
      ok: false,
      answers: { ...fine, atHead: 'no', model: 'unknown' },
      findings: [{ kind: 'not at head' }, { kind: 'model not compared', level: 'information' }],
    })
    expect(report(project, ['--from', 'replay'])).toMatchObject({ answers: { ...fine, atHead: 'no' } })
    expect(report(project, ['--no-database'])).toMatchObject({
      ok: true,
      inspected: ['files'],
      answers: { atHead: 'not checked', model: 'yes', noDrift: 'not checked', unedited: 'not checked', oneHead: 'yes' },
    })
  })

  test('a file was edited: unedited alone, where its operations are the same and the text was asked for', () => {
    const project = applied()
    const file = 'migrations/b1_locale.ts'
    project.put({ [file]: `// looked at\n${twoRevisions[file]}` })
    expect(report(project, ['--edits', 'text'])).toMatchObject({ ok: false, answers: { ...fine, unedited: 'no' } })
    expect(report(project)).toMatchObject({ ok: true, answers: fine })
  })

  test('two heads: oneHead alone', () => {
    const add = (id: string) => revision(id, 'b1', '  op.run("nothing", { up: async () => {}, down: "none" })')
    const project = declaringProject({
      ...twoRevisions,
      'schema.ts': accounts(),
      'migrations/c1.ts': add('c1'),
      'migrations/c2.ts': add('c2'),
    })
    projects.push(project)
    expect(project.run(['upgrade', 'heads']).code).toBe(0)
    expect(report(project)).toMatchObject({ ok: false, answers: { ...fine, oneHead: 'no' } })
  })

  test('without a declared schema the model is not asked for', () => {
    const project = applied({
      'migrate.config.ts': "export default { url: 'sqlite:./app.db', migrations: './migrations' }\n",
    })
    expect(report(project).answers).toEqual({ ...fine, model: 'not checked' })
  })
})

describe('what is no difference', () => {
  test('the tables of another tool that was here before', () => {
    const project = applied()
    executeIn(
      project.database,
      `CREATE TABLE knex_migrations (id integer not null primary key autoincrement, name varchar(255), batch integer, migration_time datetime);
       CREATE TABLE knex_migrations_lock ("index" integer not null primary key autoincrement, is_locked integer)`,
    )
    expect(report(project, [])).toMatchObject({ answers: { model: 'yes', noDrift: 'yes' } })
  })

  test('what the configuration leaves out', () => {
    const project = applied({ 'migrate.config.ts': configWith("schema: './schema.ts', exclude: ['stats_*']") })
    executeIn(project.database, 'CREATE TABLE stats_daily (day TEXT); CREATE TABLE other (day TEXT)')
    expect(report(project)).toMatchObject({
      findings: [
        {
          kind: 'drift',
          differences: ['table other is not expected'],
          next: expect.stringMatching(/ Where another program makes other, name it in `autogenerate\.exclude`\.$/),
        },
        {
          kind: 'model differs',
          differences: ['table other is not expected'],
          next: expect.stringMatching(/ Where another program makes other, name it in `autogenerate\.exclude`\.$/),
        },
      ],
    })
    project.put({
      'migrate.config.ts': configWith("schema: './schema.ts', exclude: ['stats_*', 'other']"),
    })
    expect(report(project)).toMatchObject({ answers: { model: 'yes', noDrift: 'yes' } })
  })

  test('SQL that does not say what it makes explains what nothing else does, and is said', () => {
    const view = "op.sql('CREATE VIEW names AS SELECT name FROM accounts')"
    const project = applied({ 'migrations/c1.ts': revision('c1', 'b1', `  ${view}`) })
    expect(report(project)).toMatchObject({
      ok: true,
      answers: { ...fine, noDrift: 'unknown' },
      findings: [{ kind: 'drift not compared', level: 'information' }, { kind: 'irreversible' }, { kind: 'opaque' }],
    })
    const { code, stdout } = project.run(['check'])
    expect(code).toBe(0)
    expect(stdout).toContain('  the database is what its revisions make  unknown\n')
  })

  test('rows, in SQL or in a data step', () => {
    const data = `  op.run('fill', { up: async (db) => { await db.execute("UPDATE accounts SET name = 'x'") }, down: 'none' })`
    expect(report(applied({ 'migrations/c1.ts': revision('c1', 'b1', data) }))).toMatchObject({
      ok: true,
      answers: fine,
    })
  })
})

describeOn('postgres', 'what an administrator made', (createDatabase) => {
  test('is no drift: extensions and schemas that no revision makes; one that a revision makes and is gone is', async () => {
    const database = await createDatabase()
    const env = { APP_URL: database.url }
    const project = applied({ 'migrations/c1.ts': revision('c1', 'b1', "  op.createSchema('reports')") }, env)
    await database.sql('CREATE EXTENSION pgcrypto; CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.t (id int)')
    expect(report(project, [], env)).toMatchObject({ ok: true, answers: fine, findings: [] })
    await database.sql('DROP SCHEMA reports')
    expect(report(project, [], env)).toMatchObject({
      ok: false,
      findings: [{ kind: 'drift', differences: ['schema reports is missing'] }],
    })
  })

  test('is one also beside a table that SQL makes with a serial column, whose sequence no text names', async () => {
    const database = await createDatabase()
    const env = { APP_URL: database.url }
    const serialTable = "  op.sql('CREATE TABLE logs (id serial PRIMARY KEY)')"
    const project = applied({ 'migrations/c1.ts': revision('c1', 'b1', serialTable) }, env)
    const drift = () => report(project, [], env).findings.filter(({ kind }) => String(kind).startsWith('drift'))
    expect(drift()).toMatchObject([{ kind: 'drift not compared' }])
    await database.sql('CREATE SEQUENCE other')
    expect(drift()).toMatchObject([{ kind: 'drift', differences: ['sequence other is not expected'] }])
  })
})
