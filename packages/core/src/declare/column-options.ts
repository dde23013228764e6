import { bareName } from '../errors/unknown-name.ts'

/** A call that a block of createTable, and one of alterTable, has for it. */
const calls = (created: string, changed: string, args: string): string =>
  `use t.${created}(${args}), or t.${changed}(${args}) on a table that exists`

/** What other tools state with a column, by their names without capitals and underscores, and what states it here. */
const elsewhere: readonly (readonly [names: readonly string[], meant: (column: string) => string])[] = [
  [['primarykey', 'primary', 'isprimary', 'pk'], (column) => calls('primaryKey', 'addPrimaryKey', `['${column}']`)],
  [['unique', 'isunique'], (column) => calls('unique', 'addUnique', `['${column}']`)],
  [
    ['references', 'reference', 'foreignkey', 'fk', 'ondelete'],
    (column) =>
      calls('foreignKey', 'addForeignKey', `{ columns: ['${column}'], references: { table: '…', columns: ['…'] } }`),
  ],
  [['index', 'indexed'], (column) => calls('index', 'createIndex', `'…', ['${column}']`)],
  [['check'], () => calls('check', 'addCheck', "expression('…')")],
  [['notnull', 'required'], () => 'use nullable: false'],
  [['null', 'allownull', 'isnullable', 'optional'], () => 'use nullable'],
  [['defaultvalue', 'defaultto', 'serverdefault', 'defaultsql'], () => 'use default'],
  [
    ['autoincrement', 'increment', 'increments', 'isgenerated', 'generation', 'serial'],
    () => "use identity: { mode: 'byDefault' }",
  ],
  [['computed', 'generatedas', 'asexpression', 'virtual', 'stored'], () => "use generated: { as: expression('…') }"],
  [['collate'], () => 'use collation'],
  [['length', 'size', 'limit', 'precision', 'scale'], () => 'it belongs to the type: varchar(12), decimal(10, 2)'],
  [['type'], () => 'the type comes before the options'],
  [['kind'], () => 'a new type is written as { type: varchar(12) }'],
]

/** What an option is called here that another tool has. */
export function meantColumnOption(option: string, column: string): string | undefined {
  return elsewhere.find(([names]) => names.includes(bareName(option)))?.[1](column)
}
