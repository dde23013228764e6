import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isMigrateError, type Revision, revisions, sqlRevision } from '@org/migrate-core'
import { graph } from '@org/migrate-core/node'
import { describe, expect, test } from 'vitest'

/** The source of a header constant; undefined where it is left out. */
type Constants = { readonly [name: string]: string | undefined }

const plain: Constants = { revision: `'a1'`, downRevision: 'null', upgrade: '(op) => {}' }
const textOf = (constants: Constants): string =>
  Object.entries(constants)
    .map(([name, source]) => (source === undefined ? '' : `export const ${name} = ${source}\n`))
    .join('')
const asWritten = (constants: Constants): Revision =>
  Object.fromEntries(
    Object.entries(constants).flatMap(([name, source]) =>
      source === undefined ? [] : [[name, new Function(`return (${source})`)() as unknown]],
    ),
  ) as unknown as Revision

type Outcome = object | string

async function outcome(load: () => Promise<object>): Promise<Outcome> {
  try {
    return await load()
  } catch (error) {
    if (!isMigrateError(error)) return `raw: ${String(error)}`
    const { name, why } = error.details as { readonly name?: string; readonly why?: string }
    return { code: error.code, ...(error.code === 'HEADER_INVALID' ? { name } : { why }) }
  }
}

const facts = ({ revision, parents, dependsOn, branchLabels, compatibleWith }: Outcome & Record<string, unknown>) => ({
  revision,
  parents,
  dependsOn,
  branchLabels,
  compatibleWith,
})

async function asFile(constants: Constants): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'values-'))
  writeFileSync(join(folder, 'a1_x.mjs'), textOf(constants))
  try {
    return await outcome(async () => {
      const { source } = graph(folder)
      const [header] = await source.headers()
      await source.module(header?.revision ?? '')
      return facts(header as never)
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function asValue(constants: Constants): Promise<Outcome> {
  return outcome(async () => {
    const source = revisions([asWritten(constants)])
    const [header] = await source.headers()
    await source.module(header?.revision ?? '')
    return facts(header as never)
  })
}

const header = { revision: 'a1', parents: [], dependsOn: [], branchLabels: [], compatibleWith: [] }
const invalid = (name: string): Outcome => ({ code: 'HEADER_INVALID', name })
const noFile = (why: string): Outcome => ({ code: 'REVISION_FILE_INVALID', why })

const cases: readonly (readonly [what: string, constants: Constants, expected: Outcome])[] = [
  ['one label as a string', { branchLabels: `'billing'` }, { ...header, branchLabels: ['billing'] }],
  ['a dependency as a string', { dependsOn: `'ab'` }, { ...header, dependsOn: ['ab'] }],
  ['compatibleWith as a string', { compatibleWith: `'ab'` }, { ...header, compatibleWith: ['ab'] }],
  ['lists that are null', { branchLabels: 'null', dependsOn: 'null', compatibleWith: 'null' }, header],
  ['a parent as a string', { downRevision: `'b1'` }, { ...header, parents: ['b1'] }],
  ['parents as a list', { downRevision: `['b1', 'c1']` }, { ...header, parents: ['b1', 'c1'] }],
  ['no downRevision', { downRevision: undefined }, invalid('downRevision')],
  ['no revision', { revision: undefined }, invalid('revision')],
  ['a revision that is null', { revision: 'null' }, noFile('`revision` is not a string')],
  ['a revision that is a list', { revision: `['a1']` }, noFile('`revision` is not a string')],
  ['a label that is a number', { branchLabels: '5' }, invalid('branchLabels')],
  ['a dependency that is an object', { dependsOn: `{ a: 'b' }` }, invalid('dependsOn')],
  ['a list with a number in it', { dependsOn: `['ab', 5]` }, invalid('dependsOn')],
  ['a list with a hole', { dependsOn: `['ab', , 'cd']` }, invalid('dependsOn')],
  ['a parent that is a number', { downRevision: '5' }, invalid('downRevision')],
  ['a parent that is false', { downRevision: 'false' }, invalid('downRevision')],
  ['no upgrade', { upgrade: undefined }, noFile('it exports no function `upgrade`')],
  [
    'an upgrade that is a text',
    { upgrade: `'CREATE TABLE t (id INTEGER)'` },
    noFile('`upgrade` is exported but is not a function'),
  ],
  ['a downgrade that is null', { downgrade: 'null' }, noFile('`downgrade` is exported but is not a function')],
  ['the words of Alembic for a dependency', { depends_on: `['ab']` }, invalid('depends_on')],
  ['the words of Alembic for a label', { branch_labels: `'ab'` }, invalid('branch_labels')],
  ['a label in the singular', { branchLabel: `'ab'` }, invalid('branchLabel')],
]

describe('a revision is taken or refused alike, in a file and as a value', () => {
  test.each(cases)('%s', async (_what, constants, expected) => {
    const all = { ...plain, ...constants }
    expect(await asFile(all)).toEqual(expected)
    expect(await asValue(all)).toEqual(expected)
  })
})

describe('a revision as a value', () => {
  const call = (value: unknown): Promise<Outcome> => outcome(() => revisions([value as Revision]).headers() as never)

  test('is refused where it is no object, or cannot be read', async () => {
    for (const value of [null, undefined, 5, 'a1', ['a1'], () => {}]) {
      expect(await call(value)).toMatchObject({ code: 'INVALID_OPTION' })
    }
    const circular = Object.defineProperty({}, 'revision', {
      enumerable: true,
      get: () => {
        throw new ReferenceError(`Cannot access 'revision' before initialization`)
      },
    })
    expect(await call(circular)).toEqual({
      code: 'INVALID_OPTION',
      why: expect.stringContaining('before initialization'),
    })
  })

  test('is named by its place and its id', () => {
    const upgrade = () => {}
    expect(() =>
      revisions([{ revision: 'a1', downRevision: null, upgrade }, { revision: 'b1', upgrade } as never]),
    ).toThrow(/^revisions\(\[…\]\)\[1\] \(b1\) has no `downRevision`/)
  })

  test('has a message that is a text', async () => {
    expect(await call({ revision: 'a1', downRevision: null, upgrade() {}, message: 5 })).toEqual(invalid('message'))
  })

  test('is read once: what is changed later changes nothing', async () => {
    const dependsOn = ['ab']
    const value = { revision: 'a1', downRevision: null, dependsOn, upgrade() {} }
    const source = revisions([value])
    dependsOn.push('cd')
    expect(await source.headers()).toMatchObject([{ dependsOn: ['ab'] }])
  })

  test('in SQL is what sqlRevision makes', async () => {
    const json = { revision: 'a1', downRevision: null, up: 'CREATE TABLE t (id INTEGER)' }
    expect(await call(json)).toEqual(noFile('it exports no function `upgrade`'))
    expect(() => revisions([json as never])).toThrow(
      expect.objectContaining({ remedy: expect.stringContaining('sqlRevision') }),
    )
    for (const sql of [null, 'CREATE TABLE t (id INTEGER)', { up: 'CREATE TABLE t (id INTEGER)' }, {}]) {
      expect(await call({ ...sqlRevision(json), sql })).toEqual(noFile('`sql` is not what `sqlRevision` makes'))
    }
    expect(await call(sqlRevision(json))).toMatchObject([{ revision: 'a1', parents: [] }])
  })

  test('in SQL has the facts of every revision', async () => {
    const given = { revision: 'a1', downRevision: null, up: 'SELECT 1' }
    const one = async (more: object): Promise<Outcome> =>
      outcome(async () => revisions([sqlRevision({ ...given, ...more } as never)]).headers() as never)
    expect(await one({ branchLabels: 'billing', dependsOn: 'ab' })).toMatchObject([
      { branchLabels: ['billing'], dependsOn: ['ab'] },
    ])
    expect(await one({ revision: null })).toEqual(noFile('`revision` is not a string'))
    expect(await one({ downRevision: undefined })).toEqual(invalid('downRevision'))
    expect(await one({ dependsOn: 5 })).toEqual(invalid('dependsOn'))
    expect(await one({ message: 5 })).toEqual(invalid('message'))
  })
})
