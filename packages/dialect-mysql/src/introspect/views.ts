import type { Row, Session, ViewModel } from '@org/migrate-core/dialect'
import { cell, text, withoutDatabase } from './catalog.ts'

export function readViewRows(session: Session): Promise<readonly Row[]> {
  return session.query(
    `SELECT TABLE_NAME AS name, VIEW_DEFINITION AS definition, CHECK_OPTION AS check_option, SECURITY_TYPE AS security,
 DATABASE() AS own, IF(DEFINER = CURRENT_USER(), NULL, DEFINER) AS definer
 FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME`,
  )
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
