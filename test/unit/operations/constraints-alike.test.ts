import {
  apply,
  type ConstraintModel,
  invert,
  type SchemaModel,
  type TableModel,
  touches,
} from '@org/migrate-core/dialect'
import { expect, test } from 'vitest'

const key = (to: string): ConstraintModel => ({
  kind: 'foreignKey',
  columns: ['a'],
  references: { table: { name: to }, columns: ['id'] },
})

function schemaOf(constraints: readonly ConstraintModel[]): SchemaModel {
  const table: TableModel = {
    ref: { name: 't' },
    columns: [{ name: 'a', type: { kind: 'integer', bits: 32 }, nullable: true }],
    constraints,
    indexes: [],
    options: {},
  }
  return {
    schemas: [],
    tables: new Map([['t', table]]),
    views: new Map(),
    triggers: new Map(),
    enums: new Map(),
    sequences: new Map(),
    extensions: [],
  }
}

const table = { name: 't' }
function errorOf(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}
const constraintsAfter = (before: SchemaModel, operation: Parameters<typeof apply>[1]) =>
  apply(before, operation).tables.get('t')?.constraints

test('one column may refer to two tables without either key having a name', () => {
  const before = schemaOf([key('p')])
  expect(constraintsAfter(before, { kind: 'addConstraint', table, constraint: key('q') })).toEqual([key('p'), key('q')])
  expect(() => apply(before, { kind: 'addConstraint', table, constraint: key('p') })).toThrowError('already')
  expect(invert(before, { kind: 'addConstraint', table, constraint: key('q') })).toMatchObject({ irreversible: true })
})

test('of constraints that are equal in everything one goes; of those that differ the author has to say which', () => {
  const check: ConstraintModel = { kind: 'check', expression: 'a > 0' }
  const drop = { kind: 'dropConstraint', table, constraint: { kind: 'check', expression: 'a > 0' } } as const
  expect(constraintsAfter(schemaOf([check, check]), drop)).toEqual([check])
  expect(invert(schemaOf([check, { ...check }]), drop)).toMatchObject({ irreversible: true })
  const other = { kind: 'dropConstraint', table, constraint: { kind: 'foreignKey', columns: ['a'] } } as const
  expect(() => apply(schemaOf([key('p'), key('q')]), other)).toThrowError('name the one that is meant')
})

test('a primary key without a name is called PRIMARY, and another name tells how to drop it', () => {
  const primary: ConstraintModel = { kind: 'primaryKey', columns: ['a'] }
  const drop = (name: string) => ({ kind: 'dropConstraint', table, constraint: { name } }) as const
  const before = schemaOf([primary, key('p')])
  expect(constraintsAfter(before, drop('PRIMARY'))).toEqual([key('p')])
  expect(invert(before, drop('primary'))).toEqual([{ kind: 'addConstraint', table, constraint: primary }])
  expect(touches(drop('PRIMARY'))).toEqual(
    touches({ ...drop('PRIMARY'), constraint: { name: 'PRIMARY', kind: 'primaryKey' } }),
  )
  const remedy = expect.stringContaining("`{ kind: 'primaryKey' }`")
  expect(errorOf(() => apply(before, drop('t_pkey')))).toMatchObject({ code: 'OBJECT_MISSING', remedy })
  const guarded = (name: string) => ({ ...drop(name), ifExists: true }) as const
  expect(errorOf(() => apply(before, guarded('t_pkey')))).toMatchObject({ code: 'OBJECT_MISSING', remedy })
  expect(apply(before, guarded('t_a_key'))).toBe(before)
  const named = schemaOf([{ ...primary, name: 't_pkey' }])
  expect(errorOf(() => apply(named, drop('PRIMARY')))).toMatchObject({ code: 'OBJECT_MISSING' })
  expect(errorOf(() => apply(named, drop('PRIMARY')))).not.toMatchObject({ remedy })
})
