import { join, type Statement, sql, type TriggerModel, type ViewModel } from '@org/migrate-core/dialect'
import { quote } from '../../sql/quote.ts'
import { statement } from '../statements.ts'

/**
 * Who may create what is run as another user: https://dev.mysql.com/doc/refman/8.4/en/stored-objects-security.html, and before 8.2
 * SET_USER_ID; https://mariadb.com/kb/en/grant/#set-user. SUPER is enough where the server still takes it.
 */
const rights = ['SET_ANY_DEFINER', 'SET_USER_ID', 'SET USER', 'SUPER']

/**
 * What is created again keeps its DEFINER. A user who may not set it would be refused after the change was committed, and a trigger be gone
 * then. What the user has by a role is not known: then the server answers.
 */
export function checkDefiners(views: readonly ViewModel[], triggers: readonly TriggerModel[]): readonly Statement[] {
  const foreign = [
    ...views.filter(({ source }) => source !== undefined).map(({ ref }) => `view ${ref.name}`),
    ...triggers
      .filter(({ definition }) => /^CREATE\s+DEFINER\b/i.test(definition))
      .map(({ name }) => `trigger ${name}`),
  ]
  if (foreign.length === 0) return []
  const tables = [...views.map(({ ref }) => ref), ...triggers.map(({ table }) => table)]
  const text = sql`SELECT CURRENT_USER() AS user FROM DUAL WHERE COALESCE(CURRENT_ROLE(), 'NONE') = 'NONE' AND NOT EXISTS (
  SELECT 1 FROM information_schema.user_privileges
  WHERE REPLACE(grantee, '''', '') = CURRENT_USER() AND privilege_type IN (${join(rights.map(quote.literal))}))`
  return [
    statement(text, tables, {
      expectEmpty: `users who may not create ${foreign.join(', ')} again with the DEFINER that it has`,
      remedy:
        'Grant the user of the run SET USER (MariaDB), or SET_ANY_DEFINER (MySQL 8.0: SET_USER_ID), and SYSTEM_USER where the DEFINER has it. Or let an administrator run this revision.',
    }),
  ]
}
