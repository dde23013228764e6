import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ensureBuilt, Project, revision } from './project.ts'

beforeAll(ensureBuilt)
let project: Project
afterEach(() => project.remove())

const table = (name: string): string =>
  `  op.createTable('${name}', (t) => { t.column('id', integer(), { nullable: false })\n t.primaryKey(['id']) })`

/** A revision with several parents, labels or dependencies. */
function file(id: string, parents: readonly string[], more: { labels?: string[]; needs?: string[] } = {}): string {
  const { labels = [], needs = [] } = more
  const body = parents.length > 1 ? '  void op' : table(`t_${id}`)
  return revision(id, null, body)
    .replace('string | null = null', `readonly string[] = ${JSON.stringify(parents)}`)
    .replace('branchLabels: readonly string[] = []', `branchLabels: readonly string[] = ${JSON.stringify(labels)}`)
    .replace('dependsOn: readonly string[] = []', `dependsOn: readonly string[] = ${JSON.stringify(needs)}`)
}

/** A line with two branches, of which one is merged, and a line of its own that depends on the first. */
const branched = {
  'migrations/a1_x.ts': file('a1', []),
  'migrations/b1_x.ts': file('b1', ['a1']),
  'migrations/c1_x.ts': file('c1', ['b1']),
  'migrations/c2_x.ts': file('c2', ['b1'], { labels: ['billing'] }),
  'migrations/d1_x.ts': file('d1', ['c1', 'c2']),
  'migrations/e2_x.ts': file('e2', ['c2']),
  'migrations/s1_x.ts': file('s1', [], { labels: ['shop'], needs: ['b1'] }),
}

describe('a history with branches', () => {
  beforeEach(() => {
    project = new Project(branched)
  })

  test('graph draws it with labels, dependencies, heads and where the database stands', () => {
    project.run(['upgrade', 'c1'])
    expect(project.run(['graph'])).toEqual({
      code: 0,
      signal: null,
      stderr: '',
      stdout: `o  s1 (shop) (head) (needs b1)  about s1
┊
┊ o  e2 (head)  about e2
┊ │ o  d1 (head)  about d1
┊ ├─┤
┊ o │  c2 (billing)  about c2
╰┈┤ │
  │ @  c1 (current)  about c1
  ├─╯
  *  b1  about b1
  *  a1  about a1
`,
    })
  })

  test('without a database it is drawn as well, and one line says so; what counts from the database fails', () => {
    const nowhere = ['--url', 'postgres://127.0.0.1:1/nowhere']
    const { code, stdout, stderr } = project.run(['graph', '-r', 'c1:d1', ...nowhere])
    expect({ code, stdout }).toEqual({ code: 0, stdout: '*  d1 (head)  about d1\n*  c1  about c1\n' })
    expect(stderr).toMatch(/^the current revisions of the database are not known: .*127\.0\.0\.1.*\n$/)
    expect(project.json(['graph', ...nowhere])).toMatchObject({ current: null, tier: 'main' })
    expect(project.run(['history', ...nowhere]).code).toBe(0)
    expect(project.run(['show', 'a1', ...nowhere]).stdout).toMatch(/^a1\n/)
    for (const args of [['history', '-i'], ['graph', '-r', 'current:'], ['current'], ['show', 'current']]) {
      expect(project.run([...args, ...nowhere])).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('DATABASE_UNREACHABLE'),
      })
    }
  })

  test('graph for other programs', () => {
    project.run(['upgrade', 'a1'])
    expect(project.run(['graph', '-r', ':b1', '--format', 'mermaid']).stdout).toBe(`flowchart TB
  r0["b1<br/>about b1"]
  r1["a1<br/>about a1<br/>current"]
  r0 --> r1
  classDef current stroke-width:4px
  class r1 current
  classDef pending stroke-dasharray:4 4
  class r0 pending
`)
    expect(project.run(['graph', '-r', ':b1', '--format', 'dot']).stdout).toContain('"b1" -> "a1"')
    const document = JSON.parse(project.run(['graph', '-r', ':b1', '--format', 'json']).stdout) as object
    expect(document).toEqual(project.json(['graph', '-r', ':b1']))
    expect(document).toMatchObject({
      current: ['a1'],
      revisions: [
        { revision: 'b1', parents: ['a1'], marks: ['branchpoint'], applied: false },
        { revision: 'a1', parents: [], marks: ['current'], applied: true },
      ],
    })
    expect(project.run(['graph', '--format', 'svg']).code).toBe(2)
  })

  test('branches tells every fork with what follows it, heads and current what only a dependency stands on', () => {
    expect(project.run(['branches']).stdout).toBe(`c2 (billing) (branchpoint)  about c2
   -> d1 (billing) (head) (mergepoint)  about d1
   -> e2 (billing) (head)  about e2

b1 (branchpoint)  about b1
   -> c1  about c1
   -> c2 (billing) (branchpoint)  about c2
`)
    expect(project.run(['branches', '-v']).stdout).toMatch(/^c2 \(branchpoint\)\n {2}message.*\n[\s\S]* {3}-> e2/)
    project.put({ 'migrations/z1_x.ts': file('z1', [], { needs: ['e2'] }) })
    const ids = (args: readonly string[]) =>
      (project.json(args).revisions as { revision: string }[]).map(({ revision }) => revision)
    expect(ids(['heads'])).toEqual(['d1', 'e2', 's1', 'z1'])
    expect(ids(['heads', '--resolve-dependencies'])).toEqual(['d1', 's1', 'z1'])
    expect(project.run(['heads']).stdout).toContain('e2 (billing) (effective head)  about e2\n')
    project.run(['upgrade', 'z1'])
    expect(project.run(['current']).stdout).toBe(
      'e2 (billing) (effective head) (implied by what depends on it)  about e2\nz1 (head)  about z1\n',
    )
    expect(project.run(['current', '-v']).stdout).toMatch(
      /^\S+app\.db is at:\n\ne2 \(effective head\)\n[\s\S]*z1 .*\n {2}message/,
    )
    expect(project.run(['current', '--check-heads']).code).toBe(3)
    project.run(['upgrade', 'heads'])
    expect(project.run(['current', '-c']).code).toBe(0)
  })
})

describe('an applied revision whose file is gone', () => {
  beforeEach(() => {
    project = new Project({
      'migrations/a1_x.ts': file('a1', []),
      'migrations/b1_x.ts': file('b1', ['a1']),
      'migrations/c1_x.ts': file('c1', ['b1']),
    })
    project.run([])
  })
  const remove = (name: string) => rmSync(join(project.folder, `migrations/${name}_x.ts`))

  test('in the middle: what looks says so, upgrade refuses, downgrade goes by what the history kept', () => {
    remove('b1')
    expect(project.run(['status'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('applied in main without a file: b1\n'),
    })
    expect(project.run(['status', '--exit-code']).code).toBe(3)
    expect(project.run(['current']).stdout).toBe('c1 (head)  about c1\n')
    expect(project.run(['history']).stdout).toBe(
      'b1 -> c1 (head) (current)  about c1\na1 -> b1 (file missing)  its file is gone\n<base> -> a1  about a1\n',
    )
    expect(project.run(['graph']).stdout).toBe(
      '@  c1 (head) (current)  about c1\n*  b1 (file missing)  its file is gone\n*  a1  about a1\n',
    )
    expect(project.run(['show', 'b1'])).toMatchObject({ code: 0, stdout: expect.stringContaining('(file missing)') })
    expect(project.run(['upgrade'])).toMatchObject({ code: 1, stderr: expect.stringContaining('MISSING_PARENT') })
    expect(project.run(['downgrade', 'a1'])).toMatchObject({ code: 0 })
    const query =
      'SELECT version_num FROM migrate_version UNION ALL SELECT name FROM sqlite_master WHERE name LIKE "t_%"'
    expect(execFileSync('sqlite3', [project.database, query], { encoding: 'utf8' })).toBe('a1\nt_a1\n')
  })

  test('at the end: the same, and an unknown revision is named', () => {
    remove('c1')
    expect(project.run(['status']).stdout).toMatch(/ahead: .*\n[\s\S]*applied in main without a file: c1\n/)
    expect(project.run(['current']).stdout).toBe('c1 (head) (file missing)  its file is gone\n')
    expect(project.run(['graph']).stdout).toMatch(/^@ {2}c1 \(head\) \(current\) \(file missing\)/)
    expect(project.run(['downgrade', '-1'])).toMatchObject({ code: 0 })
    expect(project.run(['current']).stdout).toBe('b1 (head)  about b1\n')
    execFileSync('sqlite3', [project.database, "UPDATE migrate_version SET version_num = 'zz'"])
    expect(project.run(['status']).stdout).toContain('applied in main without a file: zz\n')
    expect(project.run(['current']).stdout).toBe('zz (no file describes it)\n')
    for (const command of ['history', 'graph']) {
      expect(project.run([command])).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^zz \(current\) \(no file describes it\)\n/),
      })
    }
    expect(project.run(['downgrade', 'base'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('UNKNOWN_APPLIED_REVISION'),
    })
  })
})
