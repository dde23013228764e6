import { type AlterTableRecorder, expression, type ForeignKeyInput } from '@org/migrate-core'
import type { ConstraintModel } from '@org/migrate-core/dialect'
import type { Build, Cases, OperationCase } from './case.ts'
import { allItems, allParts, item, lasting, part, plainItem, toItem } from './world.ts'

const altering = (
  title: string,
  table: 'item' | 'part',
  given: Build,
  alter: (t: AlterTableRecorder) => void,
): OperationCase => ({
  title,
  given,
  change: (op) => op.alterTable(table, alter),
  ...lasting(table === 'item' ? allItems : allParts),
})

const adding = (title: string, constraint: ConstraintModel): OperationCase =>
  altering(title, 'item', plainItem, (t) => t.addConstraint(constraint))

const both: Build = (op) => {
  item(op)
  part(op)
}

const adopting = (title: string, key: Partial<ForeignKeyInput>): OperationCase =>
  altering(title, 'part', both, (t) => t.addForeignKey({ ...toItem, ...key }))

const withUnique: Build = (op) => item(op, (t) => t.unique(['name'], { name: 'item_name' }))
const withCheck: Build = (op) => item(op, (t) => t.check(expression('n > -6'), { name: 'item_n' }))
const withKey =
  (key: Partial<ForeignKeyInput> = {}): Build =>
  (op) => {
    item(op)
    part(op, (t) => t.foreignKey({ ...toItem, ...key }))
  }

export const constraintCases: Cases<'addConstraint' | 'dropConstraint' | 'renameConstraint'> = {
  addConstraint: [
    {
      ...adding('primary key', { kind: 'primaryKey', columns: ['id'] }),
      given: (op) =>
        op.createTable('item', (t) => {
          t.column('id', { kind: 'integer', bits: 32 }, { nullable: false })
          t.column('name', { kind: 'varchar', length: 40 })
          t.column('n', { kind: 'integer', bits: 32 })
        }),
      ...lasting({ ...allItems, rows: [] }),
    },
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
    altering('unique', 'item', withUnique, (t) => t.dropConstraint('item_name')),
    altering('check', 'item', withCheck, (t) => t.dropConstraint('item_n')),
    altering('foreign key', 'part', withKey({ onDelete: 'cascade' }), (t) => t.dropConstraint('part_item')),
    altering('primary key, by its kind', 'item', plainItem, (t) => t.dropConstraint({ kind: 'primaryKey' })),
    altering(
      'unique, by its columns',
      'item',
      (op) => item(op, (t) => t.unique(['name', 'n'], { name: 'item_both' })),
      (t) => t.dropConstraint({ kind: 'unique', columns: ['name', 'n'] }),
    ),
  ],
  renameConstraint: [
    altering('unique', 'item', withUnique, (t) => t.renameConstraint('item_name', 'item_called')),
    altering('check', 'item', withCheck, (t) => t.renameConstraint('item_n', 'item_least')),
    altering('foreign key', 'part', withKey(), (t) => t.renameConstraint('part_item', 'part_whole')),
  ],
}
