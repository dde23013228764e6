import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { describeOnDialects } from '../../kit/servers.ts'
import { revision } from '../project.ts'
import { cleanDesks, configOf, desk } from './kit.ts'

cleanDesks()

const table = (name: string): string => `  op.createTable('${name}', (t) => {
    t.column('id', integer(), { nullable: false })
    t.primaryKey(['id'])
  })`
const step = `  op.run('fill', { up: async (db) => { await db.query('UPDATE a SET id = id') }, down: 'none' })`
const files = {
  'migrate.config.ts': configOf(''),
  'migrations/a1_a.ts': revision('a1', null, table('a')),
  'migrations/b1_b.ts': revision('b1', 'a1', table('b')),
  'migrations/c1_c.ts': revision('c1', 'b1', step),
  'migrations/d1_d.ts': revision('d1', 'c1', table('d')),
}
const squash = (...args: readonly string[]): readonly string[] => ['squash', ...args, '--only-old-rows', 'all']

describe('squash refuses a call, and its advice works', () => {
  test.each([
    ['without a range', squash('b1'), 'Write it as <from>:<to>', squash('a1:b1')],
    ['with the newer revision first', squash('b1:a1'), 'Give the older revision first.', squash('a1:b1')],
    ['of no revision', squash('base:base'), 'Write a range as <from>:<to>', squash('a1:b1')],
    ['of one revision', squash('b1:b1'), 'at least two revisions', squash('a1:b1')],
    ['with an undecided data step', ['squash', 'a1:c1'], 'Add --keep <step>', ['squash', 'a1:c1', '--keep', 'c1/fill']],
    ['with another data step', squash('a1:c1', '--keep', 'x'), 'Name one of c1/fill.', squash('a1:c1')],
    [
      'with a data step where there is none',
      squash('a1:b1', '--keep', 'x'),
      'Leave the flag out: the range has no data step at all.',
      squash('a1:b1'),
    ],
    ['that prunes nothing', ['squash', '--prune'], 'Write one with `migrate squash', squash('a1:b1')],
  ])('%s', (_what, wrong, advice, right) => {
    const at = desk(files)
    const refused = at.run(...wrong)
    expect(refused.code).not.toBe(0)
    expect(refused.stderr).toContain(advice)
    const result = at.run(...right)
    expect(result.code, result.stderr).toBe(0)
  })

  test('that prunes for a database which does not exist, and its advice works', () => {
    const at = desk(files)
    expect(at.run('upgrade').code).toBe(0)
    expect(at.run(...squash('a1:b1')).code).toBe(0)
    const refused = at.run('squash', '--prune', '--on', 'sqlite:prodution.db')
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(/prodution\.db does not exist, so it proves nothing/)
    expect(refused.stderr).toContain('Correct the URL of `--on`.')
    expect(readdirSync(join(at.project.folder, 'migrations'))).toContain('a1_a.ts')
    expect(at.run('upgrade', '--url', 'sqlite:production.db').code).toBe(0)
    const pruned = at.run('squash', '--prune', '--on', 'sqlite:production.db')
    expect(pruned.code, pruned.stderr).toBe(0)
    expect(readdirSync(join(at.project.folder, 'migrations'))).not.toContain('a1_a.ts')
  })

  test.each([
    ['was never migrated by these revisions', undefined],
    ['is at x1, which is no revision of this project', { 'migrations/x1_x.ts': revision('x1', null, table('x')) }],
  ])('that prunes for a database that %s, and its advice works', (why, elsewhere) => {
    const at = desk(files)
    expect(at.run('upgrade').code).toBe(0)
    expect(at.run(...squash('a1:b1')).code).toBe(0)
    const url = 'sqlite:other.db'
    if (elsewhere === undefined) writeFileSync(join(at.project.folder, 'other.db'), '')
    else {
      const other = desk({ 'migrate.config.ts': configOf(''), ...elsewhere })
      expect(other.run('upgrade', '--url', `sqlite:${join(at.project.folder, 'other.db')}`).code).toBe(0)
    }
    const refused = at.run('squash', '--prune', '--on', url)
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain(`${why}, so it proves nothing`)
    expect(refused.stderr).toContain('Correct the URL')
    expect(readdirSync(join(at.project.folder, 'migrations'))).toContain('a1_a.ts')
    expect(at.run('squash', '--prune').code).toBe(0)
    expect(readdirSync(join(at.project.folder, 'migrations'))).not.toContain('a1_a.ts')
  })

  test('of two bases, and its advice works', () => {
    const at = desk({ ...files, 'migrations/x1_x.ts': revision('x1', null, table('x')) })
    const refused = at.run(...squash('base:heads'))
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('Name a range with one base and one head.')
    const named = at.run(...squash('c1:d1'))
    expect(named.code, named.stderr).toBe(0)
  })

  test('a sequential tier, and its advice works', () => {
    const tiers = `import { graph, sequential } from '@org/migrate-core/node'
${configOf("tiers: [sequential(new URL('./old/', import.meta.url)), graph(new URL('./migrations/', import.meta.url))],").replace("migrations: './migrations',", '')}`
    const old =
      "import { integer } from '@org/migrate-core'\nexport function migrate(op) { op.createTable('old', (t) => t.column('id', integer())) }\n"
    const at = desk({
      ...files,
      'migrate.config.ts': tiers,
      'old/001_first.ts': old,
      'old/002_second.ts': 'export function migrate() {}\n',
    })
    const refused = at.run(...squash('001_first:002_second', '--tier', 'legacy'))
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('legacy is a sequential tier')
    expect(refused.stderr).toContain('Choose a range of the graph.')
    const named = at.run(...squash('c1:d1'))
    expect(named.code, named.stderr).toBe(0)
  })

  test('whose range holds a squashed revision', () => {
    const at = desk(files)
    expect(at.run(...squash('a1:b1', '--rev-id', 's1')).code).toBe(0)
    const refused = at.run(...squash('s1:c1'))
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('s1 is squashed itself')
    expect(refused.stderr).toContain('Choose a range without it')
    const result = at.run(...squash('c1:d1'))
    expect(result.code, result.stderr).toBe(0)
  })
})

describeOnDialects(['postgres'], 'squash refuses a call', (createDatabase) => {
  test.each([
    "schema: './schema.ts', dialects: ['sqlite', 'postgres']",
    "schema: { sqlite: './schema.ts', postgres: './schema.ts' }",
  ])('without a server of a dialect of the project, and its advice works: %s', async (dialects) => {
    const { url } = await createDatabase()
    const at = desk({ ...files, 'migrate.config.ts': configOf(`autogenerate: { ${dialects} },`) })
    const refused = at.run(...squash('a1:b1'))
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('Add --on <url> for postgres')
    const named = at.run(...squash('a1:b1', '--on', url))
    expect(named.code, named.stderr).toBe(0)
    expect(named.stderr).toContain('proven equal on sqlite, postgres')
  })
})
