import { expression, type ForeignKeyInput } from '@org/migrate-core'
import type { ConstraintModel } from '@org/migrate-core/dialect'
import type { Build, Cases, OperationCase } from './case.ts'
import { allItems, allParts, item, part } from './world.ts'

const adding = (title: string, constraint: ConstraintModel, more: Partial<OperationCase> = {}): OperationCase => ({
  title,
  given: (op) => item(op),
  change: (op) => op.alterTable('item', (t) => t.addConstraint(constraint)),
  after: allItems,
  back: allItems,
  ...more,
})

const both: Build = (op) => {
  item(op)
  part(op)
}

const adopting = (title: string, key: Partial<ForeignKeyInput>, more: Partial<OperationCase> = {}): OperationCase => ({
  title,
  given: both,
  change: (op) =>
    op.alterTable('part', (t) =>
      t.addForeignKey({
        name: 'part_item',
        columns: ['item_id'],
        references: { table: 'item', columns: ['id'] },
        ...key,
      }),
    ),
  after: allParts,
  back: allParts,
  ...more,
})

export const constraintCases: Cases<'addConstraint' | 'dropConstraint' | 'renameConstraint'> = {
  addConstraint: [
    adding(
      'primary key',
      { kind: 'primaryKey', columns: ['id'] },
      {
        given: (op) =>
          op.createTable('item', (t) => {
            t.column('id', { kind: 'integer', bits: 32 }, { nullable: false })
            t.column('name', { kind: 'varchar', length: 40 })
            t.column('n', { kind: 'integer', bits: 32 })
          }),
        after: { ...allItems, rows: [] },
        back: { ...allItems, rows: [] },
      },
    ),
    adding('unique', { kind: 'unique', name: 'item_name', columns: ['name'] }),
    adding('unique of two columns', { kind: 'unique', name: 'item_both', columns: ['n', 'name'] }),
    adding('unique, NULLS NOT DISTINCT', { kind: 'unique', name: 'item_n', columns: ['n'], nullsNotDistinct: true }),
    adding('unique, deferrable', { kind: 'unique', name: 'item_n', columns: ['n'], deferrable: 'deferred' }),
    adding('check', { kind: 'check', name: 'item_n', expression: 'n > -6' }),
    adopting('foreign key', {}),
    adopting('foreign key ON DELETE CASCADE ON UPDATE SET NULL', { onDelete: 'cascade', onUpdate: 'setNull' }),
    adopting('foreign key ON DELETE RESTRICT', { onDelete: 'restrict' }),
    adopting('foreign key ON DELETE SET DEFAULT', { onDelete: 'setDefault' }),
    adopting('foreign key, deferrable', { deferrable: 'deferred' }),
    adopting('foreign key, MATCH FULL', { match: 'full' }),
    adopting('foreign key, NOT VALID', { notValid: true }),
    adding('exclusion', {
      kind: 'exclude',
      name: 'item_apart',
      method: 'btree',
      elements: [{ expression: 'n', operator: '=' }],
    }),
  ],
  dropConstraint: [
    {
      title: 'unique',
      given: (op) => item(op, (t) => t.unique(['name'], { name: 'item_name' })),
      change: (op) => op.alterTable('item', (t) => t.dropConstraint('item_name')),
      after: allItems,
      back: allItems,
    },
    {
      title: 'check',
      given: (op) => item(op, (t) => t.check(expression('n > -6'), { name: 'item_n' })),
      change: (op) => op.alterTable('item', (t) => t.dropConstraint('item_n')),
      after: allItems,
      back: allItems,
    },
    {
      title: 'foreign key',
      given: (op) => {
        item(op)
        part(op, (t) =>
          t.foreignKey({
            name: 'part_item',
            columns: ['item_id'],
            references: { table: 'item', columns: ['id'] },
            onDelete: 'cascade',
          }),
        )
      },
      change: (op) => op.alterTable('part', (t) => t.dropConstraint('part_item')),
      after: allParts,
      back: allParts,
    },
    {
      title: 'primary key, by its kind',
      given: (op) => item(op),
      change: (op) => op.alterTable('item', (t) => t.dropConstraint({ kind: 'primaryKey' })),
      after: allItems,
      back: allItems,
    },
    {
      title: 'unique, by its columns',
      given: (op) => item(op, (t) => t.unique(['name', 'n'], { name: 'item_both' })),
      change: (op) => op.alterTable('item', (t) => t.dropConstraint({ kind: 'unique', columns: ['name', 'n'] })),
      after: allItems,
      back: allItems,
    },
  ],
  renameConstraint: [
    {
      title: 'unique',
      given: (op) => item(op, (t) => t.unique(['name'], { name: 'item_name' })),
      change: (op) => op.alterTable('item', (t) => t.renameConstraint('item_name', 'item_called')),
      after: allItems,
      back: allItems,
    },
    {
      title: 'check',
      given: (op) => item(op, (t) => t.check(expression('n > -6'), { name: 'item_n' })),
      change: (op) => op.alterTable('item', (t) => t.renameConstraint('item_n', 'item_least')),
      after: allItems,
      back: allItems,
    },
    {
      title: 'foreign key',
      given: (op) => {
        item(op)
        part(op, (t) =>
          t.foreignKey({ name: 'part_item', columns: ['item_id'], references: { table: 'item', columns: ['id'] } }),
        )
      },
      change: (op) => op.alterTable('part', (t) => t.renameConstraint('part_item', 'part_whole')),
      after: allParts,
      back: allParts,
    },
  ],
}
