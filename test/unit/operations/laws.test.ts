import {
  apply,
  type ColumnType,
  describe as describeOperation,
  emptySchema,
  findTable,
  type Irreversible,
  invert,
  isMigrateError,
  type Operation,
  type OperationKind,
  replay,
  type SchemaModel,
  touches,
} from '@org/migrate-core/dialect'
import { conflicts } from '@org/migrate-core/internal'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { random } from '../../kit/random.ts'
import { counts } from '../../kit/scale.ts'
import { kinds, operation } from './generate.ts'

const runs = counts.operationLaws

/** The schema after an operation, or the code with which it was refused. Anything else that is thrown is a defect. */
function attempt(model: SchemaModel, op: Operation): SchemaModel | string {
  try {
    return apply(model, op)
  } catch (error) {
    if (isMigrateError(error)) return error.code
    throw error
  }
}

function grown(seed: number): { readonly model: SchemaModel; readonly r: ReturnType<typeof random> } {
  const r = random(seed)
  let model = replay(emptySchema, [{ kind: 'createSchema', schema: 's' }])
  for (let step = r.int(0, 25); step > 0; step -= 1) {
    const kind = r.chance(0.4)
      ? r.pick<OperationKind>(['createTable', 'createTrigger', 'createEnum', 'createSequence'])
      : r.pick(kinds)
    const next = attempt(model, operation(r, model, kind))
    if (typeof next !== 'string') model = next
  }
  return { model, r }
}

const byText = (parts: readonly unknown[]): readonly string[] =>
  parts.map((part) => JSON.stringify(part, sorted)).sort()
const sorted = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    : value

/** An enum of the table's own schema may say so. */
function withoutOwnSchema(schema: string | undefined, type: ColumnType): ColumnType {
  if (type.kind !== 'enum' || type.schema === undefined || type.schema !== (schema ?? '')) return type
  const { schema: _, ...own } = type
  return own
}

/** What two schemas have to agree on: everything but the order of columns, constraints, indexes and entries. */
function essence(model: SchemaModel): unknown {
  return {
    schemas: [...model.schemas].sort(),
    extensions: [...model.extensions].sort(),
    tables: byText(
      [...model.tables].map(([key, { columns, constraints, indexes, policies = [], ...rest }]) => [
        key,
        rest,
        byText(columns.map((column) => ({ ...column, type: withoutOwnSchema(rest.ref.schema, column.type) }))),
        byText(constraints),
        byText(indexes),
        byText(policies),
      ]),
    ),
    rest: [model.views, model.triggers, model.enums, model.sequences].map((part) => byText([...part])),
  }
}

type Invert = (before: SchemaModel, op: Operation) => readonly Operation[] | Irreversible

function inverseLaw(seed: number, kind: OperationKind, inverse: Invert): 'refused' | 'irreversible' | 'restored' {
  const { model, r } = grown(seed)
  const op = operation(r, model, kind)
  const after = attempt(model, op)
  if (typeof after === 'string') return 'refused'
  const back = inverse(model, op)
  if ('irreversible' in back) {
    expect(back.why).not.toBe('')
    return 'irreversible'
  }
  // SQL whose declared effects cannot be turned round comes back without effects: the schema is read again after it.
  if (
    op.kind === 'sql' &&
    op.effects !== undefined &&
    back.every((one) => one.kind === 'sql' && one.effects === undefined)
  ) {
    return 'irreversible'
  }
  expect(
    essence(replay(after, back)),
    `${describeOperation(op)}, back by ${back.map(describeOperation).join('; ')}`,
  ).toEqual(essence(model))
  return 'restored'
}

describe('apply and invert', () => {
  const never: readonly OperationKind[] = ['deleteRows']
  /** The kinds that may have no inverse over a schema that they fit: values that are gone, texts, what was referred to before. */
  const sometimes: readonly OperationKind[] = [
    ...never,
    ...([
      'createTable',
      'renameTable',
      'addColumn',
      'renameColumn',
      'createSchema',
      'createEnum',
      'renameEnum',
      'setSchema',
    ] as const),
    ...(['alterColumn', 'addConstraint', 'dropConstraint', 'alterEnum', 'insertRows', 'sql', 'run'] as const),
  ]

  it('a column of an enum in a schema that the model has not follows no enum of the same name with other values', () => {
    expect(inverseLaw(-205136814, 'alterEnum', invert)).toBe('restored')
  })

  it.each(kinds)('%s: the inverse restores the schema, wherever there is one', (kind) => {
    const tally = { refused: 0, irreversible: 0, restored: 0 }
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        tally[inverseLaw(seed, kind, invert)] += 1
      }),
      { numRuns: runs },
    )
    if (!sometimes.includes(kind)) expect(tally.irreversible).toBe(0)
    if (never.includes(kind)) expect(tally.restored).toBe(0)
    // Few random views fit their schema.
    else expect(tally.restored, JSON.stringify(tally)).toBeGreaterThan(runs / 40)
  })

  it.each<[OperationKind, (back: readonly Operation[]) => readonly Operation[]]>([
    ['dropTable', (back) => back.filter(({ kind }) => kind !== 'createTrigger')],
    ['dropTable', (back) => back.filter(({ kind }) => kind !== 'addConstraint')],
    ['dropTable', (back) => back.filter(({ kind }) => kind !== 'alterSequence')],
    ['dropView', (back) => back.slice(0, 1)],
    ['alterEnum', (back) => back.slice(0, 1)],
    ['alterColumn', () => []],
  ])('%s: a planted defect of the inverse is seen', (kind, defect) => {
    const broken: Invert = (before, op) => {
      const back = invert(before, op)
      return 'irreversible' in back ? back : defect(back)
    }
    const check = fc.check(
      fc.property(fc.integer(), (seed) => {
        inverseLaw(seed, kind, broken)
      }),
      { numRuns: runs * 4 },
    )
    expect(check.failed).toBe(true)
  })

  it('a guard that finds nothing to do changes nothing and inverts to nothing', () => {
    let count = 0
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { model, r } = grown(seed)
        const op = operation(r, model)
        if (!('ifExists' in op || 'ifNotExists' in op)) return
        const after = attempt(model, op)
        if (after !== model) return
        count += 1
        expect(invert(model, op)).toEqual([])
      }),
      { numRuns: runs * 10 },
    )
    expect(count).toBeGreaterThan(runs / 10)
  })
})

describe('every operation', () => {
  it('has a line and footprints, whatever the schema is', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { model, r } = grown(seed)
        const op = operation(r, model)
        expect(describeOperation(op)).toMatch(/^[a-z][^\n\r\t]*$/)
        // A check only reads: there is nothing in which it could meet another operation.
        expect(touches(op).length > 0).toBe(op.kind !== 'expectNone')
        expect(touches(op).every((path) => /^(?:table|enum|schema|sequence|extension|run):.|^sql$/.test(path))).toBe(
          true,
        )
        expect(typeof attempt(model, op)).toMatch(/object|string/)
      }),
      { numRuns: runs * 5 },
    )
  })

  it('leaves the schema before it as it was', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { model, r } = grown(seed)
        const before = JSON.stringify(essence(model))
        attempt(model, operation(r, model))
        expect(JSON.stringify(essence(model))).toBe(before)
      }),
      { numRuns: runs },
    )
  })
})

describe('conflicts', () => {
  it('are the same from both sides', () => {
    let met = 0
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { model, r } = grown(seed)
        const a = Array.from({ length: r.int(0, 4) }, () => operation(r, model))
        const b = Array.from({ length: r.int(0, 4) }, () => operation(r, model))
        const forward = conflicts(a, b)
        const back = conflicts(b, a)
        met += forward.length
        expect(byText(forward.map(({ left, right, footprints }) => [left, right, footprints]))).toEqual(
          byText(back.map(({ left, right, footprints }) => [right, left, footprints])),
        )
        for (const { left, right } of forward) expect(conflicts([left], [right])).toHaveLength(1)
      }),
      { numRuns: runs },
    )
    expect(met).toBeGreaterThan(runs / 5)
  })

  it('find every pair whose order matters, where the operations themselves show it', () => {
    let pairs = 0
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        if (orderLaw(seed, (a, b) => conflicts([a], [b]).length > 0)) pairs += 1
      }),
      { numRuns: runs * 10 },
    )
    expect(pairs).toBeGreaterThan(runs)
  })

  it.each<[string, (a: Operation, b: Operation) => boolean]>([
    [
      'paths that are not the same but one within the other',
      (a, b) => touches(a).some((path) => touches(b).includes(path)),
    ],
    [
      'what an operation needs besides its own object',
      (a, b) => conflicts([a], [b]).length > 0 && touches(a)[0] === touches(b)[0],
    ],
  ])('a planted defect is seen: not looking at %s', (_what, conflict) => {
    const check = fc.check(
      fc.property(fc.integer(), (seed) => {
        orderLaw(seed, conflict)
      }),
      { numRuns: runs * 20 },
    )
    expect(check.failed).toBe(true)
  })
})

/** Operations that do not meet give the same schema in both orders. False where the case says nothing. */
function orderLaw(seed: number, conflict: (a: Operation, b: Operation) => boolean): boolean {
  const { model, r } = grown(seed)
  const a = operation(r, model)
  const b = operation(r, model)
  if (conflict(a, b) || [a, b].some((op) => reachesFurther(model, op))) return false
  const first = attempt(model, a)
  const second = attempt(model, b)
  if (typeof first === 'string' || typeof second === 'string') return false
  const ab = attempt(first, b)
  const ba = attempt(second, a)
  const line = `${describeOperation(a)} / ${describeOperation(b)}`
  expect(typeof ab === 'string' ? ab : essence(ab), line).toEqual(typeof ba === 'string' ? ba : essence(ba))
  expect(typeof ab, line).toBe('object')
  return true
}

/** Operations that reach objects which only the schema knows of, not the operation: owned sequences, keys of other tables. */
function reachesFurther(model: SchemaModel, op: Operation): boolean {
  const owns = [...model.sequences.values()].some(({ ownedBy }) => ownedBy !== undefined)
  return (
    (op.kind === 'dropTable' && (op.cascade === true || owns)) ||
    (op.kind === 'setSchema' && op.object === 'table' && owns) ||
    // The last column of a table cannot be dropped, whichever it is.
    (op.kind === 'dropColumn' && (owns || (findTable(model, op.table)?.columns.length ?? 0) < 3)) ||
    op.kind === 'dropConstraint' ||
    op.kind === 'renameConstraint'
  )
}
