/**
 * the times of folders become seconds since 1970, UTC
 *
 * Date-times become whole seconds; whole numbers, which the program itself stored on SQLite, stay. Anything else stops
 * the run with the folder named. What the seconds do not say (a fraction, a number instead of a text) is preserved, and the
 * downgrade restores it where the time was not changed since; all other times come back as date-times of the same
 * second.
 */
import { bigint, now, type OperationRecorder, type SqlValue, type StepDatabase, timestamp } from '@org/migrate-core'
import { updateRow } from '../data/bulk.ts'
import { dateTimeText, epochSeconds } from '../data/epoch.ts'

export const revision = '4ace53fd72c8'
export const downRevision = 'c69f45358db4'
export const branchLabels: readonly string[] = []
export const dependsOn: readonly string[] = []

const times = ['created_at', 'updated_at'] as const

function secondsOf(value: SqlValue | undefined): bigint | undefined {
  return typeof value === 'bigint' ? value : typeof value === 'string' ? epochSeconds(value) : undefined
}

/** What the downgrade makes of the seconds, as the database shows it: date-times have six digits on MySQL, also where all are 0. */
function writtenBack(db: StepDatabase, seconds: bigint): SqlValue {
  const text = dateTimeText(seconds)
  return text === undefined ? seconds : db.dialect === 'mysql' ? `${text}.000000` : text
}

async function toSeconds(db: StepDatabase): Promise<void> {
  await db.backfill({
    table: 'folder',
    key: ['id', 'user_id'],
    columns: times,
    step: async (rows) => {
      for (const row of rows) {
        const key = { id: row.id ?? null, user_id: row.user_id ?? null }
        for (const column of times) {
          const value = row[column] ?? null
          const seconds = secondsOf(value)
          if (seconds === undefined) {
            throw new Error(
              `folder ${JSON.stringify(row.id)} of user ${JSON.stringify(row.user_id)}: ${column} is neither a ` +
                `date-time nor a whole number: ${typeof value === 'string' ? JSON.stringify(value) : String(value)}`,
            )
          }
          const written = writtenBack(db, seconds)
          if (written !== value) await db.preserve({ table: 'folder', key, column, value, written })
          // Elsewhere the column cannot hold a number yet: there the change of its type converts.
          if (db.dialect === 'sqlite' && value !== seconds) {
            const text = `UPDATE "folder" SET "${column}" = ? WHERE "id" = ? AND "user_id" = ?`
            await updateRow(db, text, [seconds, key.id, key.user_id], key.id)
          }
        }
      }
    },
  })
}

async function toDateTimes(db: StepDatabase): Promise<void> {
  if (db.dialect === 'sqlite') {
    await db.backfill({
      table: 'folder',
      key: ['id', 'user_id'],
      columns: times,
      step: async (rows) => {
        for (const row of rows) {
          const [created, updated] = times.map((column) => {
            const value = row[column] ?? null
            return typeof value === 'bigint' ? (dateTimeText(value) ?? value) : value
          })
          const [id, user] = [row.id ?? null, row.user_id ?? null]
          const text = 'UPDATE "folder" SET "created_at" = ?, "updated_at" = ? WHERE "id" = ? AND "user_id" = ?'
          await updateRow(db, text, [created ?? null, updated ?? null, id, user], id)
        }
      },
    })
  }
  for (const column of times) await db.restore({ table: 'folder', column })
}

export function upgrade(op: OperationRecorder) {
  op.run('times become seconds', {
    up: toSeconds,
    down: 'restore',
    from: times.map((column) => `folder.${column}`),
    to: times.map((column) => `folder.${column}`),
  })
  op.alterTable('folder', (t) => {
    for (const column of times) {
      t.alterColumn(column, {
        type: bigint(),
        default: null,
        using: {
          sqlite: `"${column}"`,
          postgres: `EXTRACT(EPOCH FROM date_trunc('second', "${column}"))::bigint`,
          // TIMESTAMPDIFF cuts towards 1970; without the fraction nothing is left to cut.
          mysql: `TIMESTAMPDIFF(SECOND, '1970-01-01 00:00:00', \`${column}\` - INTERVAL MICROSECOND(\`${column}\`) MICROSECOND)`,
        },
      })
    }
  })
}

export function downgrade(op: OperationRecorder) {
  op.alterTable('folder', (t) => {
    for (const column of times) {
      t.alterColumn(column, {
        type: timestamp(),
        default: now(),
        using: {
          sqlite: `"${column}"`,
          postgres: `to_timestamp("${column}") AT TIME ZONE 'UTC'`,
          mysql: `TIMESTAMPADD(SECOND, \`${column}\`, '1970-01-01 00:00:00')`,
        },
      })
    }
  })
  op.run('seconds become times', { up: toDateTimes, down: 'none' })
}
