/**
 * modelfiles become models
 *
 * The rows as they were are preserved: neither their numbers nor their text can be computed back. Rows whose modelfile
 * cannot be read, or whose model exists already, stay aside with them. The rollback restores every preserved row; where
 * the model was changed since, the modelfile is rewritten from it. Other models stay where they are.
 */
import { bigint, integer, type OperationRecorder, type Row, type StepDatabase, text, varchar } from '@org/migrate-core'
import { exactText } from '../data/exact-text.ts'
import { required, requiredKey, rowNumber, wholeNumber } from '../data/legacy-columns.ts'
import { modelfileOf, modelOf } from '../data/modelfile.ts'

async function modelfilesToModels(db: StepDatabase): Promise<void> {
  await db.backfill({
    table: 'modelfile',
    key: ['id'],
    columns: ['tag_name', 'user_id', 'modelfile', 'timestamp'],
    batch: 100,
    step: async (rows) => {
      for (const row of rows) await modelfileToModel(db, row)
    },
  })
}

async function modelfileToModel(db: StepDatabase, row: Row): Promise<void> {
  const tagName = String(row.tag_name)
  const key = { id: row.id ?? null }
  const modelfile = await exactText(db, { table: 'modelfile', column: 'modelfile', key }, row.modelfile ?? null)
  await db.preserve({ table: 'modelfile', key, row: { ...row, modelfile } })
  // Preserved, it is not lost with the table: a run that drops that must not say so.
  await db.execute('DELETE FROM "modelfile" WHERE "id" = ?', [key.id])
  const model = modelOf({ tag_name: tagName, modelfile: String(row.modelfile) })
  if (model === undefined) return db.report('modelfiles that are no JSON object stay aside', tagName)
  const [taken] = await db.query('SELECT "id" FROM "model" WHERE "id" = ?', [model.id])
  if (taken !== undefined) return db.report('modelfiles whose model exists already stay aside', tagName)
  const { id, base_model_id, name, meta, params } = model
  await db.execute(
    'INSERT INTO "model" ("id", "user_id", "base_model_id", "name", "meta", "params", "created_at", "updated_at") ' +
      'VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    [id, row.user_id ?? null, base_model_id, name, meta, params, row.timestamp ?? null, row.timestamp ?? null],
  )
  db.report('modelfiles moved to model')
}

async function modelsToModelfiles(db: StepDatabase): Promise<void> {
  await db.restore({ table: 'modelfile' })
  await db.backfill({
    table: 'model',
    key: ['id'],
    columns: ['user_id', 'base_model_id', 'name', 'meta', 'params', 'created_at'],
    where: `"id" LIKE 'ollama-%'`,
    batch: 100,
    step: async (rows) => {
      for (const row of rows) await modelToModelfile(db, row)
    },
  })
}

async function modelToModelfile(db: StepDatabase, row: Row): Promise<void> {
  const rebuilt = modelfileOf({ id: String(row.id), name: String(row.name), meta: String(row.meta) })
  if (rebuilt === undefined) return
  const [restored] = await db.query('SELECT "modelfile" FROM "modelfile" WHERE "tag_name" = ?', [rebuilt.tag_name])
  await db.execute('DELETE FROM "model" WHERE "id" = ?', [row.id ?? null])
  if (restored === undefined) {
    await db.execute('INSERT INTO "modelfile" ("tag_name", "user_id", "modelfile", "timestamp") VALUES (?, ?, ?, ?)', [
      rebuilt.tag_name,
      row.user_id ?? null,
      rebuilt.modelfile,
      row.created_at ?? null,
    ])
    return
  }
  const before = modelOf({ tag_name: rebuilt.tag_name, modelfile: String(restored.modelfile) })
  const unchanged = before !== undefined && before.name === row.name && before.meta === row.meta
  if (!unchanged) {
    await db.execute('UPDATE "modelfile" SET "modelfile" = ? WHERE "tag_name" = ?', [
      rebuilt.modelfile,
      rebuilt.tag_name,
    ])
  }
}

export function migrate(op: OperationRecorder) {
  op.run('modelfiles become models', { up: modelfilesToModels, down: modelsToModelfiles })
  op.dropTable('modelfile')
}

export function rollback(op: OperationRecorder) {
  op.createTable('modelfile', (t) => {
    t.column('id', integer(), rowNumber)
    t.column('tag_name', varchar(255), requiredKey)
    t.column('user_id', varchar(255), required)
    t.column('modelfile', text(), required)
    t.column('timestamp', bigint(), wholeNumber)
    t.primaryKey(['id'])
    t.index('modelfile_tag_name', ['tag_name'], { unique: true })
  })
  op.run('models become modelfiles again', { up: modelsToModelfiles, down: 'none' })
}
