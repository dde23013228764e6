import { isSignificant, lexSql } from '@org/migrate-core/connection'
import type { Statement } from '@org/migrate-core/dialect'
import { grammar, modeVariables, withExecutedComments } from './classify.ts'

const definer = '(?: DEFINER = \\S+(?: @ \\S+| \\( \\))?)?'
const creation = new RegExp(
  `^(?:CREATE(?: OR REPLACE)?${definer}(?: AGGREGATE)? (?:TRIGGER|PROCEDURE|FUNCTION|EVENT|PACKAGE)|ALTER${definer} EVENT)\\b`,
  'i',
)

/**
 * Whether the server keeps the `sql_mode` of the session with what the statement creates. ALTER PROCEDURE leaves it as it is.
 * https://dev.mysql.com/doc/refman/8.4/en/create-procedure.html, https://dev.mysql.com/doc/refman/8.4/en/alter-event.html
 */
export function createsProgram(sql: string): boolean {
  const tokens = lexSql(withExecutedComments(sql), grammar).filter(isSignificant)
  const head = tokens.slice(0, 20).map(({ text }) => (/^['"`]/.test(text) ? 'name' : text))
  return creation.test(head.join(' '))
}

/**
 * Under these a stored program gets the mode that another client's would have. A mode that a statement of the author has set stays: text of
 * `mysqldump` sets one for each program. The server writes both modes, so that they can be compared.
 */
export const programSettings: NonNullable<Statement['settings']> = {
  set: [
    `SET @migrate_sql_mode = @@sql_mode, sql_mode = ${modeVariables.session}`,
    `SET sql_mode = IF(@@sql_mode = @migrate_sql_mode, ${modeVariables.program}, @migrate_sql_mode)`,
  ],
  reset: ['SET sql_mode = @migrate_sql_mode'],
}
