import { MigrateError } from '@org/migrate-core/connection'
import type { ScriptParts, UnloadedDialect } from '@org/migrate-core/dialect'
import { literalText } from '../../sql/quote.ts'
import { mostStatementBytes } from './limits.ts'

/**
 * For `wrangler d1 migrations apply` and `wrangler d1 execute`, which send a file as one statement list:
 * https://developers.cloudflare.com/d1/reference/migrations/
 */
export function d1Script(now: ScriptParts<UnloadedDialect>['now']): ScriptParts<UnloadedDialect> {
  return {
    client: [],
    // A rename reaches the foreign keys only so, and D1 keeps the setting from one list to the next.
    settings: ['PRAGMA legacy_alter_table = OFF'],
    // A path that is none fails with its text: `bad JSON path: 'main is not at r1'`.
    require: ({ condition, message }) => [
      `SELECT json_extract('{}', ${literalText(message)}) WHERE NOT COALESCE((${condition}), 0)`,
    ],
    server: {
      name: 'Cloudflare D1',
      condition: '(SELECT "foreign_keys" FROM pragma_foreign_keys) = 1',
      message: 'this script is for Cloudflare D1, where foreign keys are on',
    },
    older: [],
    now,
    ended: (sql) => {
      const bytes = Buffer.byteLength(sql)
      if (bytes <= mostStatementBytes) return `${sql};`
      const operation = sql.length > 120 ? `${sql.slice(0, 120)}…` : sql
      const why = `D1 takes no statement of more than ${mostStatementBytes.toLocaleString('en-US')} bytes, and with its values this one has ${bytes.toLocaleString('en-US')}`
      throw new MigrateError('UNSUPPORTED', { dialect: 'sqlite', operation, why }, `${operation}: ${why}`, {
        remedy: 'Run the command on the database itself, without `--sql`.',
      })
    },
  }
}
