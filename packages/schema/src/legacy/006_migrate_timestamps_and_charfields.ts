/** long texts may be longer than 255 characters on SQLite too; bigint it has always been here */
import { type OperationRecorder, text } from '@org/migrate-core'

const longTexts = [
  ['auth', ['password']],
  ['chat', ['title']],
  ['document', ['title', 'filename']],
  ['prompt', ['title']],
  ['user', ['profile_image_url']],
] as const

export function migrate(op: OperationRecorder) {
  for (const [table, columns] of longTexts) {
    op.alterTable(table, (t) => {
      for (const column of columns) t.alterColumn(column, { type: text() })
    })
  }
}

export function rollback(op: OperationRecorder) {
  for (const [table, columns] of longTexts) {
    op.alterTable(table, (t) => {
      for (const column of columns) t.alterColumn(column, { type: text(), native: { sqlite: 'VARCHAR(255)' } })
    })
  }
}
