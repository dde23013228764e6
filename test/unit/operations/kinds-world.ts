import { text, varchar } from '@org/migrate-core'
import {
  type ConstraintModel,
  type Operation,
  type SchemaModel,
  type TableModel,
  tableKey,
  triggerKey,
} from '@org/migrate-core/dialect'

export const users = { name: 'users' }
export const posts = { name: 'posts' }

export const policy = { name: 'own', as: 'permissive', for: 'all', to: ['public'], using: 'id > 1' } as const

export const usersTable: TableModel = {
  ref: users,
  columns: [
    { name: 'id', type: { kind: 'integer', bits: 64 }, nullable: false },
    { name: 'email', type: { kind: 'text' }, nullable: true, default: { kind: 'literal', value: 'x' }, comment: 'old' },
  ],
  constraints: [{ kind: 'primaryKey', name: 'users_pk', columns: ['id'] }],
  indexes: [
    { name: 'users_email', unique: true, elements: [{ column: 'email' }], include: ['id'], source: 'CREATE INDEX …' },
  ],
  options: { strict: true },
  source: 'CREATE TABLE users …',
}
export const key = {
  kind: 'foreignKey',
  columns: ['user'],
  references: { table: users, columns: ['id'] },
  onDelete: 'cascade',
} as const satisfies ConstraintModel
export const postsTable: TableModel = {
  ref: posts,
  columns: [
    { name: 'user', type: { kind: 'integer', bits: 64 }, nullable: true },
    { name: 'mood', type: { kind: 'enum', name: 'mood', values: ['sad', 'ok'] }, nullable: true },
    { name: 'n', type: { kind: 'integer', bits: 32 }, nullable: true },
  ],
  constraints: [key],
  indexes: [],
  options: {},
  policies: [policy],
  source: 'CREATE TABLE posts …',
}
export const trigger = { name: 'touch', table: users, definition: 'CREATE TRIGGER touch …' }
export const view = { ref: { name: 'active' }, definition: 'SELECT 1', source: 'CREATE VIEW …' }
export const sequence = { ref: { name: 'ids' }, increment: '1', ownedBy: { table: users, column: 'id' } }

export const base: SchemaModel = {
  schemas: ['app'],
  tables: new Map([
    ['users', usersTable],
    ['posts', postsTable],
  ]),
  views: new Map([['active', view]]),
  triggers: new Map([[triggerKey(users, 'touch'), trigger]]),
  enums: new Map([['mood', { ref: { name: 'mood' }, values: ['sad', 'ok'] }]]),
  sequences: new Map([['ids', sequence]]),
  extensions: ['citext'],
}

export const without = <T extends object, K extends keyof T>(value: T, key: K): Omit<T, K> => {
  const { [key]: _, ...rest } = value
  return rest
}
export const bareUsers = without(usersTable, 'source') as TableModel
export const barePosts = without(postsTable, 'source') as TableModel
export const withTables = (...tables: readonly TableModel[]): SchemaModel => ({
  ...base,
  tables: new Map(tables.map((table) => [tableKey(table.ref), table])),
})

export interface Case {
  readonly operation: Operation
  readonly after: SchemaModel
  readonly inverse: readonly Operation[] | string
  readonly touches: readonly string[]
  readonly describe: string
}

export const people = { name: 'people' }
export const tags: TableModel = {
  ref: { name: 'tags' },
  columns: [{ name: 'tag', type: text(), nullable: false }],
  constraints: [{ kind: 'primaryKey', columns: ['tag'] }],
  indexes: [],
  options: {},
}
export const locale = {
  name: 'locale',
  type: varchar(12),
  nullable: false,
  default: { kind: 'literal', value: 'en' },
} as const
export const lower = { name: 'posts_n', unique: false, elements: [{ column: 'n', order: 'desc' }] } as const
export const check = { kind: 'check', name: 'positive', expression: 'n > 0' } as const
