// Revisions in TypeScript, in one line, such as people write them: every second one makes a table, the next one changes it.

export const idOf = (/** @type {number} */ at) => (at + 1).toString(16).padStart(12, '0')

const created = `  op.createTable('TABLE', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('owner', varchar(255), { nullable: false })
    t.column('title', text(), { nullable: false, default: '' })
    t.column('price', decimal(10, 2))
    t.column('created_at', bigint(), { nullable: false })
    t.primaryKey(['id'])
    t.index('TABLE_owner', ['owner'])
  })`

const changed = `  op.alterTable('TABLE', (t) => {
    t.addColumn('locale', varchar(12), { nullable: false, default: 'en' })
    t.createIndex('TABLE_locale', ['locale', 'created_at'])
  })`

/** What SQLite is sent for one of them, written by hand. */
export function rawDdl(/** @type {number} */ at) {
  const table = `item_${at >> 1}`
  if (at % 2 === 1) {
    return [
      `ALTER TABLE "${table}" ADD COLUMN "locale" VARCHAR(12) NOT NULL DEFAULT 'en'`,
      `CREATE INDEX "${table}_locale" ON "${table}" ("locale", "created_at")`,
    ]
  }
  return [
    `CREATE TABLE "${table}" (
  "id" INTEGER NOT NULL,
  "owner" VARCHAR(255) NOT NULL,
  "title" TEXT NOT NULL DEFAULT '',
  "price" DECIMAL(10, 2),
  "created_at" BIGINT NOT NULL,
  PRIMARY KEY ("id")
)`,
    `CREATE INDEX "${table}_owner" ON "${table}" ("owner")`,
  ]
}

/** @param {number} count */
export function revisionFiles(count) {
  const files = /** @type {Record<string, string>} */ ({})
  for (let at = 0; at < count; at += 1) {
    const body = (at % 2 === 0 ? created : changed).replaceAll('TABLE', `item_${at >> 1}`)
    const what = at % 2 === 0 ? 'is there' : 'has a locale'
    files[`migrations/${idOf(at)}_item_${at >> 1}.ts`] = `/** item ${at >> 1} ${what} */
import { bigint, decimal, integer, type OperationRecorder, text, varchar } from '@org/migrate-core'

export const revision = '${idOf(at)}'
export const downRevision = ${at === 0 ? 'null' : `'${idOf(at - 1)}'`}
export const branchLabels: readonly string[] = []
export const dependsOn: readonly string[] = []

export function upgrade(op: OperationRecorder) {
${body}
}
`
  }
  return files
}
