import { emptySchema, type Operation, type SchemaModel } from '@org/migrate-core/dialect'
import { describe, expect, it } from 'vitest'
import { newest, type Server } from '../../../../packages/dialect-mysql/src/flavour.ts'
import { compiled, dialectOf, sqlOf } from './kit.ts'

type PerFlavour<T> = { readonly mysql: T; readonly mariadb: T }

const t = { name: 't' }
const int = { kind: 'integer', bits: 32 } as const
const text = { kind: 'text' } as const

const table: Operation = {
  kind: 'createTable',
  table: {
    ref: t,
    columns: [
      { name: 'id', type: text, nullable: false },
      { name: 'n', type: int, nullable: true, default: { kind: 'literal', value: 5 } },
      { name: 's', type: text, nullable: true },
      { name: 'j', type: { kind: 'json' }, nullable: false, default: { kind: 'literal', value: '{}' } },
    ],
    constraints: [
      { kind: 'primaryKey', columns: ['id'] },
      { kind: 'check', name: 'n_check', expression: 'n > 0' },
    ],
    indexes: [{ name: 't_s', unique: false, elements: [{ column: 's' }] }],
    options: {},
  },
}

function before(server: Server): SchemaModel {
  return compiled(dialectOf(server), emptySchema, table).after
}

interface Case {
  readonly operation: Operation
  readonly sql: PerFlavour<readonly string[]>
}

const both = (...sql: readonly string[]): PerFlavour<readonly string[]> => ({ mysql: sql, mariadb: sql })

const cases: { readonly [title: string]: Case } = {
  'a key over a text gives it a length, and looks at the values first': {
    operation: { kind: 'addConstraint', table: t, constraint: { kind: 'unique', name: 'u', columns: ['s'] } },
    sql: {
      mysql: [
        'SELECT `id` FROM `t` WHERE CHAR_LENGTH(`s`) > 255 LIMIT 5',
        'ALTER TABLE `t` MODIFY COLUMN `s` varchar(255)',
        'ALTER TABLE `t` ADD UNIQUE KEY `u` (`s`)',
      ],
      mariadb: [
        'SELECT `id` FROM `t` WHERE CHAR_LENGTH(`s`) > 255 LIMIT 5',
        'ALTER TABLE `t` MODIFY COLUMN `s` varchar(255)',
        'ALTER TABLE `t` ADD UNIQUE KEY `u` (`s`)',
      ],
    },
  },
  'NOT NULL looks for NULLs first': {
    operation: { kind: 'alterColumn', table: t, column: 'n', change: { nullable: false } },
    sql: both(
      'SELECT `id` FROM `t` WHERE `n` IS NULL LIMIT 5',
      'ALTER TABLE `t` MODIFY COLUMN `n` int NOT NULL DEFAULT 5',
    ),
  },
  'a check is dropped in the words of the server': {
    operation: { kind: 'dropConstraint', table: t, constraint: { name: 'n_check' } },
    sql: {
      mysql: ['ALTER TABLE `t` DROP CHECK `n_check`'],
      mariadb: ['ALTER TABLE `t` DROP CONSTRAINT `n_check`'],
    },
  },
  'a column that a check names gets its new name there too': {
    operation: { kind: 'renameColumn', table: t, column: 'n', to: 'm' },
    sql: {
      mysql: ['ALTER TABLE `t` DROP CHECK `n_check`, RENAME COLUMN `n` TO `m`, ADD CONSTRAINT `n_check` CHECK (m > 0)'],
      mariadb: ['ALTER TABLE `t` RENAME COLUMN `n` TO `m`'],
    },
  },
  'old values go through an expression': {
    operation: {
      kind: 'alterColumn',
      table: t,
      column: 'n',
      change: { type: text, default: null },
      using: 'concat(n, 1)',
    },
    sql: {
      mysql: [
        'ALTER TABLE `t` DROP CHECK `n_check`, CHANGE COLUMN `n` `n__old` int NULL, ADD COLUMN `n` longtext DEFAULT (concat(n__old, 1)) AFTER `n__old`, ADD CONSTRAINT `n_check` CHECK (n > 0)',
        'ALTER TABLE `t` DROP COLUMN `n__old`, MODIFY COLUMN `n` longtext',
      ],
      mariadb: [
        'ALTER TABLE `t` DROP CONSTRAINT `n_check`, CHANGE COLUMN `n` `n__old` int NULL, ADD COLUMN `n` longtext DEFAULT (concat(n__old, 1)) AFTER `n__old`, ADD CONSTRAINT `n_check` CHECK (n > 0)',
        'ALTER TABLE `t` DROP COLUMN `n__old`, MODIFY COLUMN `n` longtext',
      ],
    },
  },
  'old values go through a query': {
    operation: {
      kind: 'alterColumn',
      table: t,
      column: 'n',
      change: { type: text, default: null },
      using: '(SELECT n)',
    },
    sql: {
      mysql: [
        'ALTER TABLE `t` ADD COLUMN `n__new` longtext NULL AFTER `n`',
        'UPDATE `t` SET `n__new` = (SELECT n)',
        'ALTER TABLE `t` DROP CHECK `n_check`, DROP COLUMN `n`, CHANGE COLUMN `n__new` `n` longtext, ADD CONSTRAINT `n_check` CHECK (n > 0)',
      ],
      mariadb: [
        'ALTER TABLE `t` ADD COLUMN `n__new` longtext NULL AFTER `n`',
        'UPDATE `t` SET `n__new` = (SELECT n)',
        'ALTER TABLE `t` DROP CONSTRAINT `n_check`, DROP COLUMN `n`, CHANGE COLUMN `n__new` `n` longtext, ADD CONSTRAINT `n_check` CHECK (n > 0)',
      ],
    },
  },
  'rows by their key': {
    operation: { kind: 'deleteRows', table: t, key: ['id', 'n'], rows: [['a', null]] },
    sql: both('DELETE FROM `t` WHERE (`id` = ? AND `n` <=> ?)'),
  },
  'a table of its own name is dropped alone': {
    operation: { kind: 'dropTable', table: t },
    sql: both('DROP TABLE `t`'),
  },
}

interface Refusal {
  readonly operation: Operation
  readonly code: PerFlavour<string | undefined>
}

const unsupported: PerFlavour<string> = { mysql: 'UNSUPPORTED', mariadb: 'UNSUPPORTED' }
const invalid: PerFlavour<string> = { mysql: 'INVALID_OPERATION', mariadb: 'INVALID_OPERATION' }
const index = (more: object): Operation => ({
  kind: 'createIndex',
  table: t,
  index: { name: 'i', unique: false, elements: [{ column: 'n' }], ...more },
})

const refusals: { readonly [title: string]: Refusal } = {
  'an engine that stores no row': {
    operation: { kind: 'alterTableOptions', table: t, options: { engine: 'Blackhole' } },
    code: unsupported,
  },
  'a partial index': { operation: index({ where: 'n > 0' }), code: unsupported },
  'an index over an expression': {
    operation: index({ elements: [{ expression: 'n + 1' }] }),
    code: { mysql: undefined, mariadb: 'UNSUPPORTED' },
  },
  'a sequence': {
    operation: { kind: 'createSequence', sequence: { ref: { name: 'q' } } },
    code: { mysql: 'UNSUPPORTED', mariadb: undefined },
  },
  'a materialised view': {
    operation: { kind: 'createView', view: { ref: { name: 'v' }, definition: 'SELECT 1', materialized: true } },
    code: unsupported,
  },
  'a schema': { operation: { kind: 'createSchema', schema: 'x' }, code: unsupported },
  'a named enum': { operation: { kind: 'createEnum', enum: { ref: { name: 'e' }, values: ['a'] } }, code: unsupported },
  'a column of a named enum without values': {
    operation: {
      kind: 'addColumn',
      table: t,
      column: { name: 'e', type: { kind: 'enum', name: 'e', values: [] }, nullable: true },
    },
    code: unsupported,
  },
  'a column that becomes one of a named enum without values': {
    operation: {
      kind: 'alterColumn',
      table: t,
      column: 's',
      change: { type: { kind: 'enum', name: 'e', values: [] } },
    },
    code: unsupported,
  },
  'a decimal whose two numbers are in the wrong order': {
    operation: {
      kind: 'addColumn',
      table: t,
      column: { name: 'd', type: { kind: 'decimal', precision: 2, scale: 10 }, nullable: true },
    },
    code: unsupported,
  },
  'an index that is too long': {
    operation: index({ elements: [{ column: 's', prefixLength: 769 }] }),
    code: invalid,
  },
  'a counter without a key': {
    operation: {
      kind: 'addColumn',
      table: t,
      column: { name: 'c', type: int, nullable: false, identity: { mode: 'byDefault' } },
    },
    code: invalid,
  },
  'a foreign key between two types': {
    operation: {
      kind: 'addConstraint',
      table: t,
      constraint: { kind: 'foreignKey', name: 'f', columns: ['n'], references: { table: t, columns: ['id'] } },
    },
    code: invalid,
  },
  'a text that an update sets to its time': {
    operation: { kind: 'alterColumn', table: t, column: 's', change: { onUpdate: 'now' } },
    code: unsupported,
  },
  'a new date that an update sets to its time': {
    operation: {
      kind: 'addColumn',
      table: t,
      column: { name: 'd', type: { kind: 'date' }, nullable: true, onUpdate: 'now' },
    },
    code: unsupported,
  },
  'a counter with an end': {
    operation: {
      kind: 'createTable',
      table: {
        ref: { name: 'counted' },
        columns: [{ name: 'c', type: int, nullable: false, identity: { mode: 'autoIncrement', maxValue: '9' } }],
        constraints: [{ kind: 'primaryKey', columns: ['c'] }],
        indexes: [],
        options: {},
      },
    },
    code: unsupported,
  },
  'a name that is too long': {
    operation: { kind: 'renameColumn', table: t, column: 'n', to: 'x'.repeat(65) },
    code: { mysql: 'NAME_TOO_LONG', mariadb: 'NAME_TOO_LONG' },
  },
}

function codeOf(work: () => unknown): unknown {
  try {
    work()
    return undefined
  } catch (error) {
    return (error as { readonly code?: unknown }).code
  }
}

describe.each(['mysql', 'mariadb'] as const)('%s', (flavour) => {
  const server = newest[flavour]

  it('a table, whatever the database has as its own', () => {
    const empty = flavour === 'mysql' ? "('{}')" : "'{}'"
    expect(sqlOf(dialectOf(server), emptySchema, table)).toEqual([
      `CREATE TABLE \`t\` (
  \`id\` varchar(255) NOT NULL,
  \`n\` int DEFAULT 5,
  \`s\` longtext,
  \`j\` json NOT NULL DEFAULT ${empty},
  PRIMARY KEY (\`id\`),
  KEY \`t_s\` (\`s\`(255)),
  CONSTRAINT \`n_check\` CHECK (n > 0)
) DEFAULT CHARSET=utf8mb4`,
    ])
  })

  it.each(Object.entries(cases))('%s', (_, { operation, sql }) => {
    const { statements } = compiled(dialectOf(server), before(server), operation)
    expect(statements.map((statement) => statement.sql)).toEqual(sql[flavour])
    for (const statement of statements) {
      expect(statement.commits === true, statement.sql).toBe(/^(?:ALTER|CREATE|DROP|RENAME)/.test(statement.sql))
    }
  })

  it.each(Object.entries(refusals))('%s', (_, { operation, code }) => {
    expect(codeOf(() => compiled(dialectOf(server), before(server), operation))).toBe(code[flavour])
  })

  it('a table without a primary key, where the server wants one', () => {
    const strict = dialectOf({ ...server, sqlRequirePrimaryKey: true })
    const keyless: Operation = {
      kind: 'createTable',
      table: { ref: t, columns: [{ name: 'a', type: int, nullable: true }], constraints: [], indexes: [], options: {} },
    }
    expect(codeOf(() => compiled(strict, emptySchema, keyless))).toBe('INVALID_OPERATION')
    expect(sqlOf(strict, emptySchema, table)).toHaveLength(1)
  })
})
