import type { TableModel } from '@org/migrate-core/dialect'
import { describe, expect, it } from 'vitest'
import { isLiterallyEqual } from '../../../packages/autogenerate/src/differences/literal-equality.ts'

const declared: TableModel = {
  ref: { name: 'orders' },
  columns: [
    { name: 'id', type: { kind: 'integer', bits: 64 }, nullable: false },
    {
      name: 'state',
      type: { kind: 'varchar', length: 20 },
      nullable: false,
      default: { kind: 'literal', value: 'new' },
    },
    { name: 'customer', type: { kind: 'integer', bits: 64 }, nullable: true },
  ],
  constraints: [
    { kind: 'primaryKey', columns: ['id'] },
    { kind: 'unique', name: 'orders_state', columns: ['state', 'id'] },
    {
      kind: 'foreignKey',
      name: 'orders_customer',
      columns: ['customer'],
      references: { table: { name: 'customers' }, columns: ['id'] },
    },
  ],
  indexes: [
    { name: 'orders_by_state', unique: false, elements: [{ column: 'state' }] },
    { name: 'orders_by_customer', unique: false, elements: [{ column: 'customer' }] },
  ],
  options: {},
}

const [id, state, customer] = declared.columns as [never, never, never]
const [key, unique, foreign] = declared.constraints as [never, never, never]
const [byState, byCustomer] = declared.indexes as [never, never]

describe('a table is declared in the facts that the database shows', () => {
  const equal: readonly (readonly [string, Partial<TableModel>])[] = [
    ['as it was declared', {}],
    [
      'with the name that the server gave the key',
      { constraints: [{ ...(key as object), name: 'orders_pkey' } as never, unique, foreign] },
    ],
    [
      'with its constraints and indexes in another order',
      { constraints: [foreign, key, unique], indexes: [byCustomer, byState] },
    ],
    [
      'with the texts that the server keeps',
      {
        source: 'CREATE TABLE orders (…)',
        indexes: [{ ...(byState as object), source: 'CREATE INDEX …' } as never, byCustomer],
      },
    ],
  ]
  it.each(equal)('%s', (_, shown) => {
    expect(isLiterallyEqual(declared, { ...declared, ...shown })).toBe(true)
  })

  const column = (facts: object) => ({ columns: [id, { ...(state as object), ...facts } as never, customer] })
  const index = (facts: object) => ({ indexes: [{ ...(byState as object), ...facts } as never, byCustomer] })
  const constraint = (facts: object) => ({ constraints: [key, unique, { ...(foreign as object), ...facts } as never] })
  const different: readonly (readonly [string, Partial<TableModel>])[] = [
    ['a column less', { columns: [id, state] }],
    ['a column more', { columns: [id, state, customer, { name: 'x', type: { kind: 'text' }, nullable: true }] }],
    ['columns in another order', { columns: [id, customer, state] }],
    ['another type', column({ type: { kind: 'text' } })],
    ['another length', column({ type: { kind: 'varchar', length: 21 } })],
    ['NULL allowed', column({ nullable: true })],
    ['another default', column({ default: { kind: 'literal', value: 'old' } })],
    ['no default', column({ default: undefined })],
    ['a collation', column({ collation: 'C' })],
    ['a comment of a column', column({ comment: 'x' })],
    ['a generated column', column({ generated: { expression: 'id', stored: true } })],
    ['what the model has no word for', column({ extras: [{ what: 'x', statements: [] }] })],
    ['a constraint less', { constraints: [key, foreign] }],
    ['two keys alike for two that differ', { constraints: [key, foreign, foreign] }],
    ['another name of a constraint', constraint({ name: 'other' })],
    ['another action', constraint({ onDelete: 'cascade' })],
    ['another table referred to', constraint({ references: { table: { name: 'people' }, columns: ['id'] } })],
    ['an index less', { indexes: [byState] }],
    ['another name of an index', index({ name: 'other' })],
    ['a unique index', index({ unique: true })],
    ['another order in an index', index({ elements: [{ column: 'state', order: 'desc' }] })],
    ['a partial index', index({ where: 'id > 0' })],
    ['an option', { options: { unlogged: true } }],
    ['a comment', { comment: 'x' }],
    ['row security', { rowSecurity: { enabled: true, forced: false } }],
    ['a policy', { policies: [{ name: 'p', as: 'permissive', for: 'all', to: ['public'], using: 'true' }] }],
    ['another kind of table', { opaque: 'virtual' }],
  ]
  it.each(different)('but not with %s', (_, shown) => {
    expect(isLiterallyEqual(declared, { ...declared, ...shown })).toBe(false)
  })

  it('but not where a foreign key leaves its columns to the other table', () => {
    const open = constraint({ references: { table: { name: 'customers' }, columns: [] } })
    expect(isLiterallyEqual({ ...declared, ...open }, { ...declared, ...open })).toBe(false)
  })
})
