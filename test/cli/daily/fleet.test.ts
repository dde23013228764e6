import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { executeIn, rowsOf } from '../../unit/run/kit.ts'
import { ensureBuilt, Project, revision, twoRevisions } from '../project.ts'

beforeAll(ensureBuilt)

const configOf = (fleet: string): string => `import { defineConfig } from '@org/cli'
export default defineConfig({ migrations: './migrations'${fleet} })
`

function fleetProject(fleet = ", fleet: { members: 'tenants/*.db', retry: { times: 0 } }"): Project {
  return new Project({ ...twoRevisions, 'migrate.config.ts': configOf(fleet), 'tenants/.keep': '' })
}

test('A pattern of files is migrated; a bad one is named, the command exits with 3, and a second run after its repair finishes', () => {
  const project = fleetProject()
  try {
    for (const id of ['a', 'b', 'c']) executeIn(join(project.folder, `tenants/${id}.db`), 'CREATE TABLE other (id)')
    writeFileSync(join(project.folder, 'tenants/bad.db'), 'this is no database at all, but a text\n'.repeat(200))
    const planned = project.run(['fleet', 'plan'])
    expect(planned).toMatchObject({ code: 3 })
    expect(planned.stdout).toMatch(/4 members, 1 plan\n\n3 members in state .*CREATE TABLE/s)
    const first = project.run(['fleet', 'upgrade'])
    expect(first.code).toBe(3)
    expect(first.stdout + first.stderr).toMatch(/4 members in .*: 3 migrated, 0 up to date, 1 failed; 1 plan\n/)
    expect(first.stdout + first.stderr).toContain('tenants/bad.db: ')
    expect(first.stderr).not.toMatch(/^stage /m)
    rmSync(join(project.folder, 'tenants/bad.db'))
    executeIn(join(project.folder, 'tenants/bad.db'), 'CREATE TABLE other (id)')
    const second = project.run(['fleet', 'upgrade', '--json'])
    expect(second.code).toBe(0)
    expect(JSON.parse(second.stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      ok: true,
      migrated: 1,
      upToDate: 3,
      failed: 0,
      plans: 2,
    })
    expect(project.run(['fleet', 'status', '--exit-code'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^(\d) members\n *\1 +up to date +b1 +0 pending /),
    })
  } finally {
    project.remove()
  }
})

test('The database of the outcomes is no member of a pattern that finds it', () => {
  for (const [state, file] of [
    ['', '.migrate-fleet.db'],
    [", state: 'sqlite:outcomes.db'", 'outcomes.db'],
  ] as const) {
    const project = fleetProject(`, fleet: { members: '*.db'${state}, retry: { times: 0 } }`)
    try {
      executeIn(join(project.folder, 'a.db'), 'CREATE TABLE other (id)')
      for (const migrated of [1, 0]) {
        const run = project.run(['fleet', 'upgrade', '--json'])
        expect(run.code).toBe(0)
        expect(JSON.parse(run.stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ members: 1, migrated })
      }
      const tables = rowsOf(join(project.folder, file), "SELECT name FROM sqlite_schema WHERE name LIKE 'migrate%'")
      expect(tables).toEqual([])
    } finally {
      project.remove()
    }
  }
})

test('A closed gate names how to continue, which works; outcomes are written as JUnit and as JSON', () => {
  const stages = "[{ name: 'canary', match: { ids: ['a'] } }, { name: 'the rest', gate: 'manual' }]"
  const members = "['a', 'b'].map((id) => ({ id, url: `sqlite:${id}.db` }))"
  const project = fleetProject(`, fleet: { members: ${members}, stages: ${stages}, retry: { times: 0 } }`)
  try {
    for (const id of ['a', 'b']) writeFileSync(join(project.folder, `${id}.db`), '')
    const closed = project.run(['fleet', 'upgrade', '--junit', 'report.xml'])
    expect(closed.code).toBe(3)
    expect(closed.stdout + closed.stderr).toContain("migrate fleet upgrade --open-gate 'the rest'")
    const report = readFileSync(join(project.folder, 'report.xml'), 'utf8')
    expect(report).toMatch(/tests="3" failures="0" skipped="2".*classname="canary" name="a".*name="gate".*<skipped/s)
    expect(report).toMatch(/"not taken" name="b".*\n *<skipped message="the run stopped before it, at a gate"/)
    const continued = project.run(['fleet', 'upgrade', '--open-gate', 'the rest', '--json'])
    expect(continued.code).toBe(0)
    const lines = continued.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; id?: string })
    expect(lines.filter(({ type }) => type === 'memberFinished').map(({ id }) => id)).toEqual(['a', 'b'])
    expect(lines.at(-1)).toMatchObject({ type: 'result', ok: true, migrated: 1, upToDate: 1 })
    expect(project.run(['fleet', 'upgrade', '--open-gate', 'canary'])).toMatchObject({ code: 2 })
    executeIn(join(project.folder, 'a.db'), 'ALTER TABLE accounts ADD COLUMN by_hand TEXT')
    const checked = project.run(['fleet', 'check'])
    expect(checked.code).toBe(3)
    expect(checked.stdout).toMatch(/^1 of 2 members without a finding\n1 member: drift: .*\n.*by_hand/)
    const planned = project.run(['fleet', 'plan', 'a1'])
    expect(planned.stdout).toMatch(/down main:b1 .*-- column accounts\.locale: 1 value dropped, preserved/s)
    const reverted = project.run(['fleet', 'downgrade', 'a1', '--open-gate', 'the rest'])
    expect(reverted.code).toBe(0)
    expect(reverted.stdout + reverted.stderr).toContain(
      'a and 1 more: main:b1: column accounts.locale: 2 values dropped, preserved\n',
    )
  } finally {
    project.remove()
  }
})

test('A configuration without a fleet is refused, and its advice works', () => {
  const project = fleetProject('')
  try {
    const refused = project.run(['fleet'])
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('Say in `fleet.members` which databases there are.')
    project.put({ 'migrate.config.ts': configOf(", fleet: { members: [{ id: 'a', url: 'sqlite:a.db' }] }") })
    expect(project.run(['fleet'])).toMatchObject({ code: 0 })
  } finally {
    project.remove()
  }
})

test('A member that is not listed is not created, until it is', () => {
  const project = fleetProject(", fleet: { members: [{ id: 'a', url: 'sqlite:a.db' }] }")
  try {
    const refused = project.run(['fleet', 'create', 'b'])
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('Add it to what `fleet.members` lists first.')
    project.put({ 'migrate.config.ts': configOf(", fleet: { members: [{ id: 'b', url: 'sqlite:b.db' }] }") })
    expect(project.run(['fleet', 'create', 'b'])).toMatchObject({ code: 0 })
    // It exists, and what brings it to the head takes values of it.
    executeIn(join(project.folder, 'b.db'), "INSERT INTO accounts (id, name) VALUES (11, 'x')")
    project.put({ 'migrations/c1_drop.ts': revision('c1', 'b1', "  op.dropColumn('accounts', 'name')") })
    expect(project.run(['fleet', 'create', 'b']).stdout).toContain(
      'b: main:c1: column accounts.name: 2 values dropped, not preserved\n',
    )
  } finally {
    project.remove()
  }
})

test('Members that a newer release has migrated are named one by one, and what to do is printed one time', () => {
  const project = fleetProject()
  try {
    for (const id of ['a', 'b', 'c']) executeIn(join(project.folder, `tenants/${id}.db`), 'CREATE TABLE other (id)')
    expect(project.run(['fleet', 'upgrade']).code).toBe(0)
    const newest = join(
      project.folder,
      'migrations',
      readdirSync(join(project.folder, 'migrations')).sort().at(-1) ?? '',
    )
    rmSync(newest)
    const { code, stdout, stderr } = project.run(['fleet', 'upgrade', 'a1'])
    expect(code).toBe(3)
    const shown = stdout + stderr
    for (const id of ['a', 'b', 'c']) expect(shown).toContain(`\n  tenants/${id}.db: `)
    expect(shown.match(/Use the release that knows these revisions/g)).toHaveLength(1)
    expect(shown.match(/for tenants\/a\.db it needs the URL of that member/g)).toHaveLength(1)
    expect(shown).not.toContain('for tenants/b.db it needs')
  } finally {
    project.remove()
  }
})

test('A member that fails is named with its revision, its file and its SQL', () => {
  const project = fleetProject(", fleet: { members: [{ id: 'a', url: 'sqlite:a.db' }], retry: { times: 0 } }")
  try {
    expect(project.run(['fleet', 'create', 'a']).code).toBe(0)
    executeIn(join(project.folder, 'a.db'), "INSERT INTO accounts (id, name) VALUES (11, 'x'), (12, 'x')")
    const body = "  op.createIndex('accounts', 'accounts_name', ['name'], { unique: true })"
    project.put({ 'migrations/c1_unique.ts': revision('c1', 'b1', body) })
    const failed =
      'revision c1: rows of accounts with equal values in the unique key (name): id 11, name x; id 12, name x'
    const { code, stdout, stderr } = project.run(['fleet', 'upgrade'])
    expect(code).toBe(3)
    expect(stderr).toContain(`a: BLOCKING_ROWS: ${failed}\n`)
    expect(stdout + stderr).toMatch(/\n {2}at \S*migrations\/c1_unique\.ts:\d+:\d+\n {2}sql: CREATE UNIQUE INDEX /)
    expect(stdout + stderr).toContain(`\n  a: ${failed}\n`)
  } finally {
    project.remove()
  }
})

test('A member that does not exist is named and not made, until it is created, from a template where the configuration says so', () => {
  const members = "['a', 'b'].map((id) => ({ id, url: `sqlite:${id}.db` }))"
  const project = fleetProject(`, fleet: { members: ${members}, template: true, retry: { times: 0 } }`)
  try {
    expect(project.run(['fleet', 'create', 'a']).stdout).toContain('a: made from the template, with 2 revisions')
    const refused = project.run(['fleet', 'upgrade'])
    expect(refused.code).toBe(3)
    expect(refused.stdout + refused.stderr).toContain(
      'Make it with `migrate fleet create`, or correct the list of members.',
    )
    const missing = `${join(project.folder, 'b.db')} does not exist: there is no such file`
    expect(refused.stdout + refused.stderr).toContain(`  b: ${missing}\n`)
    expect(existsSync(join(project.folder, 'b.db'))).toBe(false)
    expect(project.run(['fleet', 'create', 'b', '--json'])).toMatchObject({ code: 0 })
    expect(project.run(['fleet', 'create', 'b']).stdout).toContain('b: up to date')
    expect(project.run(['fleet', 'upgrade'])).toMatchObject({ code: 0 })
    executeIn(join(project.folder, 'a.db'), 'ALTER TABLE accounts ADD COLUMN by_hand TEXT')
    const drifted = project.run(['fleet', 'status', '--drift', '--exit-code'])
    expect(drifted.code).toBe(3)
    expect(drifted.stdout).toMatch(/1 member with drift\n1 member: a\n {2}- .*by_hand/)
    expect(project.run(['fleet', 'status', '--exit-code'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^(\d) members\n *\1 +up to date +b1 +0 pending /),
    })
    expect(project.run(['fleet', 'history', 'b']).stdout).toContain('load')
  } finally {
    project.remove()
  }
})

test('A new file that the pattern of the members finds is created; another one leaves nothing behind', () => {
  const project = fleetProject(", fleet: { members: './tenants/*.db' }")
  try {
    const refused = project.run(['fleet', 'create', 'tenants/acme.sqlite'])
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('the pattern of `fleet.members` finds no file tenants/acme.sqlite')
    expect(refused.stderr).toContain(
      'Name a file as the pattern finds it, from the folder of the configuration, in a folder that exists.',
    )
    const unwritten = project.run(['fleet', 'create', 'nowhere/acme.db'])
    expect(unwritten.code).toBe(2)
    expect(unwritten.stderr).toContain('ENOENT: no such file or directory')
    expect(project.run(['fleet', 'create', 'schema.db'])).toMatchObject({ code: 2 })
    expect(readdirSync(join(project.folder, 'tenants'))).toEqual(['.keep'])
    expect(readdirSync(project.folder).filter((name) => name === 'nowhere' || name.endsWith('.db'))).toEqual([])
    // The first tenant of all, and one more.
    expect(project.run(['fleet', 'create', 'tenants/acme.db']).stdout).toContain('tenants/acme.db: 2 revisions applied')
    expect(project.run(['fleet', 'create', 'tenants/acme.db']).stdout).toContain('tenants/acme.db: up to date')
    expect(project.run(['fleet', 'create', 'tenants/globex.db'])).toMatchObject({ code: 0 })
    expect(project.run(['fleet', 'status', '--exit-code'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^(\d) members\n *\1 +up to date +b1 +0 pending /),
    })
  } finally {
    project.remove()
  }
})

test('A new file stays no member after a failure that wrote nothing, and one that is gone is not reported as made', () => {
  const project = fleetProject()
  try {
    executeIn(join(project.folder, 'tenants/first.db'), 'CREATE TABLE other (id)')
    const good = twoRevisions['migrations/b1_locale.ts'] ?? ''
    for (const bad of ["op.sql('INSERT INTO nowhere VALUES (1)')", 'throw new Error("no")', 'is no JavaScript']) {
      project.put({ 'migrations/b1_locale.ts': revision('b1', 'a1', `  ${bad}`, 'bad') })
      expect(project.run(['fleet', 'create', 'tenants/acme.db'])).toMatchObject({ code: 1 })
      expect(existsSync(join(project.folder, 'tenants/acme.db'))).toBe(false)
    }
    expect(project.run(['fleet', 'status']).stdout).toMatch(/^1 member\n/)
    // Another call for the same member made the file, failed, and removed it.
    executeIn(join(project.folder, 'tenants/globex.db'), 'SELECT 1')
    const removing = revision(
      'b1',
      'a1',
      `  op.run('remove', { up: async () => (await import('node:fs')).rmSync('tenants/globex.db'), down: 'none' })`,
      'removes its file',
    )
    project.put({ 'migrations/b1_locale.ts': removing })
    const removed = project.run(['fleet', 'create', 'tenants/globex.db'])
    expect(removed.code).toBe(1)
    expect(removed.stderr).toContain('DATABASE_UNREACHABLE')
    project.put({ 'migrations/b1_locale.ts': good })
    expect(project.run(['fleet', 'create', 'tenants/globex.db'])).toMatchObject({ code: 0 })
  } finally {
    project.remove()
  }
})

test('With --drift and --exit-code a member that could not be compared is none that is as its revisions make it', () => {
  const project = fleetProject()
  try {
    project.put({
      'migrations/c1.ts': revision('c1', 'b1', `  op.sql('CREATE INDEX of_names ON accounts (name)')`, 'SQL'),
    })
    writeFileSync(join(project.folder, 'tenants/a.db'), '')
    expect(project.run(['fleet', 'upgrade'])).toMatchObject({ code: 0 })
    const status = project.run(['fleet', 'status', '--drift', '--exit-code'])
    expect(status.stdout).toContain('0 members with drift; 1 member not compared')
    expect(status.code).toBe(3)
    expect(project.run(['fleet', 'status', '--drift'])).toMatchObject({ code: 0 })
  } finally {
    project.remove()
  }
})

test('The password of a member is in no output', () => {
  const members = "[{ id: 'a', url: 'postgres://app:hush-hush@127.0.0.1:1/db' }]"
  const project = fleetProject(`, fleet: { members: ${members}, retry: { times: 0 } }`)
  try {
    for (const call of [['fleet'], ['fleet', 'plan', '--json'], ['fleet', 'upgrade', '--json'], ['fleet', 'upgrade']]) {
      const { stdout, stderr } = project.run(call)
      expect(stdout + stderr).toContain('DATABASE_UNREACHABLE')
      expect(stdout + stderr).not.toContain('hush')
    }
  } finally {
    project.remove()
  }
})
