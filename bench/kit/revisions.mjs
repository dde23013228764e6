// Revisions such as people write them, in one line: every second one makes a table, the next one changes it. In TypeScript and in SQL. Those that
// are keyed make a table each, which refers to the one before: the tables that an operation can concern grow with them.

export const idOf = (/** @type {number} */ at) => (at + 1).toString(16).padStart(12, '0')

const created = `  op.createTable('TABLE', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('owner', varchar(255), { nullable: false })
    t.column('title', varchar(255), { nullable: false, default: '' })
    t.column('price', decimal(10, 2))
    t.column('created_at', bigint(), { nullable: false })
    t.primaryKey(['id'])
    t.index('TABLE_owner', ['owner'])
  })`

const changed = `  op.alterTable('TABLE', (t) => {
    t.addColumn('locale', varchar(12), { nullable: false, default: 'en' })
    t.createIndex('TABLE_locale', ['locale', 'created_at'])
  })`

const keyed = `  op.createTable('TABLE', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('code', varchar(40), { nullable: false })
    t.column('parent', integer())
    t.primaryKey(['id'])
    t.unique(['code'], { name: 'TABLE_code' })
    t.check(expression('id > 0'), { name: 'TABLE_id' })
    t.foreignKey({ name: 'TABLE_parent', columns: ['parent'], references: { table: 'PARENT', columns: ['id'] } })
  })`

/** The first one refers to itself. */
const parentOf = (/** @type {number} */ at) => `item_${Math.max(at - 1, 0)}`

/** @typedef {'typed' | 'SQL' | 'keyed'} Kind */

/**
 * What a server is sent for one of them, written by hand.
 * @param {number} at
 * @param {Kind} [kind]
 */
export function rawDdl(at, kind = 'typed') {
  if (kind === 'keyed') {
    return [
      `CREATE TABLE item_${at} (
  id INTEGER NOT NULL PRIMARY KEY,
  code VARCHAR(40) NOT NULL,
  parent INTEGER,
  CONSTRAINT item_${at}_code UNIQUE (code),
  CONSTRAINT item_${at}_id CHECK (id > 0),
  CONSTRAINT item_${at}_parent FOREIGN KEY (parent) REFERENCES ${parentOf(at)} (id)
)`,
    ]
  }
  const table = `item_${at >> 1}`
  if (at % 2 === 1) {
    return [
      `ALTER TABLE ${table} ADD COLUMN locale VARCHAR(12) NOT NULL DEFAULT 'en'`,
      `CREATE INDEX ${table}_locale ON ${table} (locale, created_at)`,
    ]
  }
  return [
    `CREATE TABLE ${table} (
  id INTEGER NOT NULL,
  owner VARCHAR(255) NOT NULL,
  title VARCHAR(255) NOT NULL DEFAULT '',
  price DECIMAL(10, 2),
  created_at BIGINT NOT NULL,
  PRIMARY KEY (id)
)`,
    `CREATE INDEX ${table}_owner ON ${table} (owner)`,
  ]
}

/**
 * @param {number} at
 * @param {Kind} kind
 */
function inTypeScript(at, kind) {
  const isKeyed = kind === 'keyed'
  const table = `item_${isKeyed ? at : at >> 1}`
  const isNew = isKeyed || at % 2 === 0
  const body = (isKeyed ? keyed : isNew ? created : changed).replaceAll('TABLE', table).replace('PARENT', parentOf(at))
  const text = `/** ${table} ${isNew ? 'is there' : 'has a locale'} */
import { bigint, decimal, expression, integer, type OperationRecorder, varchar } from '@org/migrate-core'

export const revision = '${idOf(at)}'
export const downRevision = ${at === 0 ? 'null' : `'${idOf(at - 1)}'`}
export const branchLabels: readonly string[] = []
export const dependsOn: readonly string[] = []

export function upgrade(op: OperationRecorder) {
${body}
}
`
  return { [`migrations/${idOf(at)}_${table}.ts`]: text }
}

function inSql(/** @type {number} */ at) {
  const folder = `migrations/${idOf(at)}_item_${at >> 1}`
  const header = `-- revision: ${idOf(at)}\n-- revises: ${at === 0 ? 'base' : idOf(at - 1)}\n\n`
  const down = at % 2 === 0 ? `DROP TABLE item_${at >> 1};\n` : `ALTER TABLE item_${at >> 1} DROP COLUMN locale;\n`
  return {
    [`${folder}/up.sql`]: `${header}${rawDdl(at).join(';\n-- migrate: statement\n')};\n`,
    [`${folder}/down.sql`]: down,
  }
}

/**
 * @param {number} count
 * @param {Kind} [kind]
 */
export function revisionFiles(count, kind = 'typed') {
  const one = (/** @type {number} */ at) => (kind === 'SQL' ? inSql(at) : inTypeScript(at, kind))
  return Object.assign({}, ...Array.from({ length: count }, (_, at) => one(at)))
}

/** A project whose revisions are applied to `url`. */
export const configuration = (/** @type {string} */ url) =>
  `import { defineConfig } from '@org/cli'\n\nexport default defineConfig({ url: '${url}', migrations: './migrations' })\n`
