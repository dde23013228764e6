import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type BodyChange, renderBody } from '@org/migrate-autogenerate'
import { revisionText } from '@org/migrate-core/node'
import { describe, expect, it, test } from 'vitest'
import { originalLocation } from '../../../packages/core/src/files/import/position.ts'
import { errorOf } from '../../kit/migrator.ts'
import { draft, loaded, projectFolder, recorded, rendered, singleBody } from './kit.ts'
import { typical } from './typical.ts'

const project = projectFolder()
const fixtures = fileURLToPath(new URL('fixtures', import.meta.url))

describe('the file of a comparison', () => {
  it.each(Object.entries(typical))('%s', (name, input) => {
    expect(rendered(input)).toBe(readFileSync(`${fixtures}/${name}.ts`, 'utf8'))
  })

  it('is looked at for each of the fixtures', () => {
    const names = readdirSync(fixtures).map((file) => file.replace(/\.ts$/, ''))
    expect(names.sort()).toEqual(Object.keys(typical).sort())
  })
})

it.each([
  [['sqlite', 'mysql'], false],
  [['sqlite', 'postgres'], true],
] as const)('the file for %j says what PostgreSQL keeps waiting: %j', (dialects, isReported) => {
  const fill: BodyChange = {
    kind: 'fill',
    table: { name: 'users' },
    column: 'locale',
    where: { kind: 'null' },
    key: ['id'],
    why: 'users.locale is new and NOT NULL',
    isNew: true,
  }
  const text = rendered({ upgrade: new Map(dialects.map((dialect) => [dialect, [fill]])) })
  expect(text.includes('// PostgreSQL keeps readers and writers of the table waiting')).toBe(isReported)
  expect(text).toContain('// A constant needs no step: add the column NOT NULL with it as `default`')
})

describe('the summary', () => {
  const table = { name: 't' }
  const added = (count: number): readonly BodyChange[] =>
    Array.from({ length: count }, (_, at) => ({
      kind: 'operation',
      operation: { kind: 'addColumn', table, column: { name: `c${at}`, type: { kind: 'text' }, nullable: true } },
    }))
  const dropped = (count: number): readonly BodyChange[] =>
    Array.from({ length: count }, (_, at) => ({
      kind: 'operation',
      operation: { kind: 'dropTable', table: { name: `gone${at}` } },
      loses: `the table gone${at} and its rows`,
    }))
  const summary = (...changes: readonly BodyChange[]): readonly string[] =>
    renderBody({ upgrade: new Map([['sqlite', changes]]) }).summary

  it('shows what loses data first, and cuts only the rest', () => {
    const lines = summary(...added(30), ...dropped(3))
    expect(lines.slice(0, 4)).toEqual([
      'drop table gone0 (destructive)',
      'drop table gone1 (destructive)',
      'drop table gone2 (destructive)',
      'add column t.c0',
    ])
    expect(lines).toHaveLength(21)
    expect(lines.at(-1)).toBe('and 13 more')
  })

  it('is never cut where everything in it loses data', () => {
    const lines = summary(...added(2), ...dropped(40))
    expect(lines.filter((line) => line.endsWith('(destructive)'))).toHaveLength(40)
    expect(lines.at(-1)).toBe('and 2 more')
  })
})

describe('what is to be filled in', () => {
  it('is reported to the caller', () => {
    const gaps = Object.entries(typical).map(([name, input]) => [name, renderBody(input).toFillIn])
    expect(Object.fromEntries(gaps.filter(([, each]) => each?.length !== 0))).toEqual({
      'enum-value-gone': [
        "the value of mood for rows that hold 'sad'",
        "the value of posts.mood for rows that hold 'sad': posts.mood has no 'sad' any more",
      ],
      'not-null': ['the value of users.locale for rows that have none: users.locale becomes NOT NULL'],
      'not-null-keyed-by-several': ['the value of users.locale for rows that have none: users.locale becomes NOT NULL'],
      'not-null-without-key': ['the value of app.log.level for rows that have none: app.log.level becomes NOT NULL'],
      unusual: [
        'the value of op.class for rows that have none: users.locale becomes NOT NULL',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a column may be called so.
        'the value of 7 "up".`${x}`\\ for rows that have none: users.locale becomes NOT NULL',
        'the value of to.fill_in for rows that have none: users.locale becomes NOT NULL',
      ],
    })
    expect(Object.entries(typical).flatMap(([, input]) => renderBody(input).toFillInForDowngrade)).toEqual([
      'the downgrade of "change column users.age: type", whose values were converted',
    ])
  })

  it.each([
    ['not-null', 'upgrade', 'sqlite', 16, /users\.locale/],
    ['enum-value-gone', 'upgrade', 'postgres', 18, /posts\.mood/],
    ['way-back', 'downgrade', 'sqlite', 24, /change column users\.age/],
    // On a database that the file is not made for.
    ['two-databases', 'upgrade', 'mysql', 26, /other than sqlite and postgres/],
  ] as const)('%s: %s refuses to be recorded, at its line', async (name, operation, dialect, line, what) => {
    const text = rendered(typical[name] ?? singleBody([]))
    const functions = await loaded(project.path, text)
    const error = await errorOf((async () => recorded(functions[operation], dialect))())
    expect(error).toMatchObject({
      code: 'REVISION_INCOMPLETE',
      details: { what: expect.stringMatching(what) },
      location: { revision: 'r1' },
    })
    // Node may have the source map of the compiled file already.
    expect(originalLocation(error.location?.source ?? '')).toMatch(new RegExp(`revision\\d+\\.ts:${line}:\\d+$`))
    expect(text.split('\n')[line - 1]).toContain('toFillIn(')
  })

  it('is nothing where the other half of the file has to be completed', async () => {
    const { upgrade } = await loaded(project.path, rendered(typical['way-back'] ?? singleBody([])))
    expect(recorded(upgrade, 'sqlite')).toHaveLength(2)
  })
})

test.each([
  ['a data step', { kind: 'run', label: 'x', down: 'none', direction: 'up' }],
  [
    'a comment on two things',
    { kind: 'setComment', on: { table: { name: 'a' }, column: 'b', index: 'c' }, comment: 'd' },
  ],
  [
    'a JSON value that is no object',
    { kind: 'insertRows', table: { name: 'a' }, columns: ['b'], rows: [[{ $json: 1 }]] },
  ],
  ['a row that is too short', { kind: 'insertRows', table: { name: 'a' }, columns: ['b', 'c'], rows: [[1]] }],
] as const)('%s is refused: no text says it', (_what, operation) => {
  expect(() => renderBody(singleBody([operation]))).toThrow(expect.objectContaining({ code: 'INVALID_OPERATION' }))
})

test('a value that is to be replaced has to be one that is dropped', () => {
  const operation = { kind: 'alterEnum', enum: { name: 'mood' }, drop: [{ value: 'sad' }] } as const
  const changes = [{ kind: 'operation', operation, replacements: ['happy'] }] as const
  expect(() => renderBody({ upgrade: new Map([['postgres', changes]]) })).toThrow(
    expect.objectContaining({ code: 'INVALID_OPERATION', message: expect.stringContaining("'happy'") }),
  )
})

describe('a template of their own', () => {
  const header = 'export const revision = {{revision}}\nexport const downRevision = {{downRevision}}\n'
  const body = renderBody(typical.destructive ?? singleBody([]))

  it('has places for what was generated', () => {
    const text = `/* {{message}}\n * {{summary}}\n */\n{{imports}}\n${header}{{body}}\n// the end\n`
    expect(revisionText(draft, { body, template: { file: '/t.ts', text } })).toBe(`/* accounts get a locale
 * - drop column users.age (destructive)
 * - drop table posts (destructive)
 */
import type { OperationRecorder } from '@org/migrate-core'
export const revision = '4f2a91c07b3e'
export const downRevision = '9b01d2ee6a54'
export function upgrade(op: OperationRecorder) {
  // destructive: the values of users.age
  op.dropColumn('users', 'age')
  // destructive: the table posts and its rows
  // It had 3 foreign keys.
  op.dropTable('posts')
}
// the end
`)
  })

  it('has an empty upgrade there in a revision to be written by hand', () => {
    const text = `{{imports}}\n${header}\n{{body}}\n`
    expect(
      revisionText(draft, { template: { file: '/t.ts', text } }),
    ).toBe(`import type { OperationRecorder } from '@org/migrate-core'
export const revision = '4f2a91c07b3e'
export const downRevision = '9b01d2ee6a54'

export function upgrade(op: OperationRecorder) {
  // op.createTable('accounts', (t) => { … })
  // op.run('fill accounts', { up: fillAccounts, down: 'none', from: ['users.email'] })
  // \`from\` names what a data step computes from: a preserved value comes back only where that has not changed since the downgrade.
}

// No downgrade: it is derived from what upgrade records. Export \`downgrade(op)\` to say it yourself.
`)
  })

  it.each([
    ['{{imports}}', '/t.ts has no {{body}}, '],
    ['{{body}}', '/t.ts has no {{imports}}, '],
    ['', '/t.ts has no {{imports}} and no {{body}}, '],
  ])('with nothing but %j is refused where there is something to put in', (tokens, message) => {
    expect(() => revisionText(draft, { body, template: { file: '/t.ts', text: `${tokens}\n${header}` } })).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        details: { option: 'template', why: expect.stringContaining(message) },
      }),
    )
  })
})
