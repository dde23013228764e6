import { isMigrateError, type Row, type Session, type ViewModel } from '@org/migrate-core/dialect'
import { viewOptions } from '../ddl/view-options.ts'
import type { Server } from '../flavour.ts'
import { quote } from '../sql/quote.ts'
import { afterParenthesis, isWord, nameOf, significant } from '../sql/tokens.ts'
import { cell, text, withoutDatabase } from './catalog.ts'

/**
 * The algorithm of a view stands in MariaDB's catalog; on MySQL it, and names of columns that are not those of the SELECT, stand nowhere
 * but in SHOW CREATE VIEW.
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
  for (const row of rows) whole.push({ ...row, ...(await readHead(session, text(row, 'name'))) })
  return whole
}

/** Nothing where the user may not see it. */
async function readHead(session: Session, name: string): Promise<Row> {
  const rows = await session.query(`SHOW CREATE VIEW ${quote.identifier(name).text}`).catch((error: unknown) => {
    if (isMigrateError(error)) throw error
    return []
  })
  const tokens = significant(text(rows[0] ?? {}, 'Create View'))
  const algorithm = tokens.findIndex((token) => isWord(token, 'ALGORITHM'))
  const view = tokens.findIndex((token) => isWord(token, 'VIEW'))
  const list = tokens[view + 2]?.text === '(' ? tokens.slice(view + 3, afterParenthesis(tokens, view + 2) - 1) : []
  const names = list.flatMap((token) => (token.kind === 'quoted' ? (nameOf(token) ?? []) : []))
  return {
    algorithm: tokens[algorithm + 2]?.text ?? null,
    // The SELECT of a view with names of its own has other ones: https://dev.mysql.com/doc/refman/8.4/en/create-view.html
    columns: names.length === 0 ? null : JSON.stringify(names),
  }
}

/** `name@host` of the catalog as it stands in SQL. */
export function definerText(definer: string): string {
  const at = definer.lastIndexOf('@')
  const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``
  return `DEFINER=${quoted(definer.slice(0, at))}@${quoted(definer.slice(at + 1))}`
}

/** The settings that a text was made under, where they are not ours. */
export function settingsOf(
  catalogSettings: { readonly [setting: string]: string | null },
  definition: string,
): { readonly settings?: { readonly [setting: string]: string } } {
  const isAscii = Buffer.byteLength(definition) === definition.length
  const settings = Object.entries(catalogSettings).flatMap(([name, value]): [string, string][] =>
    // Our texts are UTF-8: the server must not read their characters as others.
    value === null || (name === 'character_set_client' && !isAscii && !/^utf8/.test(value)) ? [] : [[name, value]],
  )
  return settings.length === 0 ? {} : { settings: Object.fromEntries(settings) }
}

export function readView(row: Row): ViewModel {
  const definition = withoutDatabase(text(row, 'definition'), text(row, 'own'))
  const definer = cell(row, 'definer')
  const columns = cell(row, 'columns')
  const options = viewOptions({
    algorithm: text(row, 'algorithm'),
    sql_security: text(row, 'security'),
    check_option: text(row, 'check_option'),
  })
  return {
    ref: { name: text(row, 'name') },
    ...(columns === null ? {} : { columns: JSON.parse(columns) as readonly string[] }),
    definition,
    ...(Object.keys(options).length === 0 ? {} : { options }),
    ...(definer === null ? {} : { source: definerText(definer) }),
    ...settingsOf(
      { character_set_client: cell(row, 'client'), collation_connection: cell(row, 'collation') },
      definition,
    ),
  }
}
