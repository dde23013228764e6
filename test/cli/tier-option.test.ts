import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { executeIn } from '../unit/run/kit.ts'
import { ensureBuilt, Project, twoRevisions } from './project.ts'

const config = (fleet = ''): string =>
  `import { graph, sequential } from '@org/migrate-core/node'\nexport default { url: 'sqlite:app.db', tiers: [sequential(new URL('./legacy/', import.meta.url)), graph(new URL('./migrations/', import.meta.url))]${fleet} }\n`

beforeAll(ensureBuilt)
let project: Project
beforeEach(() => {
  project = new Project(twoRevisions)
  project.put({
    'legacy/001_first.ts':
      "import { integer } from '@org/migrate-core'\nexport function migrate(op) { op.createTable('old', (t) => { t.column('id', integer()) }) }\n",
    'migrate.config.ts': config(),
  })
})
afterEach(() => project.remove())

const refused = (line: string) => {
  const { code, stderr } = project.run(line.split(' '))
  return { code, stderr: stderr.replace(/^error: USAGE: /, '').split('\n')[0] }
}

test.each([
  ['status', 'it concerns every tier of the database'],
  ['check', 'it concerns every tier of the database'],
  ['test --applied', 'it concerns every tier of the database'],
  ['resume', 'it concerns every tier of the database'],
  ['lock status', 'it concerns every tier of the database'],
  ['lock release', 'it concerns every tier of the database'],
  ['doctor', 'it concerns every tier of the database'],
  ['erd', 'it concerns every tier of the database'],
  ['ensure-version', 'it concerns every tier of the database'],
  ['upgrade --plan plan.json', '--plan runs what is planned, of whichever tier'],
  ['downgrade --plan plan.json', '--plan runs what is planned, of whichever tier'],
  ['downgrade --last-run', '--last-run takes back what the last run applied, of whichever tier'],
  ['plan --last-run', '--last-run takes back what the last run applied, of whichever tier'],
  ['diff sqlite:a.db sqlite:b.db', 'it reads no revisions'],
  ['init', 'it reads no revisions'],
])('migrate %s refuses a tier that it would pass by', (line, why) => {
  project.run(['upgrade'])
  project.run(['plan', '--out', 'plan.json'])
  const command = line.split(' --')[0]?.split(' sqlite')[0]
  expect(refused(`${line} --tier legacy`)).toEqual({
    code: 2,
    stderr: `\`migrate ${command}\` takes no --tier: ${why}`,
  })
})

test.each([['check --branches'], ['erd head'], ['erd --changed base:head'], ['test head'], ['history'], ['plan']])(
  'migrate %s takes a tier',
  (line) => {
    expect(project.run(['upgrade']).code).toBe(0)
    expect(refused(`${line} --tier main`)).toMatchObject({ code: 0 })
  },
)

test('A project of one tier may name it anywhere', () => {
  project.put({ 'migrate.config.ts': "export default { url: 'sqlite:app.db', migrations: './migrations' }\n" })
  expect(project.run(['status', '--tier', 'main'])).toMatchObject({ code: 0 })
  expect(project.run(['resume', '--tier', 'main'])).toMatchObject({ code: 0 })
})

test.each(['status', 'check', 'work', 'watch', 'history a', 'report', 'create a'])(
  'migrate fleet %s refuses a tier that it would pass by',
  (command) => {
    project.put({ 'migrate.config.ts': config(", fleet: { members: [{ id: 'a', url: 'sqlite:a.db' }] }") })
    const { code, stderr } = refused(`fleet ${command} --tier legacy`)
    expect(code).toBe(2)
    expect(stderr).toBe(
      `\`migrate fleet ${command.split(' ')[0]}\` takes no --tier: it concerns every tier of the fleet`,
    )
  },
)

test('What is preserved is listed of one tier, and not deleted with that of another one', () => {
  expect(project.run(['upgrade'])).toMatchObject({ code: 0 })
  executeIn(project.database, "UPDATE accounts SET locale = 'de'")
  expect(project.run(['downgrade', '-1'])).toMatchObject({ code: 0 })
  const rows = (tier: string) => project.json(['preserved', '--tier', tier]).preserved
  expect([rows('legacy'), rows('main')]).toMatchObject([[], [{ tier: 'main', revision: 'b1', values: 1 }]])
  for (const command of ['purge', 'restore'])
    expect(project.run(['preserved', command, 'b1', '--tier', 'legacy'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('what b1 preserved is also of tier main, and is restored or deleted together'),
    })
  expect(rows('main')).toMatchObject([{ values: 1 }])
  expect(project.run(['preserved', 'purge', 'b1', '--tier', 'main'])).toMatchObject({ code: 0 })
  expect(rows('main')).toEqual([])
})

test.each([
  ['squash --prune -m x', '--prune writes no revision, and --message is of one'],
  ['squash --prune --keep all', '--prune writes no revision, and --keep is of one'],
  ['check --no-database --edits text', '--edits compares with what was applied, and --no-database reads none of it'],
  ['pull --force', '--force replaces the file of --out, and none is named'],
  ['graph --ascii --format dot', '--ascii draws for the terminal, and --format dot does not'],
])('migrate %s refuses the option that it would pass by', (line, why) => {
  expect(refused(line)).toEqual({ code: 2, stderr: why })
})
