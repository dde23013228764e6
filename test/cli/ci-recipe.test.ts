import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { configWith, declaringProject } from './autogenerate-kit.ts'
import { ensureBuilt, type Project, revision, root, twoRevisions } from './project.ts'

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

const nothing = (id: string, label = ''): string =>
  revision(id, 'b1', '  op.run("nothing", { up: async () => {}, down: "none" })').replace(
    'branchLabels: readonly string[] = []',
    `branchLabels: readonly string[] = [${label === '' ? '' : JSON.stringify(label)}]`,
  )

/** The commands of the job `check` in docs/guides/ci.md. */
function recipe(): readonly (readonly string[])[] {
  const page = readFileSync(join(root, 'docs/guides/ci.md'), 'utf8')
  const [, job = ''] = /\n {2}check:\n([\s\S]*?)\n {2}deploy:\n/.exec(page) ?? []
  return [...job.matchAll(/- run: npx migrate (.*)/g)].map(([, args = '']) => args.split(' '))
}

/** The first command of the recipe that does not end with 0, and how it ends. */
function stopped(files: Readonly<Record<string, string>>): string {
  const project = declaringProject({ ...twoRevisions, 'schema.ts': accounts(), ...files })
  projects.push(project)
  for (const args of recipe()) {
    const { code, stdout, stderr } = project.run(args)
    if (code !== 0) return `${args.join(' ')}: ${code} ${stdout}${stderr}`
  }
  return ''
}

const several = configWith("schema: './schema.ts'").replace('migrations:', "heads: 'several',\n  migrations:")

describe('the steps for CI in docs/guides/ci.md', () => {
  test('are at least four, and pass where all is well', () => {
    expect(recipe().length).toBeGreaterThan(3)
    expect(stopped({})).toBe('')
  })

  test('stop at a change of the declared schema that no revision makes', () => {
    expect(stopped({ 'schema.ts': accounts('\n    phone: column(text()),') })).toMatch(
      /^check --no-database: 3 [\s\S]*model differs[\s\S]*phone/,
    )
  })

  test('stop at a revision that is not in the declared schema', () => {
    const phone = revision('c1', 'b1', "  op.alterTable('accounts', (t) => { t.addColumn('phone', text()) })")
    expect(stopped({ 'migrations/c1_phone.ts': phone })).toMatch(/^check --no-database: 3 [\s\S]*phone/)
  })

  test('stop at two heads', () => {
    expect(stopped({ 'migrations/c1.ts': nothing('c1'), 'migrations/c2.ts': nothing('c2') })).toMatch(
      /^check --no-database: 3 [\s\S]*There are 2 heads: c1, c2/,
    )
  })

  test('stop at a downgrade that does not give back what was', () => {
    const drops = `${revision('c1', 'b1', "  op.createIndex('accounts', 'by_name', ['name'])")}
export function downgrade(op: OperationRecorder): void {
  op.alterTable('accounts', (t) => { t.dropColumn('locale') })
}
`
    expect(stopped({ 'migrations/c1_index.ts': drops })).not.toBe('')
  })
})

describe('several heads', () => {
  const check = (files: Readonly<Record<string, string>>) => {
    const project = declaringProject({ ...twoRevisions, 'schema.ts': accounts(), ...files })
    projects.push(project)
    const { code, stdout } = project.run(['check', '--no-database'])
    return { code, stdout, project }
  }

  test('are exit code 3 with both named, also without a database', () => {
    const { code, stdout, project } = check({
      'migrations/c1.ts': nothing('c1', 'left'),
      'migrations/c2.ts': nothing('c2'),
    })
    expect({ code, stdout }).toEqual({ code: 3, stdout: expect.stringContaining('c1, c2') })
    expect(project.run(['upgrade'])).toMatchObject({ code: 1, stderr: expect.stringContaining('MULTIPLE_HEADS') })
  })

  test("are none of its business with heads: 'several' where each has a label of its own", () => {
    const labelled = { 'migrations/c1.ts': nothing('c1', 'left'), 'migrations/c2.ts': nothing('c2', 'right') }
    const { code, project } = check({ ...labelled, 'migrate.config.ts': several })
    expect(code).toBe(0)
    expect(project.run(['upgrade', 'heads']).code).toBe(0)
    expect(project.run(['check']).code).toBe(0)
  })

  test.each([
    ['one has no label', 'left', '', 'c2 has no branch label'],
    ['none has a label', '', '', 'c1, c2 have no branch label'],
  ])("are a problem with heads: 'several' where %s", (_what, left, right, message) => {
    const { code, stdout } = check({
      'migrate.config.ts': several,
      'migrations/c1.ts': nothing('c1', left),
      'migrations/c2.ts': nothing('c2', right),
    })
    expect({ code, stdout }).toEqual({ code: 3, stdout: expect.stringContaining(message) })
  })

  test("a label that both inherit is none of a head's own", () => {
    const file = 'migrations/b1_locale.ts'
    const shared = twoRevisions[file]?.replace(
      'branchLabels: readonly string[] = []',
      "branchLabels: readonly string[] = ['app']",
    )
    const { code, stdout } = check({
      'migrate.config.ts': several,
      [file]: shared ?? '',
      'migrations/c1.ts': nothing('c1'),
      'migrations/c2.ts': nothing('c2', 'right'),
    })
    expect({ code, stdout }).toEqual({ code: 3, stdout: expect.stringContaining('c1 has no branch label') })
  })
})
