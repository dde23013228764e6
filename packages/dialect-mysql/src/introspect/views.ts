import { lexSql } from '@org/migrate-core/connection'
import { isMigrateError, type Row, type Session, type ViewModel } from '@org/migrate-core/dialect'
import { viewOptions } from '../ddl/view-options.ts'
import type { Server } from '../flavour.ts'
import { quote } from '../sql/quote.ts'
import { afterParenthesis, grammar, isWord, nameOf, significant } from '../sql/tokens.ts'
import { cell, text, withoutDatabase } from './catalog.ts'

/**
 * The algorithm of a view stands in MariaDB's catalog; on MySQL it, and names of columns that are not those of the SELECT, stand nowhere
 * but in SHOW CREATE VIEW. So do, on both, the character set before a literal and characters beyond U+FFFF: the catalog is utf8mb3.
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
  const whole: Row[] = []
  for (const row of rows)
    whole.push(
      server.flavour === 'mysql' || text(row, 'definition').includes("'") ? await withShown(session, row) : row,
    )
  return whole
}

/** As the catalog has it where the user may not see it. */
async function withShown(session: Session, row: Row): Promise<Row> {
  const name = quote.identifier(text(row, 'name')).text
  const rows = await session.query(`SHOW CREATE VIEW ${name}`).catch((error: unknown) => {
    if (isMigrateError(error)) throw error
    return []
  })
  const shown = text(rows[0] ?? {}, 'Create View')
  if (shown === '') return row
  const tokens = significant(shown)
  const algorithm = tokens.findIndex((token) => isWord(token, 'ALGORITHM'))
  const view = tokens.findIndex((token) => isWord(token, 'VIEW'))
  const end = afterParenthesis(tokens, view + 2)
  const list = tokens.slice(view + 3, Math.max(view + 3, end - 1))
  const names = list.flatMap((token) => (token.kind === 'quoted' ? (nameOf(token) ?? []) : []))
  return {
    ...row,
    definition: selectOf(shown) ?? text(row, 'definition'),
    algorithm: tokens[algorithm + 2]?.text ?? null,
    // The SELECT of a view with names of its own has other ones: https://dev.mysql.com/doc/refman/8.4/en/create-view.html
    columns: names.length === 0 ? null : JSON.stringify(names),
  }
}

/** What stands behind the first AS that is no name, without the option that the catalog has. */
function selectOf(shown: string): string | undefined {
  const tokens = lexSql(shown, grammar)
  const start = tokens.findIndex((token) => isWord(token, 'AS'))
  if (start === -1) return undefined
  const select = tokens
    .slice(start + 1)
    .map((token) => token.text)
    .join('')
    .trim()
  return select.replace(/ WITH (?:CASCADED|LOCAL) CHECK OPTION$/, '')
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
