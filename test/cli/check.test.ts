import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { CheckReport } from '@org/migrate-autogenerate'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { executeIn } from '../unit/run/kit.ts'
import { ensureBuilt, Project, revision, twoRevisions } from './project.ts'

beforeAll(ensureBuilt)
const projects: Project[] = []
afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

function applied(files: Readonly<Record<string, string>> = twoRevisions, target = 'heads'): Project {
  const project = new Project(files)
  projects.push(project)
  expect(project.run(['upgrade', target])).toMatchObject({ code: 0 })
  return project
}

interface Checked {
  readonly code: number | null
  readonly findings: readonly Record<string, unknown>[]
}

/** Runs it with `--json`; whatever it finds, the file of the database has the same bytes, and nothing lies beside it. */
function checked(project: Project, ...args: readonly string[]): Checked {
  const before = existsSync(project.database) ? readFileSync(project.database) : undefined
  const entries = readdirSync(project.folder).toSorted()
  const { code, stdout } = project.run(['check', ...args, '--json'])
  expect(existsSync(project.database) ? readFileSync(project.database) : undefined).toEqual(before)
  expect(readdirSync(project.folder).toSorted()).toEqual(entries)
  expect({ code, stdout }).not.toMatchObject({ code: 1 })
  return { code, findings: (JSON.parse(stdout) as { findings: Record<string, unknown>[] }).findings }
}

const b1 = 'migrations/b1_locale.ts'
const locale = twoRevisions[b1] ?? ''
const accounts = twoRevisions['migrations/a1_accounts.ts'] ?? ''

test('at the head there is nothing to do', () => {
  const project = applied()
  expect(checked(project)).toEqual({ code: 0, findings: [] })
  expect(project.run(['check']).stdout).toBe(
    [
      `${project.database}: nothing to do`,
      '  every revision is applied                yes',
      '  the database is the declared schema      not checked',
      '  the database is what its revisions make  yes',
      '  applied files do what they did           yes',
      '  there is one head                        yes',
      '',
    ].join('\n'),
  )
})

test('what is pending is a problem, and what to do is said', () => {
  const project = applied(twoRevisions, 'a1')
  expect(checked(project)).toEqual({
    code: 3,
    findings: [
      {
        kind: 'not at head',
        level: 'problem',
        tier: 'main',
        revisions: ['b1'],
        what: 'The database is not at the head: 1 revision is pending, b1.',
        next: 'See them with `migrate plan`, and apply them with `migrate upgrade`.',
      },
    ],
  })
})

const step = (body: string): string =>
  revision('b1', 'a1', `  op.run('fill', { up: async (db) => { ${body} }, down: 'none' })`)

test.each([
  ['only text', locale, locale.replace('export function', '// a word about it\nexport function')],
  ['same operations', step("await db.query('SELECT 1')"), step("await db.query('SELECT 2')")],
  ['operations differ', locale, locale.replace('varchar(12)', 'varchar(20)')],
  ['cannot be compared', locale, locale.replace('op.alterTable', 'op.noSuchThing')],
])('a file edited after it was applied: %s', (edit, before, after) => {
  const project = applied({ 'migrations/a1_accounts.ts': accounts, [b1]: before })
  project.put({ [b1]: after })
  const { findings } = checked(project)
  const finding = findings.find(({ kind }) => kind === 'edited')
  expect(finding).toMatchObject({ revisions: ['b1'], edit })
  const ended = (...args: readonly string[]): readonly unknown[] => {
    const report = project.json(['check', ...args]) as unknown as CheckReport
    return [report.findings.find(({ kind }) => kind === 'edited')?.level, report.answers.unedited]
  }
  const fails = ['problem', 'no']
  const passes = ['information', edit === 'only text' ? 'yes' : 'unknown']
  const limits = ['text', 'functions', 'operations'] as const
  const failing = {
    'only text': ['text'],
    'same operations': ['text', 'functions'],
    'operations differ': limits,
    'cannot be compared': limits,
  }[edit] as readonly string[]
  const expected = (limit: string): readonly unknown[] => (failing.includes(limit) ? fails : passes)
  expect(ended()).toEqual(expected('functions'))
  for (const limit of limits) expect([limit, ...ended('--edits', limit)]).toEqual([limit, ...expected(limit)])
  expect(project.run(['check']).code).toBe(edit === 'only text' ? 0 : 3)
  expect(project.run(['check', '--edits', 'text']).code).toBe(3)
  // The configuration says the same, and the option goes before it.
  const config = readFileSync(join(project.folder, 'migrate.config.ts'), 'utf8')
  project.put({ 'migrate.config.ts': config.replace(/\bmigrations:/, "check: { edits: 'text' }, migrations:") })
  expect(ended()).toEqual(fails)
  expect(ended('--edits', 'operations')).toEqual(expected('operations'))
  project.put({ 'migrate.config.ts': config })
  expect(finding?.next).toContain('migrate stamp --accept-edit b1')
  if (edit === 'cannot be compared') return
  expect(project.run(['stamp', '--accept-edit', 'b1']).code).toBe(0)
  const accepted = checked(project)
  // Accepting it states that the database is as the file says: here it is not.
  if (edit !== 'operations differ') expect(accepted).toEqual({ code: 0, findings: [] })
  else {
    expect(accepted).toMatchObject({
      code: 3,
      findings: [
        {
          kind: 'drift',
          level: 'problem',
          differences: ['table accounts: column locale: type is varchar(12), expected varchar(20)'],
        },
      ],
    })
    expect(accepted.findings).toHaveLength(1)
  }
})

test('an applied revision without a file is told, with what the history knows', () => {
  const project = applied()
  rmSync(join(project.folder, b1))
  expect(checked(project)).toMatchObject({
    code: 3,
    findings: [
      { kind: 'file missing', revisions: ['b1'], what: expect.stringContaining('the history knows what it did') },
      { kind: 'drift not compared', level: 'information', what: expect.stringContaining('no file has b1') },
    ],
  })
  executeIn(project.database, "UPDATE migrate_version SET version_num = 'zzz'")
  expect(checked(project)).toMatchObject({
    code: 3,
    findings: [
      { kind: 'file missing', revisions: ['zzz'], what: expect.stringContaining('the history does not know it') },
      { kind: 'history missing', revisions: ['zzz'] },
      { kind: 'drift not compared', level: 'information', what: expect.stringContaining('no file has zzz') },
    ],
  })
})

test('rows that stand on each other are told, and nothing is said of what is pending', () => {
  const project = applied()
  executeIn(project.database, "INSERT INTO migrate_version VALUES ('a1')")
  expect(checked(project)).toMatchObject({
    code: 3,
    findings: [{ kind: 'rows overlap', revisions: ['a1', 'b1'], next: expect.stringContaining('stamp --purge') }],
  })
})

test('SQL without effects, and what cannot be undone, are worth knowing and no failure', () => {
  const project = applied({
    'migrations/a1_accounts.ts': accounts,
    [b1]: revision('b1', 'a1', "  op.sql('CREATE VIEW names AS SELECT name FROM accounts')"),
  })
  expect(checked(project)).toMatchObject({
    code: 0,
    findings: [
      {
        kind: 'drift not compared',
        level: 'information',
        what: 'The database was not compared with its revisions: b1 made something by SQL that does not say what.',
        next: 'Declare the `effects` of that SQL, and check again.',
      },
      { kind: 'irreversible', level: 'information', revisions: ['b1'] },
      { kind: 'opaque', level: 'information', revisions: ['b1'] },
    ],
  })
})

test('a difference of a table that no SQL without effects names is listed beside such SQL', () => {
  const project = applied({
    'migrations/a1_accounts.ts': accounts,
    [b1]: revision('b1', 'a1', "  op.sql('CREATE VIEW old_names AS SELECT 1 AS one')"),
  })
  executeIn(project.database, 'CREATE TABLE stray (id integer PRIMARY KEY)')
  expect(checked(project)).toMatchObject({
    code: 0,
    findings: [
      { kind: 'drift', level: 'information', differences: ['table stray is not expected'] },
      { kind: 'irreversible' },
      { kind: 'opaque' },
    ],
  })
})

test('a revision of a table that SQL without effects made is no problem, as after an import', () => {
  const project = applied({
    'migrations/a1_accounts/up.sql':
      '-- message: accounts\n-- revision: a1\n-- revises: base\n\nCREATE TABLE accounts (id integer PRIMARY KEY);\n',
    [b1]: revision('b1', 'a1', "  op.addColumn('accounts', 'name', text())"),
  })
  const why = 'a1 made something by SQL that does not say what.'
  expect(checked(project)).toMatchObject({
    code: 0,
    findings: [
      {
        kind: 'drift not compared',
        level: 'information',
        what: `The database was not compared with its revisions: ${why}`,
        next: 'Declare the `effects` of that SQL, and check again.',
      },
      { kind: 'irreversible', level: 'information', revisions: ['a1'] },
      { kind: 'opaque', level: 'information', revisions: ['a1'] },
    ],
  })
})

test('of a table that SQL without effects made, no revision is called one without a downgrade: the replay lacks what it is derived from', () => {
  const project = applied({
    'migrations/a1_accounts/up.sql':
      '-- message: accounts\n-- revision: a1\n-- revises: base\n\nCREATE TABLE accounts (id integer PRIMARY KEY, name text);\n',
    [b1]: revision('b1', 'a1', "  op.dropColumn('accounts', 'name')"),
  })
  expect(checked(project).findings.filter(({ kind }) => kind === 'irreversible')).toMatchObject([{ revisions: ['a1'] }])
  expect(project.run(['downgrade', '-1']).code).toBe(0)
})

test('what several revisions have alike is advised once, and of many only the first are spelled out', () => {
  const files = ['r1', 'r2', 'r3', 'r4', 'r5'].map((id, at) => [
    `migrations/${id}_view.ts`,
    revision(
      id,
      at === 0 ? null : `r${at}`,
      `  op.sql('CREATE VIEW v${at} AS SELECT 1 AS one', { inverse: 'DROP VIEW v${at}' })`,
    ),
  ])
  const { code, stdout } = applied(Object.fromEntries(files)).run(['check'])
  expect(code).toBe(0)
  expect(stdout.slice(stdout.indexOf('note (main, opaque)'))).toBe(
    `note (main, opaque): Revision r1 has SQL that does not say what it does: sql: CREATE VIEW v0 AS SELECT 1 AS one.
note (main, opaque): Revision r2 has SQL that does not say what it does: sql: CREATE VIEW v1 AS SELECT 1 AS one.
note (main, opaque): Revision r3 has SQL that does not say what it does: sql: CREATE VIEW v2 AS SELECT 1 AS one.
  the same of r4, r5
  Declare its \`effects\` where it changes tables, and a replay and \`check --branches\` take it into account.
`,
  )
})

test('the files alone are looked at without a database, and none is made', () => {
  const broken = locale.replace('op.alterTable', 'op.noSuchThing')
  const project = new Project({ 'migrations/a1_accounts.ts': accounts, [b1]: locale })
  projects.push(project)
  expect(checked(project, '--no-database')).toEqual({ code: 0, findings: [] })
  project.put({ [b1]: broken })
  expect(checked(project, '--no-database')).toMatchObject({
    code: 3,
    findings: [{ kind: 'cannot be recorded', revisions: ['b1'], what: expect.stringContaining('noSuchThing') }],
  })
  expect(existsSync(project.database)).toBe(false)
})

const column = (id: string, name: string): string =>
  revision(id, 'b1', `  op.alterTable('accounts', (t) => { t.addColumn('${name}', text()) })`)

test('two heads that touch nothing in common are independent', () => {
  const project = applied({
    ...twoRevisions,
    'migrations/c1_x.ts': column('c1', 'phone'),
    'migrations/c2_x.ts': column('c2', 'mail'),
  })
  const { code, stdout } = project.run(['check', '--branches'])
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout:
      'independent: c1 and c2, since b1\n  they have nothing in common: any order works, and `migrate merge` joins them\n',
  })
  // The heads themselves are a problem where branches are not requested.
  expect(checked(project)).toMatchObject({ code: 3, findings: [{ kind: 'several heads', revisions: ['c1', 'c2'] }] })
})

test('two heads that touch the same column conflict, with both operations', () => {
  const project = applied(
    {
      ...twoRevisions,
      'migrations/c1_x.ts': revision('c1', 'b1', "  op.alterTable('accounts', (t) => { t.dropColumn('name') })"),
      'migrations/c2_x.ts': revision('c2', 'b1', "  op.createIndex('accounts', 'by_name', ['name'])"),
    },
    'b1',
  )
  const answer = project.json(['check', '--branches'])
  expect(answer).toEqual({
    ok: false,
    tier: 'main',
    pairs: [
      {
        left: { head: 'c1', revisions: ['c1'], unknown: [] },
        right: { head: 'c2', revisions: ['c2'], unknown: [] },
        ancestors: ['b1'],
        verdict: 'conflict',
        conflicts: [
          {
            left: { revision: 'c1', operation: 'drop column accounts.name' },
            right: { revision: 'c2', operation: expect.stringContaining('by_name') },
            footprints: ['table:accounts/column:name/index:by_name'],
          },
        ],
      },
    ],
  })
  expect(project.run(['check', '--branches', 'c1', 'c2']).code).toBe(3)
  expect(project.run(['check', '--branches', 'c1']).code).toBe(2)
  for (const other of [['--data'], ['--no-database'], ['--edits', 'text'], ['--from', 'replay']])
    expect(project.json(['check', ...other, '--branches']).error).toMatchObject({
      code: 'USAGE',
      message: `--branches compares branches only, and ${other[0]} is of the other questions`,
    })
  expect(project.json(['stamp', 'c1', '--purge', '--accept-edit']).error).toMatchObject({ code: 'USAGE' })
})

test('of many pairs of branches the first are printed, conflicts before all, and the JSON has all', () => {
  const files = (ids: readonly string[], name: (id: string) => string) =>
    Object.fromEntries(ids.map((id) => [`migrations/${id}_x.ts`, column(id, name(id))]))
  const independent = Array.from({ length: 5 }, (_, at) => `d${at}`)
  const conflicting = Array.from({ length: 7 }, (_, at) => `e${at}`)
  const project = applied(
    { ...twoRevisions, ...files(independent, (id) => id), ...files(conflicting, () => 'phone') },
    'b1',
  )
  const { code, stdout } = project.run(['check', '--branches'])
  expect(code).toBe(3)
  const lines = stdout.trimEnd().split('\n')
  expect(lines[0]).toBe('66 pairs: 21 in conflict, 0 unknown, 45 independent')
  expect(lines.filter((each) => each.startsWith('conflict: '))).toHaveLength(20)
  expect(lines.filter((each) => each.startsWith('independent: '))).toEqual([])
  expect(lines.at(-1)).toBe('and 46 more; `--json` has all of them')
  expect(project.json(['check', '--branches']).pairs).toHaveLength(66)
  expect(project.run(['merge', 'heads', '--rev-id', 'm1']).stdout).toMatch(
    /^m1 joins d0, d1, d2, d3, d4, e0, e1, e2, e3, e4 and 2 more$/m,
  )
})

test('of the conflicts of two branches the first are printed', () => {
  const many = (id: string) =>
    revision(
      id,
      'b1',
      Array.from({ length: 25 }, (_, at) => `  op.alterTable('accounts', (t) => t.addColumn('c${at}', text()))`).join(
        '\n',
      ),
    )
  const project = applied({ ...twoRevisions, 'migrations/c1_x.ts': many('c1'), 'migrations/c2_x.ts': many('c2') }, 'b1')
  const lines = project.run(['check', '--branches']).stdout.trimEnd().split('\n')
  expect(lines.filter((each) => each.startsWith('    conflicts with '))).toHaveLength(20)
  expect(lines.at(-1)).toBe('  and 5 more')
})

test('a side of opaque SQL cannot be told, which is no conflict', () => {
  const project = applied(
    {
      ...twoRevisions,
      'migrations/c1_x.ts': revision('c1', 'b1', "  op.sql('DELETE FROM accounts')"),
      'migrations/c2_x.ts': column('c2', 'mail'),
    },
    'b1',
  )
  const { code, stdout } = project.run(['check', '--branches'])
  expect(code).toBe(0)
  expect(stdout).toContain('unknown effects: c1: sql: DELETE FROM accounts')
})
