import { execFileSync } from 'node:child_process'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureBuilt, Project, revision } from './project.ts'

/** a111 <- b111 <- { c111 [left] <- d111, c222 [right] <- d222 }, and x111 [alone] by itself. */
const parents: Readonly<Record<string, string | null>> = {
  a111: null,
  b111: 'a111',
  c111: 'b111',
  d111: 'c111',
  c222: 'b111',
  d222: 'c222',
  x111: null,
}
const labels: Readonly<Record<string, string>> = { c111: 'left', c222: 'right', x111: 'alone' }
const body = (id: string): string => `  op.createTable('t_${id}', (t) => { t.column('id', integer()) })`
const files = Object.fromEntries(
  Object.entries(parents).map(([id, parent]) => {
    const label = labels[id] === undefined ? '[]' : `['${labels[id]}']`
    const text = revision(id, parent, body(id)).replace('readonly string[] = []', `readonly string[] = ${label}`)
    return [`migrations/${id}_x.ts`, text]
  }),
)

let project: Project
const databaseAt = (name: string): string => join(project.folder, `${name}.db`)

beforeAll(() => {
  ensureBuilt()
  project = new Project(files)
  // One database for each place that something starts from.
  for (const [name, targets] of Object.entries({ b: ['b111'], c: ['c111'], both: ['d111', 'd222'] })) {
    for (const target of targets) project.run(['upgrade', target, '--url', `sqlite:${databaseAt(name)}`])
  }
})
afterAll(() => project.remove())

/** Where it ends, by what the database itself says; or the code of the refusal with what it names. */
type Outcome = readonly string[] | { readonly code: string; readonly names?: readonly string[] }

const table: readonly (readonly [from: 'b' | 'c' | 'both' | 'empty', target: string, to: Outcome])[] = [
  ['empty', 'upgrade left@head', ['d111']],
  ['empty', 'upgrade heads', ['d111', 'd222', 'x111']],
  ['empty', 'upgrade head', { code: 'MULTIPLE_HEADS', names: ['d111', 'd222', 'x111'] }],
  ['empty', 'upgrade c22', ['c222']],
  ['empty', 'upgrade c', { code: 'AMBIGUOUS_PREFIX', names: ['c111', 'c222'] }],
  ['empty', 'upgrade a111+1', ['b111']],
  ['empty', 'upgrade d111-1', ['c111']],
  ['empty', 'upgrade +1', { code: 'AMBIGUOUS_WALK', names: ['a111', 'x111'] }],
  ['empty', 'upgrade left@+2', ['b111']],
  ['empty', 'upgrade left@base+3', ['c111']],
  ['empty', 'upgrade base', []],
  ['b', 'upgrade +1', { code: 'AMBIGUOUS_WALK', names: ['c111', 'c222'] }],
  ['b', 'upgrade right@+2', ['d222']],
  ['b', 'upgrade -1', { code: 'RELATIVE_OUT_OF_RANGE' }],
  ['both', 'upgrade +1', { code: 'AMBIGUOUS_RELATIVE', names: ['d111', 'd222'] }],
  ['c', 'upgrade +2', { code: 'RELATIVE_OUT_OF_RANGE' }],
  ['c', 'upgrade left@d222', { code: 'NOT_IN_BRANCH' }],
  ['c', 'upgrade nothing@head', { code: 'NO_SUCH_BRANCH' }],
  ['both', 'downgrade -1', { code: 'AMBIGUOUS_RELATIVE', names: ['d111', 'd222'] }],
  ['both', 'downgrade left@-1', ['c111', 'd222']],
  ['both', 'downgrade right@b111', ['d111']],
  ['both', 'downgrade d222-1', ['c222', 'd111']],
  ['both', 'downgrade left@base', []],
  ['both', 'downgrade a111+1', ['b111']],
  ['c', 'downgrade -2', ['a111']],
  ['c', 'downgrade base', []],
  ['c', 'downgrade +1', { code: 'RELATIVE_OUT_OF_RANGE' }],
  ['c', 'downgrade d111', { code: 'INVALID_DOWNGRADE_TARGET' }],
  ['c', 'stamp -1', ['b111']],
  ['c', 'stamp d111 d222', ['d111', 'd222']],
  ['c', 'stamp right@head alone@head', ['c111', 'd222', 'x111']],
  ['both', 'stamp b11', ['b111']],
  ['both', 'stamp left@base', ['d222']],
  ['both', 'stamp heads --purge', ['d111', 'd222', 'x111']],
]

const ranges: readonly (readonly [args: string, expected: readonly string[] | string])[] = [
  ['history -1:left@head', ['d111', 'c111']],
  ['history right@head:', ['d222']],
  ['history :b111 --verbose', ['b111', 'a111']],
  ['graph b111:c222 --format json', ['c222', 'b111']],
  ['history +2:', '"+2" is out of range: the first end of a range counts down from the second one.'],
  ['history :-1', '"-1" is out of range: the second end of a range counts up from the first one.'],
  ['history b111', 'The range "b111" is not of the form from:to.'],
]

test.each(ranges)('migrate %s: a range without --range', (args, expected) => {
  const document = project.json(args.split(' '))
  expect(document).toMatchObject(
    typeof expected === 'string'
      ? { error: { message: expected } }
      : { revisions: expected.map((each) => ({ revision: each })) },
  )
})

test('the value of an option may begin with a minus', () => {
  const refused = project.json(['revision', '--head', '-1', '-m', 'x', '--url', `sqlite:${databaseAt('empty')}`])
  expect(refused).toMatchObject({ error: { code: 'RELATIVE_OUT_OF_RANGE', details: { target: '-1' } } })
})

test.each(table)('standing at %s: migrate %s', (from, args, to) => {
  const database = join(project.folder, 'work.db')
  execFileSync('rm', ['-f', database])
  if (from !== 'empty') copyFileSync(databaseAt(from), database)
  const { code, stderr } = project.run([...args.split(' '), '--url', `sqlite:${database}`])
  if ('code' in to) {
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(to.code) })
    for (const name of to.names ?? []) expect(stderr).toContain(name)
    return
  }
  expect({ code, stderr: stderr.includes('error') ? stderr : '' }).toEqual({ code: 0, stderr: '' })
  const query = 'SELECT version_num FROM migrate_version ORDER BY 1'
  const rows =
    to.length === 0 && from === 'empty' ? '' : execFileSync('sqlite3', [database, query], { encoding: 'utf8' })
  expect(rows.split('\n').filter(Boolean)).toEqual(to)
})

/** Looks only: what it names, in its order. */
const inspections: readonly (readonly [from: 'b' | 'c' | 'both', target: string, to: Outcome])[] = [
  ['both', 'show heads', ['d111', 'd222', 'x111']],
  ['both', 'show current', ['d111', 'd222']],
  ['c', 'show right@head left', ['d222', 'c111']],
  ['c', 'show -1', ['b111']],
  ['c', 'show left@+1', ['d111']],
  ['c', 'show base', []],
  ['c', 'show b111-1', ['a111']],
  ['c', 'plan left@head', ['d111']],
  ['c', 'plan -1', ['c111']],
  ['c', 'plan left@-2', ['c111', 'b111']],
  ['c', 'plan b111-1', ['c111', 'b111']],
  ['c', 'plan a111+1', ['c111']],
  ['c', 'plan heads', ['d111', 'c222', 'd222', 'x111']],
  ['c', 'plan left@base', ['c111', 'b111', 'a111']],
  ['c', 'plan b111@heads', ['d111', 'c222', 'd222']],
  ['b', 'plan +1', { code: 'AMBIGUOUS_WALK', names: ['c111', 'c222'] }],
  ['c', 'history -r current:left@head', ['d111', 'c111']],
  ['c', 'history -r current:+1', ['d111', 'c111']],
  ['c', 'history -r left@head-1:left@head', ['d111', 'c111']],
  ['c', 'history -r -1:d111', ['d111', 'c111']],
  ['c', 'history -r b111:', ['d222', 'c222', 'd111', 'c111', 'b111']],
  ['c', 'history -r base:b111', ['b111', 'a111']],
  ['c', 'history -r a111:+2', { code: 'AMBIGUOUS_WALK', names: ['c111', 'c222'] }],
  ['c', 'history -r d111-2:d111', ['d111', 'c111', 'b111']],
  ['c', 'history -r +2:', { code: 'RELATIVE_OUT_OF_RANGE' }],
  ['c', 'history -r d222:d111', { code: 'NOT_ANCESTOR' }],
]

describe('what only looks', () => {
  test.each(inspections)('standing at %s: migrate %s', (from, args, to) => {
    const result = project.json([...args.split(' '), '--url', `sqlite:${databaseAt(from)}`])
    if ('code' in to) {
      expect(result).toMatchObject({ ok: false, error: { code: to.code } })
      for (const name of to.names ?? []) expect(JSON.stringify(result)).toContain(name)
      return
    }
    const rows = (result.revisions ?? result.steps) as readonly { readonly revision: string }[]
    expect(rows.map((each) => each.revision)).toEqual(to)
  })
})
