import { sql } from 'drizzle-orm'
import { blob, customType, integer, numeric, real, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { type OracleSchema, schema } from '../../schema.ts'

const id = () => integer('id').primaryKey()
/** What is changed where drizzle-kit wants the other table recreated anyway. */
const beside = sqliteTable('beside', { id: id(), name: text('name') })
const decimal = customType<{ data: string }>({ dataType: () => 'decimal(10, 2)' })
const varchar = customType<{ data: string; config: { length: number } }>({
  dataType: (config) => `varchar(${config?.length ?? 255})`,
})

const every = {
  id: id(),
  count: integer('count').notNull(),
  label: text('label'),
  short: text('short', { length: 20 }),
  ratio: real('ratio'),
  price: numeric('price'),
  raw: blob('raw'),
}

export const columns: readonly OracleSchema[] = [
  schema(
    'a column of every type, and each otherwise in the next release',
    [
      { samples: sqliteTable('samples', every) },
      {
        samples: sqliteTable('samples', {
          id: id(),
          count: integer('count'),
          label: text('label').notNull(),
          short: text('short', { length: 40 }),
          ratio: real('ratio').notNull(),
          price: numeric('price').notNull(),
          raw: blob('raw'),
        }),
      },
    ],
    'ALTER TABLE samples DROP COLUMN price',
    { fill: { 'samples.label': "''", 'samples.ratio': '0', 'samples.price': '0' } },
  ),
  schema(
    'modes of integers',
    [
      {
        modes: sqliteTable('modes', {
          id: id(),
          plain: integer('plain', { mode: 'number' }),
          flag: integer('flag', { mode: 'boolean' }).notNull(),
          day: integer('day', { mode: 'timestamp' }),
          instant: integer('instant', { mode: 'timestamp_ms' }).notNull(),
        }),
      },
    ],
    'ALTER TABLE modes ALTER COLUMN flag DROP NOT NULL',
  ),
  schema(
    'texts with values of TypeScript, which become other values',
    [
      { posts: sqliteTable('posts', { id: id(), state: text('state', { enum: ['draft', 'sent'] }).notNull() }) },
      {
        posts: sqliteTable('posts', { id: id(), state: text('state', { enum: ['draft', 'sent', 'gone'] }).notNull() }),
      },
    ],
    'ALTER TABLE posts ALTER COLUMN state DROP NOT NULL',
  ),
  schema(
    'modes of texts and blobs',
    [
      {
        documents: sqliteTable('documents', {
          id: id(),
          body: text('body', { mode: 'json' }).notNull(),
          tags: text('tags', { mode: 'json' }).$type<readonly string[]>(),
          bytes: blob('bytes', { mode: 'buffer' }),
          packed: blob('packed', { mode: 'json' }),
          large: blob('large', { mode: 'bigint' }),
        }),
      },
    ],
    'ALTER TABLE documents DROP COLUMN packed',
  ),
  schema(
    'modes of numerics',
    [
      {
        amounts: sqliteTable('amounts', {
          id: id(),
          exact: numeric('exact').notNull(),
          number: numeric('number', { mode: 'number' }),
          wide: numeric('wide', { mode: 'bigint' }),
        }),
      },
    ],
    'ALTER TABLE amounts ADD COLUMN extra numeric',
  ),
  schema(
    'an integer becomes a real, a text a number',
    [
      { readings: sqliteTable('readings', { id: id(), value: integer('value'), code: text('code') }) },
      { readings: sqliteTable('readings', { id: id(), value: real('value'), code: integer('code') }) },
    ],
    'ALTER TABLE readings ALTER COLUMN value SET NOT NULL',
  ),
  schema(
    'custom types',
    [
      {
        beside,
        prices: sqliteTable('prices', {
          id: id(),
          net: decimal('net').notNull(),
          code: varchar('code', { length: 12 }),
        }),
      },
      {
        beside,
        prices: sqliteTable('prices', {
          id: id(),
          net: decimal('net').notNull(),
          gross: decimal('gross'),
          code: varchar('code', { length: 24 }),
        }),
      },
    ],
    'ALTER TABLE beside ALTER COLUMN name SET NOT NULL',
    { noise: 'it reads every type as one of its own five' },
  ),
  schema(
    'columns are added',
    [
      { people: sqliteTable('people', { id: id() }) },
      {
        people: sqliteTable('people', {
          id: id(),
          name: text('name'),
          email: text('email').notNull().default(''),
          age: integer('age').notNull().default(0),
          seen: integer('seen').default(sql`(unixepoch())`),
        }),
      },
    ],
    'ALTER TABLE people DROP COLUMN name',
  ),
  schema(
    'columns are dropped',
    [
      {
        people: sqliteTable('people', {
          id: id(),
          name: text('name'),
          mail: text('mail').notNull(),
          age: integer('age'),
        }),
      },
      { people: sqliteTable('people', { id: id(), name: text('name') }) },
    ],
    'ALTER TABLE people ADD COLUMN age integer',
  ),
  schema(
    'a column becomes NOT NULL, another one nullable',
    [
      { people: sqliteTable('people', { id: id(), name: text('name'), mail: text('mail').notNull() }) },
      { people: sqliteTable('people', { id: id(), name: text('name').notNull(), mail: text('mail') }) },
    ],
    'ALTER TABLE people ALTER COLUMN mail SET NOT NULL',
    { fill: { 'people.name': "'?'" } },
  ),
  schema(
    'a column is renamed, and its table keeps the rest',
    [
      { people: sqliteTable('people', { id: id(), mail: text('mail').notNull(), age: integer('age') }) },
      { people: sqliteTable('people', { id: id(), email: text('email').notNull(), age: integer('age') }) },
    ],
    'ALTER TABLE people DROP COLUMN age',
    { renamed: [{ from: 'people.mail', to: 'email' }] },
  ),
]
