import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { ensureBuilt, Project, revision, twoRevisions } from './project.ts'

beforeAll(ensureBuilt)
let project: Project
beforeEach(() => {
  project = new Project(twoRevisions)
  project.run(['upgrade'])
})
afterEach(() => project.remove())

/** The lines of the plan that name an operation. */
function operationsOf(body: string): readonly string[] {
  project.put({ 'migrations/c1_next.ts': revision('c1', 'b1', body) })
  const { code, stdout, stderr } = project.run(['plan'])
  expect(code, stderr).toBe(0)
  return stdout.split('\n').flatMap((line) => /^ {2}-- ((?:add column|sql:|data step:).*)$/.exec(line)?.[1] ?? [])
}

const add = (name: string, type = 'integer()', table = 'accounts'): string =>
  `op.alterTable('${table}', (t) => { t.addColumn('${name}', ${type}) })`

test('a limit of 0 is shown as no limit', () => {
  expect(
    operationsOf(`  op.limits({ statementMs: 0 }, (op) => { ${add('a')} })
  op.limits({ lockMs: 0, statementMs: 500 }, (op) => { ${add('b')} })`),
  ).toEqual([
    'add column accounts.a (runs without a time limit)',
    'add column accounts.b (waits for a lock without a limit, runs 500 ms at most)',
  ])
})

test('after a data step operations are shown as they are, for it may not change a table', () => {
  expect(operationsOf(`  op.run('fill', async () => {})\n  ${add('a')}`)).toEqual([
    'data step: fill',
    'add column accounts.a',
  ])
})

test('after SQL of unknown effects an operation says what its SQL depends on, and whether that can be printed', () => {
  expect(
    operationsOf(`  op.sql('CREATE TABLE made (id INTEGER)')
  ${add('a')}
  op.sql('SELECT 1')
  ${add('b', 'integer()', 'made')}`),
  ).toEqual([
    'sql: CREATE TABLE made (id INTEGER)',
    'add column accounts.a (if the SQL before it leaves these tables as they are)',
    'sql: SELECT 1',
    'add column made.b (its SQL is known when it runs, after the SQL before it)',
  ])
})

test('what a derived downgrade brings back empty is one line, however much it is', () => {
  const columns = ['c1', 'c2', 'c3']
  const tables = ['t1', 't2']
  const added = columns.map((name) => add(name)).join('\n')
  const created = tables.map((name) => `op.createTable('${name}', (t) => { t.column('id', integer()) })`).join('\n')
  project.put({ 'migrations/c1_next.ts': revision('c1', 'b1', `${added}\n${created}`) })
  expect(project.run(['upgrade']).code).toBe(0)
  const dropped = columns.map((name) => `op.dropColumn('accounts', '${name}')`).join('\n')
  const droppedTables = tables.map((name) => `op.dropTable('${name}')`).join('\n')
  project.put({ 'migrations/d1_drops.ts': revision('d1', 'c1', `${droppedTables}\n${dropped}`) })
  const notes = [
    'the derived downgrade makes columns accounts.c1, accounts.c2, accounts.c3 again without their values',
    'the derived downgrade makes tables t1, t2 again without their rows',
  ]
  const { steps } = project.json(['plan']) as unknown as { readonly steps: readonly { readonly notes: unknown }[] }
  expect(steps.map((step) => step.notes)).toEqual([notes])
  const warnings = project.run(['upgrade']).stderr.split('\n').slice(0, 3)
  expect(warnings).toEqual([...notes.map((line) => `warning: main:d1: ${line}`), '1 revision to run'])
})
