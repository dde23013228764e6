import { lexSql, type Row, type Session, type ViewModel } from '@org/migrate-core/dialect'
import { grammar, nameOf } from '../ddl/tokens.ts'
import { cell, text } from './catalog.ts'

export function readViewRows(session: Session): Promise<readonly Row[]> {
  return session.query(
    `SELECT TABLE_NAME AS name, VIEW_DEFINITION AS definition, CHECK_OPTION AS check_option, SECURITY_TYPE AS security,
 DATABASE() AS own, IF(DEFINER = CURRENT_USER(), NULL, DEFINER) AS definer
 FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME`,
  )
}

/** The server puts the database before every name, which another database of the same tables has not. */
function withoutDatabase(sql: string, database: string): string {
  const tokens = lexSql(sql, grammar)
  let text = ''
  for (let at = 0; at < tokens.length; at += 1) {
    const [token, dot, name] = tokens.slice(at, at + 3)
    const prefix =
      token?.kind === 'quoted' && dot?.text === '.' && name?.kind === 'quoted' && tokens[at - 1]?.text !== '.'
    if (prefix && nameOf(token) === database) at += 1
    else text += token?.text ?? ''
  }
  return text
}

/** `name@host` of the catalog as it stands in SQL. */
export function definerText(definer: string): string {
  const at = definer.lastIndexOf('@')
  const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``
  return `DEFINER=${quoted(definer.slice(0, at))}@${quoted(definer.slice(at + 1))}`
}

export function readView(row: Row): ViewModel {
  const check = text(row, 'check_option')
  const definition = withoutDatabase(text(row, 'definition'), text(row, 'own'))
  const definer = cell(row, 'definer')
  const head = [
    ...(definer === null ? [] : [definerText(definer)]),
    ...(text(row, 'security') === 'INVOKER' ? ['SQL SECURITY INVOKER'] : []),
  ].join(' ')
  return {
    ref: { name: text(row, 'name') },
    definition: check === 'NONE' || check === '' ? definition : `${definition} WITH ${check} CHECK OPTION`,
    ...(head === '' ? {} : { source: head }),
  }
}
