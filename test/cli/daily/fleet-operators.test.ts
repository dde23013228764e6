import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { executeIn, rowsOf } from '../../unit/run/kit.ts'
import { ensureBuilt, Project, revision, twoRevisions } from '../project.ts'

beforeAll(ensureBuilt)

const config = `import { defineConfig } from '@org/cli'
export default defineConfig({
  migrations: './migrations',
  fleet: {
    members: ['a', 'b', 'c'].map((id) => ({ id, url: 'sqlite:tenants/' + id + '.db', group: id === 'a' ? 'eu' : 'us' })),
    stages: [{ name: 'canary', match: { ids: ['a'] } }, { name: 'the remaining ones' }],
    retry: { times: 0 },
  },
})
`

function fleetProject(): Project {
  const project = new Project({ ...twoRevisions, 'migrate.config.ts': config, 'tenants/.keep': '' })
  for (const id of ['a', 'b']) executeIn(join(project.folder, `tenants/${id}.db`), 'CREATE TABLE other (id)')
  writeFileSync(join(project.folder, 'tenants/c.db'), 'this is no database at all, but a text\n'.repeat(200))
  return project
}

const linesOf = (text: string): readonly string[] => text.trimEnd().split('\n')

test('The run that ended, the members by group and stage and the history of one are shown, in lines of 60 columns at most', () => {
  const project = fleetProject()
  try {
    expect(project.run(['fleet', 'watch'])).toMatchObject({ code: 0, stdout: 'no run is recorded\n' })
    expect(project.run(['fleet', 'history', 'a'])).toMatchObject({
      code: 0,
      stdout: 'a\nno run of the fleet has taken it\n',
    })
    expect(project.run(['fleet', 'upgrade'])).toMatchObject({ code: 3 })
    const watched = project.run(['fleet', 'watch'])
    expect(watched.code).toBe(3)
    expect(watched.stdout).toMatch(/^run [0-9a-f-]{36}\n {2}started at .*, 3 members\n {2}finished at /)
    expect(watched.stdout).toContain('canary: 1 migrated\n')
    expect(watched.stdout).toContain('the remaining ones: 1 migrated, 1 failed\n')
    expect(linesOf(watched.stdout + watched.stderr).filter((line) => line.length > 60)).toEqual([])
    const status = project.run(['fleet', 'status'])
    expect(status.stdout).toContain('by group\n  eu: 1/1 at the head\n  us: 1/2 at the head, 1 unreadable\n')
    expect(status.stdout).toContain(
      'by stage\n  canary: 1/1 at the head\n  the remaining ones: 1/2 at the head, 1 unreadable\n',
    )
    const history = project.run(['fleet', 'history', 'b'])
    expect(history.stdout).toMatch(
      /^b\nmigrated at .*\n {2}stage the remaining ones of run .*\n.*upgrade +main:.*\n.*upgrade +main:/,
    )
    const failed = project.run(['fleet', 'history', 'c'])
    expect(failed.stdout).toMatch(/^c\nfailed at .*\n.*\n {2}[A-Z_]+: .*\nits own history can't be read: /)
  } finally {
    project.remove()
  }
})

test('With --log json each line of stderr is JSON with a time, and the name of the span that an event belongs to', () => {
  const project = fleetProject()
  try {
    const run = project.run(['upgrade', '--url', 'sqlite:own.db', '--log', 'json'])
    expect(run.code).toBe(0)
    const lines = linesOf(run.stderr).map((line) => JSON.parse(line) as Record<string, string>)
    expect(lines.every(({ time = '' }) => new Date(time).toISOString() === time)).toBe(true)
    expect(lines.filter(({ type }) => type?.startsWith('step')).map(({ name, type }) => [name, type])).toEqual([
      ['migrate.step', 'stepStarted'],
      ['migrate.step', 'stepFinished'],
      ['migrate.step', 'stepStarted'],
      ['migrate.step', 'stepFinished'],
    ])
    expect(lines.at(-1)).toMatchObject({ level: 'info', name: 'migrate.run', type: 'finished' })
    const fleet = project.run(['fleet', 'upgrade', '--log', 'json'])
    const members = linesOf(fleet.stderr).map((line) => JSON.parse(line) as Record<string, string>)
    const ended = members.filter(({ name, type }) => name === 'migrate.member' && type !== 'memberStarted')
    expect(ended.map(({ level, type }) => `${level} ${type}`).sort()).toEqual([
      'error memberFailed',
      'info memberFinished',
      'info memberFinished',
    ])
  } finally {
    project.remove()
  }
})

test('The page of a fleet is one file, and is only replaced by another report', () => {
  const project = fleetProject()
  try {
    project.run(['fleet', 'upgrade', 'head'])
    const { code, stdout } = project.run(['fleet', 'report', '--out', 'fleet.html'])
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^3 members reported in .*fleet\.html\n$/),
    })
    const document = project.json(['fleet', 'report'])
    expect(String(document.html)).toContain('2 of 3 members are at the head.')
    expect(String(document.html)).toMatch(/<th scope="row">us<\/th>.*<td class="good" style="--share: 0.500">1<\/td>/)
    writeFileSync(join(project.folder, 'fleet.html'), 'a text of its own')
    expect(project.run(['fleet', 'report', '--out', 'fleet.html'])).toMatchObject({ code: 2 })
    rmSync(join(project.folder, 'tenants/c.db'))
  } finally {
    project.remove()
  }
})

test.each([
  [
    "members: { query: 'SELECT id FROM m', ulr: 'sqlite:control.db' }",
    '`members`: there is no option `ulr`; known are query, url',
  ],
  ['members: { query: 5 }', '`members`: `query`: a text is expected, and it is a number'],
  ["members: { query: 'SELECT id FROM m', url: 5 }", '`members`: `url`: a text is expected, and it is a number'],
  ["members: 't/*.db', queue: { url: 5 }", '`queue`: `url`: a text is expected, and it is a number'],
  ["members: 't/*.db', queue: 5", '`queue`: an object is expected, and it is a number'],
  [
    "members: 't/*.db', stages: [{ name: 'a', gate: { query: 'SELECT 1', url: 5 } }]",
    '`stages[].gate.url`: a text is expected, and it is a number',
  ],
])('A fleet with %s is refused, and no other database is read in its place', (fleet, why) => {
  const project = fleetProject()
  try {
    executeIn(join(project.folder, 'app.db'), "CREATE TABLE m (id); INSERT INTO m VALUES ('of the application')")
    const own = `export default { url: 'sqlite:app.db', migrations: './migrations', fleet: { ${fleet} } }\n`
    project.put({ 'migrate.config.ts': own })
    const { code, stderr } = project.run(['fleet', 'status'])
    expect(stderr).toContain(`INVALID_OPTION: fleet: ${why}`)
    expect(code).toBe(2)
  } finally {
    project.remove()
  }
})

test.each([undefined, 'sqlite:elsewhere.db'])(
  'A tier that all members share, at %s, and those of a member each have their commands',
  (url) => {
    const project = fleetProject()
    try {
      project.put({
        'shared/s1.ts': revision('s1', null, `  op.createTable('plans', (t) => t.column('id', integer()))`, 'plans'),
        'migrate.config.ts': `import { graph } from '@org/migrate-core/node'
export default {
  url: 'sqlite:app.db',
  tiers: [graph(new URL('./shared/', import.meta.url), { name: 'shared' }), graph(new URL('./migrations/', import.meta.url))],
  fleet: { members: [{ id: 'a', url: 'sqlite:tenants/a.db' }], shared: { tier: 'shared'${url === undefined ? '' : `, url: '${url}'`} } },
}
`,
      })
      expect(project.run(['fleet', 'upgrade'])).toMatchObject({ code: 0 })
      const file = join(project.folder, url === undefined ? 'app.db' : 'elsewhere.db')
      const tablesOf = (database: string): unknown =>
        rowsOf(database, "SELECT name FROM sqlite_master WHERE name IN ('plans', 'accounts')")
      expect(tablesOf(file)).toEqual([{ name: 'plans' }])
      for (const command of [['status'], ['upgrade'], ['check'], ['upgrade', '--url', 'sqlite:tenants/a.db']]) {
        const refused = project.run(command)
        expect(refused.code).toBe(2)
        expect(refused.stderr).toContain('Name the tier: `--tier shared`, or another one with the `--url` of a member.')
      }
      expect(project.run(['check', '--tier', 'shared'])).toMatchObject({ code: 0 })
      expect(project.run(['downgrade', '-1', '--tier', 'shared'])).toMatchObject({ code: 0 })
      expect(tablesOf(file)).toEqual([])
      const member = ['--tier', 'main', '--url', 'sqlite:tenants/a.db']
      expect(project.run(['downgrade', 'base', ...member])).toMatchObject({ code: 0 })
      expect(project.run(['upgrade', ...member])).toMatchObject({ code: 0 })
      expect(tablesOf(join(project.folder, 'tenants/a.db'))).toEqual([{ name: 'accounts' }])
      expect(project.run(['fleet', 'upgrade']).stderr).toContain('shared: 1 revision applied')
      expect(project.run(['downgrade', '-1', '--tier', 'shared'])).toMatchObject({ code: 0 })
      const created = project.run(['fleet', 'create', 'a'])
      expect(created.stdout).toBe('shared: 1 revision applied\na: up to date\n')
      expect(tablesOf(file)).toEqual([{ name: 'plans' }])
      executeIn(join(project.folder, 'tenants/a.db'), 'DROP TABLE other')
      const status = project.run(['fleet', 'status', '--drift', '--exit-code'])
      expect(status.stdout).toMatch(/\nshared: no drift\n0 members with drift\n$/)
      expect(status.code).toBe(0)
      expect(project.run(['fleet', 'check']).stdout).toBe('shared: no finding\n1 of 1 member without a finding\n')
      executeIn(file, 'DROP TABLE plans')
      const checked = project.run(['fleet', 'check'])
      expect(checked.stdout).toMatch(/^shared: .*\n {2}- .*plans.*\n1 of 1 member without a finding\n$/)
      expect(checked.code).toBe(3)
      const drifted = project.run(['fleet', 'status', '--drift', '--exit-code'])
      expect(drifted.stdout).toMatch(/\nshared: drift\n {2}- .*plans.*\n0 members with drift\n$/)
      expect(drifted.code).toBe(3)
      expect(project.json(['fleet', 'status', '--drift'])).toMatchObject({
        drift: { drifted: 0, shared: { differences: [expect.stringContaining('plans')] } },
      })
      expect(project.run(['fleet', 'report']).stdout).toContain('<b class="good">up to date, s1, 0 pending</b>')
    } finally {
      project.remove()
    }
  },
)

test('The database that all members share is no member of a pattern that finds it', () => {
  const project = fleetProject()
  try {
    project.put({
      'shared/s1.ts': revision('s1', null, `  op.createTable('plans', (t) => t.column('id', integer()))`, 'plans'),
      'migrate.config.ts': `import { graph } from '@org/migrate-core/node'
export default {
  url: 'sqlite:app.db',
  tiers: [graph(new URL('./shared/', import.meta.url), { name: 'shared' }), graph(new URL('./migrations/', import.meta.url))],
  fleet: { members: '*.db', shared: { tier: 'shared' }, retry: { times: 0 } },
}
`,
    })
    for (const name of ['app.db', 'tenant.db']) writeFileSync(join(project.folder, name), '')
    expect(project.json(['fleet', 'upgrade'])).toMatchObject({
      members: 1,
      migrated: 1,
      shared: { applied: ['shared:s1'] },
    })
    expect(rowsOf(join(project.folder, 'app.db'), "SELECT name FROM sqlite_master WHERE name = 'accounts'")).toEqual([])
    expect(project.run(['fleet', 'status', '--exit-code'])).toMatchObject({ code: 0 })
  } finally {
    project.remove()
  }
})

test('A check names the members that were not compared, and a run those that no stage takes', () => {
  const project = fleetProject()
  try {
    project.put({
      'migrations/c1.ts': revision('c1', 'b1', `  op.sql('CREATE INDEX of_names ON accounts (name)')`, 'SQL'),
      'migrate.config.ts': config.replace(", 'c']", ']').replace(/, \{ name: 'the remaining ones' \}/, ''),
    })
    for (const id of ['a', 'b']) executeIn(join(project.folder, `tenants/${id}.db`), 'DROP TABLE other')
    const run = project.run(['fleet', 'upgrade', '--junit', 'report.xml'])
    const report = readFileSync(join(project.folder, 'report.xml'), 'utf8')
    expect(report).toContain('<testsuites name="migrate fleet upgrade" tests="2" failures="0" skipped="1">')
    expect(report).toMatch(
      /<testcase classname="not taken" name="[ab]" time="0.000">\n *<skipped message="no stage takes it"\/>/,
    )
    expect(run.stdout).toContain('1 member taken by no stage: add a stage without `match` behind the others\n')
    expect(run.code).toBe(3)
    project.put({ 'migrate.config.ts': config.replace(", 'c']", ']') })
    expect(project.run(['fleet', 'upgrade'])).toMatchObject({ code: 0 })
    const checked = project.run(['fleet', 'check'])
    expect(checked.stdout).toMatch(
      /^2 of 2 members without a finding\n2 members not compared: The database was not compared with its revisions: c1 made something .*\n {2}a, b\n$/,
    )
    expect(checked.code).toBe(0)
    expect(project.json(['fleet', 'check'])).toMatchObject({ ok: 2, notCompared: [{ count: 2, members: ['a', 'b'] }] })
  } finally {
    project.remove()
  }
})

test('A shared tier that was not compared is neither without a finding nor a member', () => {
  const project = fleetProject()
  try {
    const plans = `  op.createTable('plans', (t) => t.column('id', integer()))\n  op.sql('CREATE INDEX of_plans ON plans (id)')`
    project.put({
      'shared/s1.ts': revision('s1', null, plans, 'plans'),
      'migrate.config.ts': `import { graph } from '@org/migrate-core/node'
export default {
  url: 'sqlite:app.db',
  tiers: [graph(new URL('./shared/', import.meta.url), { name: 'shared' }), graph(new URL('./migrations/', import.meta.url))],
  fleet: { members: [{ id: 'shared', url: 'sqlite:tenants/d.db' }], shared: { tier: 'shared' } },
}
`,
    })
    expect(project.run(['fleet', 'create', 'shared'])).toMatchObject({ code: 0 })
    expect(project.run(['fleet', 'check']).stdout).toMatch(
      /^shared: not compared: The database was not compared with its revisions: s1 made something .*\n1 of 1 member without a finding\n$/,
    )
    expect(project.json(['fleet', 'check'])).toMatchObject({
      ok: 1,
      shared: [],
      notCompared: [],
      sharedNotCompared: expect.stringContaining('s1 made something'),
    })
    const status = project.run(['fleet', 'status', '--drift', '--exit-code'])
    expect(status.stdout).toMatch(/\nshared: not compared: .*s1 made something.*\n0 members with drift\n$/)
    expect(status.code).toBe(3)
  } finally {
    project.remove()
  }
})

test('Without stages of the configuration, the history of a member and the events of a worker name none', async () => {
  const project = fleetProject()
  try {
    project.put({ 'migrate.config.ts': config.replace(/ *stages: \[[\s\S]*?\],\n/, '') })
    expect(project.run(['fleet', 'upgrade']).stderr).not.toContain('stage')
    expect(project.run(['fleet', 'history', 'b']).stdout).toMatch(/^b\nmigrated at .*\n {2}run [0-9a-f-]{36}\n/)
  } finally {
    project.remove()
  }
  const { eventText } = await import('../../../apps/cli/src/fleet/event-text.ts')
  const started = { type: 'jobStarted', run: 'r', stage: 'all', members: 3 } as Parameters<typeof eventText>[0]
  expect(eventText(started, { hasStages: false })).toBe('job: 3 members')
  expect(eventText(started, { hasStages: true })).toBe('job of the stage all: 3 members')
})
