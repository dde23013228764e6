/** features have a slug, made from their name; names lose the spaces around them */
import { type OperationRecorder, type StepDatabase, varchar } from '@org/migrate-core'

export const revision = 'c93e8a5504d1'
export const downRevision = '5be07d6c1f28'
export const branchLabels: readonly string[] = []
export const dependsOn: readonly string[] = []

async function fill(db: StepDatabase) {
  await db.backfill({
    table: 'features',
    columns: ['name'],
    step: async (rows) => {
      for (const { id = null, name } of rows) {
        const trimmed = String(name).trim()
        if (trimmed !== name) {
          await db.preserve({ table: 'features', key: { id }, column: 'name', value: String(name), written: trimmed })
          db.report('names lost the spaces around them', String(id))
        }
        const slug = trimmed.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
        await db.execute('UPDATE "features" SET "name" = ?, "slug" = ? WHERE "id" = ?', [trimmed, slug, id])
      }
    },
  })
}

export function upgrade(op: OperationRecorder) {
  op.addColumn('features', 'slug', varchar(80))
  op.run('slugs from names', { up: fill, down: 'restore', from: ['features.name'] })
  op.alterTable('features', (t) => {
    t.alterColumn('slug', { nullable: false })
    t.createIndex('features_slug', ['slug'], { unique: true })
  })
}
