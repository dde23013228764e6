import { isMigrateError, type Row, type Session, type ViewModel } from '@org/migrate-core/dialect'
import type { Server } from '../flavour.ts'
import { quote } from '../quote.ts'
import { cell, text, withoutDatabase } from './catalog.ts'

/**
 * The algorithm of a view stands in MariaDB's catalog; on MySQL nowhere but in SHOW CREATE VIEW.
 * https://dev.mysql.com/doc/refman/8.4/en/information-schema-views-table.html
 */
export async function readViewRows(server: Server, session: Session): Promise<readonly Row[]> {
  const rows = await session.query(
    `SELECT TABLE_NAME AS name, VIEW_DEFINITION AS definition, CHECK_OPTION AS check_option, SECURITY_TYPE AS security,
 DATABASE() AS own, IF(DEFINER = CURRENT_USER(), NULL, DEFINER) AS definer,
 ${server.flavour === 'mariadb' ? 'ALGORITHM' : 'NULL'} AS algorithm,
 NULLIF(CHARACTER_SET_CLIENT, @@character_set_client) AS client, NULLIF(COLLATION_CONNECTION, @@collation_connection) AS collation
 FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME`,
  )
  if (server.flavour === 'mariadb') return rows
  const whole: Row[] = []
  for (const row of rows) whole.push({ ...row, algorithm: await readAlgorithm(session, text(row, 'name')) })
  return whole
}

/** NULL where the user may not see it, or the view cannot be used any more. */
async function readAlgorithm(session: Session, name: string): Promise<string | null> {
  const rows = await session.query(`SHOW CREATE VIEW ${quote.identifier(name).text}`).catch((error: unknown) => {
    if (isMigrateError(error)) throw error
    return []
  })
  return /^CREATE ALGORITHM=(\w+) /.exec(text(rows[0] ?? {}, 'Create View'))?.[1] ?? null
}

/** `name@host` of the catalog as it stands in SQL. */
export function definerText(definer: string): string {
  const at = definer.lastIndexOf('@')
  const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``
  return `DEFINER=${quoted(definer.slice(0, at))}@${quoted(definer.slice(at + 1))}`
}

/** The settings that a text was made under, where they are not ours. */
export function settingsOf(
  found: { readonly [setting: string]: string | null },
  definition: string,
): { readonly settings?: { readonly [setting: string]: string } } {
  const isAscii = Buffer.byteLength(definition) === definition.length
  const settings = Object.entries(found).flatMap(([name, value]): [string, string][] =>
    // Our texts are UTF-8: the server must not read their characters as others.
    value === null || (name === 'character_set_client' && !isAscii && !/^utf8/.test(value)) ? [] : [[name, value]],
  )
  return settings.length === 0 ? {} : { settings: Object.fromEntries(settings) }
}

export function readView(row: Row): ViewModel {
  const check = text(row, 'check_option')
  const definition = withoutDatabase(text(row, 'definition'), text(row, 'own'))
  const definer = cell(row, 'definer')
  const algorithm = text(row, 'algorithm')
  const head = [
    ...(algorithm === '' || algorithm === 'UNDEFINED' ? [] : [`ALGORITHM=${algorithm}`]),
    ...(definer === null ? [] : [definerText(definer)]),
    ...(text(row, 'security') === 'INVOKER' ? ['SQL SECURITY INVOKER'] : []),
  ].join(' ')
  return {
    ref: { name: text(row, 'name') },
    definition: check === 'NONE' || check === '' ? definition : `${definition} WITH ${check} CHECK OPTION`,
    ...(head === '' ? {} : { source: head }),
    ...settingsOf(
      { character_set_client: cell(row, 'client'), collation_connection: cell(row, 'collation') },
      definition,
    ),
  }
}
