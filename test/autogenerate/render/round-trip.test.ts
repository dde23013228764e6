import { type BodyChange, renderBody } from '@org/migrate-autogenerate'
import { type ColumnModel, canonicalJson, type Operation, type OperationKind } from '@org/migrate-core/dialect'

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { random } from '../../kit/random.ts'
import { counts } from '../../kit/scale.ts'
import { kinds, operation } from '../../unit/operations/generate.ts'
import { base } from '../../unit/operations/kinds-world.ts'
import { everything } from './everything.ts'
import { loaded, projectFolder, recorded, rendered, singleBody } from './kit.ts'
import { withUnusualNames } from './unusual-names.ts'

const project = projectFolder()
const perFile = 50

const isColumn = ({ generated, onUpdate }: ColumnModel): boolean => generated === undefined || onUpdate === undefined

/** What the recorder refuses, from any author. */
function isRecordable(one: Operation): boolean {
  if (one.kind === 'createTable') return one.table.columns.every(isColumn)
  if (one.kind === 'addColumn') return isColumn(one.column)
  if (one.kind === 'sql') return (one.effects ?? []).every(isRecordable)
  if (one.kind === 'alterColumn') return Object.keys(one.change).length > 0
  if (one.kind === 'alterEnum') return [one.add, one.rename, one.drop, one.order].some((part) => part !== undefined)
  return one.kind !== 'run'
}

/** A data step is a function, and its operation does not hold it. */
const written = kinds.filter((kind) => kind !== 'run')

function generated(seed: number, kind: OperationKind): Operation {
  const r = random(seed)
  for (;;) {
    const one = withUnusualNames(r, operation(r, base, kind))
    if (isRecordable(one)) return one
  }
}

const seeds = (count: number) => fc.array(fc.integer(), { minLength: count, maxLength: count })

/** Writes the operations into one file, loads it and compares what it records. */
async function roundTrip(operations: readonly Operation[], change = (text: string) => text): Promise<void> {
  const text = change(rendered(singleBody(operations)))
  const { upgrade } = await loaded(project.path, text)
  const recordedOperations = recorded(upgrade, 'sqlite')
  for (const [at, one] of operations.entries()) expect(canonicalJson(recordedOperations[at])).toBe(canonicalJson(one))
  expect(recordedOperations.length).toBe(operations.length)
}

describe('what a rendered revision records is what it was rendered from', () => {
  it.each(written)('%s', async (kind) => {
    await fc.assert(
      fc.asyncProperty(seeds(perFile), (each) => roundTrip(each.map((seed) => generated(seed, kind)))),
      { numRuns: counts.renderedOperations / perFile },
    )
  })

  it('with everything that an operation can say', () => roundTrip(everything))

  it.each<[string, OperationKind, (text: string) => string]>([
    ['guards that are left out', 'dropTable', (text) => text.replaceAll('ifExists: true', '')],
    ['NOT NULL that is left out', 'addColumn', (text) => text.replaceAll('nullable: false', 'nullable: true')],
    ['a line break that ends up as a blank', 'createView', (text) => text.replaceAll('\\n', ' ')],
    ['an invisible separator', 'renameColumn', (text) => text.replaceAll('\\u2028', '')],
    ['a half of a character that a file cannot hold', 'dropColumn', (text) => text.replaceAll('\\ud83d', '\ud83d')],
    ['a member that becomes a prototype', 'insertRows', (text) => text.replaceAll("['__proto__']", '__proto__')],
    ['columns in the order of numbers', 'insertRows', (text) => text.replaceAll(/columns: \[[^\]]*\],?/g, '')],
    ['an integer that loses its last digits', 'insertRows', (text) => text.replaceAll(/(\d)n\b/g, '$1')],
  ])('a planted defect is seen: %s', async (_what, kind, change) => {
    const check = await fc.check(
      fc.asyncProperty(seeds(perFile), (each) =>
        roundTrip(
          each.map((seed) => generated(seed, kind)),
          change,
        ),
      ),
      // It ends with the first that is seen; names that are numbers are drawn seldom.
      { numRuns: 80, endOnFailure: true },
    )
    expect(check.failed).toBe(true)
  })
})

describe('a revision for several databases', () => {
  const dialects = ['sqlite', 'postgres', 'mysql']

  /** Lists that have much in common, now and then more than once, in the same order or not. */
  function lists(seed: number): ReadonlyMap<string, readonly Operation[]> {
    const r = random(seed)
    const pool = Array.from({ length: 8 }, (_, at) => generated(seed + at, r.pick(written)))
    const some = (): readonly Operation[] => (r.chance(0.2) ? r.sample(pool, 4) : pool.filter(() => r.chance(0.7)))
    const names = r.sample([...dialects, 'duckdb'], r.int(1, 4))
    const shared = some()
    return new Map(names.map((name) => [name, r.chance(0.3) ? shared : [...some(), ...(r.chance(0.2) ? some() : [])]]))
  }

  const changesOf = (operations: readonly Operation[]): readonly BodyChange[] =>
    operations.map((one) => ({ kind: 'operation', operation: one }))

  it('records for each of them exactly its own, and is refused on any other where they differ', async () => {
    const tally = { equal: 0, different: 0, refused: 0 }
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const given = lists(seed)
        const upgrade = new Map([...given].map(([name, operations]) => [name, changesOf(operations)]))
        const module = await loaded(project.path, rendered({ upgrade }))
        for (const [name, operations] of given) {
          expect(canonicalJson(recorded(module.upgrade, name)), name).toBe(canonicalJson(operations))
        }
        const [first = []] = given.values()
        const isEqual = [...given.values()].every((each) => canonicalJson(each) === canonicalJson(first))
        tally[isEqual ? 'equal' : 'different'] += 1
        for (const name of dialects.filter((each) => !given.has(each))) {
          if (isEqual) expect(canonicalJson(recorded(module.upgrade, name))).toBe(canonicalJson(first))
          else {
            tally.refused += 1
            expect(() => recorded(module.upgrade, name), name).toThrow(
              expect.objectContaining({ code: 'REVISION_INCOMPLETE' }),
            )
          }
        }
        if (!isEqual && !given.has('duckdb')) {
          expect(() => recorded(module.upgrade, 'duckdb')).toThrow(
            expect.objectContaining({ code: expect.stringMatching(/^(?:REVISION_INCOMPLETE|INVALID_OPERATION)$/) }),
          )
        }
      }),
      { numRuns: counts.renderedOperations / 2 },
    )
    expect(Math.min(...Object.values(tally)), JSON.stringify(tally)).toBeGreaterThan(counts.renderedOperations / 40)
  })

  it('cannot have two branches for dialects of others', () => {
    const different = new Map(
      ['duckdb', 'oracle'].map((name) => [name, changesOf([{ kind: 'createSchema', schema: name }])] as const),
    )
    expect(() => renderBody({ upgrade: different })).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED', details: expect.objectContaining({ dialect: 'oracle' }) }),
    )
  })

  it('has a downgrade for the same databases, or none', () => {
    const both = new Map([['sqlite', []]])
    expect(() => renderBody({ upgrade: both, downgrade: new Map() })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', details: expect.objectContaining({ option: 'downgrade' }) }),
    )
  })
})
