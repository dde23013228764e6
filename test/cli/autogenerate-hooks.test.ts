import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { executeIn, rowsOf } from '../unit/run/kit.ts'
import { configWith, declaringProject, revisionFiles, textOf } from './autogenerate-kit.ts'
import { ensureBuilt, type Finished, type Project } from './project.ts'
import { keys, onTerminal, type TypedAnswer } from './terminal.ts'

beforeAll(ensureBuilt)
const projects: Project[] = []
afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

const schema = (
  columns: string,
  otherTables = '',
): string => `import { integer, numeric, sqliteTable, text } from 'drizzle-orm/sqlite-core'
export const users = sqliteTable('users', { id: integer('id').primaryKey(), ${columns} })
${otherTables}`
const before = schema("mail: text('mail')", "export const drafts = sqliteTable('drafts', { body: text('body') })\n")

const generate = (project: Project, ...args: readonly string[]): Finished =>
  project.run(['revision', '--autogenerate', ...args])

/** A project at a1, with a user and a draft in it, whose schema and configuration have gone on since. */
function startedProject(after: string, settings = '', more: Readonly<Record<string, string>> = {}): Project {
  const project = declaringProject({ 'schema.ts': before })
  projects.push(project)
  expect(generate(project, '--rev-id', 'a1').code).toBe(0)
  expect(project.run(['upgrade']).code).toBe(0)
  executeIn(project.database, "INSERT INTO users VALUES (1, 'ann@example.com'); INSERT INTO drafts VALUES ('half')")
  project.put({ 'schema.ts': after, 'migrate.config.ts': configWith(`schema: './schema.ts', ${settings}`), ...more })
  return project
}

const drafts = "export const drafts = sqliteTable('drafts', { body: text('body') })\n"
const renamed = schema("email: text('email')", drafts)
const losing = schema("mail: text('mail')")
const demanding = schema("mail: text('mail'), country: text('country').notNull()", drafts)

describe('the renames hook', () => {
  test('answers what would be asked', () => {
    const hook =
      'renames: async ({ kind, of, to, from }) => (kind === "column" && of === "users" && to === "email" ? from[0] : undefined)'
    const project = startedProject(renamed, hook)
    expect(generate(project, '--rev-id', 'b1')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('  rename column users.mail to email\n'),
    })
    expect(project.run(['upgrade']).code).toBe(0)
    expect(rowsOf(project.database, 'SELECT * FROM users')).toEqual([{ id: 1, email: 'ann@example.com' }])
  })

  test('says null where it is new, which loses what is gone', () => {
    const project = startedProject(renamed, 'renames: () => null')
    expect(generate(project)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('DATA_LOSS: The revision would lose for good:\n  the values of users.mail'),
    })
    expect(generate(project, '--allow-destructive', '--dry-run').stdout).toMatch(
      /^- add column users\.email\n.*\n- drop column users\.mail\n {2}destructive: /,
    )
  })

  test('is not asked where a flag has answered, and an answer that is no choice is refused', () => {
    const project = startedProject(renamed, "renames: () => { throw new Error('asked') }")
    expect(generate(project, '--rename', 'users.mail:email', '--dry-run').code).toBe(0)
    expect(generate(project)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^error: CONFIG_FAILED: .*migrate\.config\.ts:\d+:\d+: `autogenerate\.renames` threw: asked\n/,
      ),
    })
    project.put({ 'migrate.config.ts': configWith("schema: './schema.ts', renames: () => 'phone'") })
    expect(generate(project)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        'INVALID_OPTION: `autogenerate.renames`: it names phone as the previous name of the column users.email, but phone was not removed; removed: mail',
      ),
    })
    expect(revisionFiles(project)).toEqual(['a1.ts'])
  })
})

describe('the fill hook', () => {
  test('gives rows that are there their values, so that nothing is left to fill in', () => {
    const project = startedProject(
      demanding,
      `fill: ({ table, column }) => (table.name === 'users' && column === 'country' ? "'AT'" : undefined)`,
    )
    const result = generate(project, '--rev-id', 'b1')
    expect(result).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/ {2}add column users\.country\n {2}change column users\.country: no default\n/),
    })
    expect(result.stdout).not.toContain('to fill in')
    expect(project.run(['upgrade']).code).toBe(0)
    expect(rowsOf(project.database, 'SELECT * FROM users')).toEqual([{ id: 1, mail: 'ann@example.com', country: 'AT' }])
    expect(project.run(['check']).code).toBe(0)
  })

  test('that throws is named with its line', () => {
    const project = startedProject(demanding, "fill: () => { throw new Error('no idea') }")
    expect(generate(project)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('`autogenerate.fill` threw: no idea'),
    })
    expect(revisionFiles(project)).toEqual(['a1.ts'])
  })
})

describe('processOperations', () => {
  test('leaves changes out', () => {
    const veto = "processOperations: (changes) => changes.filter(({ operation }) => operation?.kind !== 'dropTable')"
    const project = startedProject(schema("mail: text('mail'), phone: text('phone')"), veto)
    expect(generate(project, '--rev-id', 'b1').stdout).toMatch(/b1 revises a1\n {2}add column users\.phone\n$/)
    expect(project.run(['upgrade']).code).toBe(0)
    expect(rowsOf(project.database, 'SELECT * FROM drafts')).toEqual([{ body: 'half' }])
  })

  test('that leaves none makes no file', () => {
    const project = startedProject(losing, 'processOperations: () => []')
    expect(generate(project)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^processOperations left out what differs from .*app\.db: no file was made\n$/),
    })
    expect(revisionFiles(project)).toEqual(['a1.ts'])
  })

  test('edits them and adds others, and is told the dialect and the message', () => {
    const edit = `processOperations: (changes, { dialect, message }) => [
      ...changes.map((change) => ({ ...change, note: message + ' on ' + dialect })),
      { kind: 'operation', operation: { kind: 'createIndex', table: { name: 'users' }, index: { name: 'by_phone', unique: false, elements: [{ column: 'phone' }] } } },
    ]`
    const project = startedProject(schema("mail: text('mail'), phone: text('phone')", drafts), edit)
    expect(generate(project, '--rev-id', 'b1', '-m', 'phones')).toMatchObject({ code: 0, stderr: '' })
    expect(textOf(project, 'migrations/b1_phones.ts')).toContain(`export function upgrade(op: OperationRecorder) {
  op.alterTable('users', (t) => {
    // phones on sqlite
    t.addColumn('phone', text())
    t.createIndex('by_phone', ['phone'])
  })
}`)
    expect(project.run(['upgrade']).code).toBe(0)
  })

  test.each([
    ["() => { throw new Error('not on Fridays') }", '`autogenerate.processOperations` threw: not on Fridays'],
    ["async () => { throw new Error('not on Fridays') }", '`autogenerate.processOperations` threw: not on Fridays'],
    ['() => undefined as never', '`autogenerate.processOperations` returned no list of changes'],
  ])('that is %s ends it, and nothing is made', (hook, message) => {
    const project = startedProject(
      schema("mail: text('mail'), phone: text('phone')", drafts),
      `processOperations: ${hook}`,
    )
    expect(generate(project, '-m', 'x')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(message),
    })
    expect(revisionFiles(project)).toEqual(['a1.ts'])
  })
})

test('renderType writes types in the words of the project', () => {
  const option = `renderType: (type) => (type.kind === 'decimal' ? { code: 'money()', imports: { '../types.ts': ['money'] } } : undefined)`
  const project = startedProject(schema("mail: text('mail'), debt: numeric('debt')", drafts), option, {
    'types.ts': "import { decimal } from '@org/migrate-core'\nexport const money = () => decimal()\n",
  })
  expect(generate(project, '--rev-id', 'b1').code).toBe(0)
  const text = textOf(project, 'migrations/b1.ts')
  expect(text).toContain("import { money } from '../types.ts'\n")
  expect(text).toContain("  op.addColumn('users', 'debt', money())\n")
  expect(project.run(['upgrade']).code).toBe(0)
  expect(project.run(['check']).code).toBe(0)
})

describe('allowDestructive', () => {
  test('of the configuration is leave enough, and the file says what is lost', () => {
    const project = startedProject(losing, 'allowDestructive: true')
    expect(generate(project, '--rev-id', 'b1').code).toBe(0)
    expect(textOf(project, 'migrations/b1.ts')).toContain(
      "  // destructive: the table drafts and its rows\n  op.dropTable('drafts')\n",
    )
  })
})

describe('files in a form of their own', () => {
  const template = `// {{header}}
// {{summary}}
{{imports}}

export const revision = {{revision}}
export const downRevision = {{downRevision}}

{{body}}
`
  const ofTemplate = (more = ''): string =>
    configWith("schema: './schema.ts'").replace(
      '  migrations:',
      `  newFiles: { template: './ours.ts'${more} },\n  migrations:`,
    )
  const after = schema("mail: text('mail'), phone: text('phone')", drafts)

  test('a template has places for the imports and for what the revision does', () => {
    const project = startedProject(after, '', { 'migrate.config.ts': ofTemplate(), 'ours.ts': template })
    expect(generate(project, '--rev-id', 'b1', '-m', 'phones')).toMatchObject({ code: 0, stderr: '' })
    const text = textOf(project, 'migrations/b1_phones.ts')
    expect(text).toMatch(/^\/\/ phones — Revises a1 — .*\n\/\/ - add column users\.phone\nimport \{/)
    expect(text).toContain(
      "export const downRevision = 'a1'\n\nexport function upgrade(op: OperationRecorder) {\n  op.addColumn('users'",
    )
    expect(project.run(['upgrade']).code).toBe(0)
    // The same template makes an empty one.
    expect(project.run(['revision', '--rev-id', 'c1']).code).toBe(0)
    expect(project.run(['upgrade']).code).toBe(0)
  })

  test.each([
    ['{{body}}', '{{body}}'],
    ['{{imports}}', '{{imports}}'],
  ])('one without %s would lose it: refused, and nothing is made', (token, message) => {
    const project = startedProject(after, '', {
      'migrate.config.ts': ofTemplate(),
      'ours.ts': template.replace(token, ''),
    })
    const refused = generate(project, '--rev-id', 'b1')
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toContain('ours.ts has no ')
    expect(refused.stderr).toContain(message)
    expect(revisionFiles(project)).toEqual(['a1.ts'])
  })

  test('programs run on what was generated, as a formatter does', () => {
    const format = "hooks: [{ name: 'format', exec: 'sed', args: ['-i', 's/^  /\\\\t/', '{{file}}'] }]"
    const config = configWith("schema: './schema.ts'").replace(
      '  migrations:',
      `  newFiles: { ${format} },\n  migrations:`,
    )
    const project = startedProject(after, '', { 'migrate.config.ts': config })
    expect(generate(project, '--rev-id', 'b1')).toMatchObject({ code: 0, stderr: '' })
    expect(textOf(project, 'migrations/b1.ts')).toContain("{\n\top.addColumn('users'")
    expect(project.run(['upgrade']).code).toBe(0)
    expect(project.run(['check']).code).toBe(0)
  })
})

describe('on a terminal', () => {
  const typed = (project: Project, ...answers: readonly TypedAnswer[]): Promise<string> =>
    onTerminal(project.folder, 'revision --autogenerate --rev-id b1', ...answers)
  const isRename = 'The column users.email was not there before. What is it?'
  const loses = 'The revision would lose for good:'

  test('what may be a rename is asked, and the answer is written', async () => {
    const project = startedProject(renamed)
    expect(await typed(project, [isRename, keys.down + keys.enter])).toContain('it was mail: rename it')
    expect(textOf(project, 'migrations/b1.ts')).toContain("op.renameColumn('users', 'mail', 'email')")
  })

  test('"it is new" is as good an answer, and what is lost by it is asked for', async () => {
    const project = startedProject(renamed)
    const shown = await typed(project, [isRename, keys.enter], [loses, keys.down + keys.enter])
    expect(shown).toContain('the values of users.mail')
    const text = textOf(project, 'migrations/b1.ts')
    expect(text).toContain('// destructive: the values of users.mail\n')
    expect(text).toContain("t.dropColumn('mail')")
  })

  test('whoever presses Enter at each question loses nothing', async () => {
    const project = startedProject(renamed)
    expect(await typed(project, [isRename, keys.enter], [loses, keys.enter])).toContain('Nothing was made.')
    expect(revisionFiles(project)).toEqual(['a1.ts'])
  })

  test('who does not want to lose it gets nothing made', async () => {
    const project = startedProject(losing)
    expect(await typed(project, [loses, keys.enter])).toContain('Nothing was made.')
    expect(revisionFiles(project)).toEqual(['a1.ts'])
  })

  test('Ctrl-C at a question makes nothing', async () => {
    const project = startedProject(renamed)
    expect(await typed(project, [isRename, keys.stop])).toContain('Nothing was made.')
    expect(revisionFiles(project)).toEqual(['a1.ts'])
  })
})
