import type { Routine, Row, Session, UnmodelledFact } from '@org/migrate-core/dialect'
import { atLeast, type Server } from '../flavour.ts'
import { modeVariables } from '../sql/classify.ts'
import { isWord, tokensUnder } from '../sql/tokens.ts'
import { cell, shownCreate, text } from './catalog.ts'
import { isUsualMode } from './triggers.ts'
import { definerText } from './views.ts'

const readRows = (session: Session): Promise<readonly Row[]> =>
  session.query(
    `SELECT ROUTINE_TYPE AS kind, ROUTINE_NAME AS name, SQL_MODE AS mode, ${modeVariables.program} AS usual,
 IF(DEFINER = CURRENT_USER(), NULL, DEFINER) AS definer, IF(ROUTINE_DEFINITION IS NULL, 'hidden', NULL) AS hidden
 FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE() AND ROUTINE_TYPE IN ('FUNCTION', 'PROCEDURE')
 ORDER BY 1, 2`,
  )

/** A function and a procedure may have one name. */
const nameOf = (row: Row): string => `${text(row, 'kind').toLowerCase()} ${text(row, 'name')}`

/**
 * As the server shows it. Null: this user may not see the body. https://dev.mysql.com/doc/refman/8.4/en/show-create-procedure.html
 * Undefined: it is gone meanwhile.
 */
async function sourceOf(session: Session, row: Row): Promise<string | null | undefined> {
  const kind = text(row, 'kind')
  const shown = await shownCreate(session, kind, text(row, 'name'))
  return shown === undefined ? undefined : cell(shown, kind === 'FUNCTION' ? 'Create Function' : 'Create Procedure')
}

/**
 * Of several statements that are sent together, MySQL stores the semicolon behind the body too. Its definer is written only where that is another user
 * than ours.
 */
function createText({ flavour, version }: Server, row: Row, source: string): string {
  const kind = text(row, 'kind')
  const tokens = tokensUnder(source, text(row, 'mode'))
  const at = tokens.findIndex((token) => isWord(token, kind))
  const definer = cell(row, 'definer')
  return [
    flavour === 'mariadb' ? 'CREATE OR REPLACE' : 'CREATE',
    ...(definer === null ? [] : [definerText(definer)]),
    ...(tokens.slice(0, at).some((token) => isWord(token, 'AGGREGATE')) ? ['AGGREGATE'] : []),
    kind,
    ...(flavour === 'mysql' && atLeast(version, [8, 0, 29]) ? ['IF NOT EXISTS'] : []),
    tokens
      .slice(at + 1)
      .map((token) => token.text)
      .join('')
      .replace(/[\s;]+$/, '')
      .trim(),
  ].join(' ')
}

/** Functions and procedures whose bodies this user may see. No body is looked at when it is made. */
export async function readRoutines(server: Server, session: Session): Promise<readonly Routine[]> {
  const routines: Routine[] = []
  for (const row of await readRows(session)) {
    const source = await sourceOf(session, row)
    if (typeof source === 'string')
      routines.push({ name: nameOf(row), create: createText(server, row, source), readsTables: false })
  }
  return routines
}

/** Of an event only that it exists: it begins when it is made, so that the texts of two are never equal. */
async function eventFacts(session: Session): Promise<readonly UnmodelledFact[]> {
  const rows = await session.query(
    'SELECT EVENT_NAME AS name FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE() ORDER BY 1',
  )
  return rows.map((row) => ({ kind: 'object', name: `event ${text(row, 'name')}`, fact: 'CREATE EVENT' }))
}

/** Events, and what the texts of functions and procedures do not say. */
export async function programFacts(session: Session): Promise<readonly UnmodelledFact[]> {
  const ofRoutines = (await readRows(session)).flatMap((row): readonly UnmodelledFact[] => {
    const about = { kind: 'object', name: nameOf(row) } as const
    const mode = text(row, 'mode')
    return [
      ...(isUsualMode(mode, text(row, 'usual')) ? [] : [{ ...about, fact: `sql_mode = '${mode}'` }]),
      ...(cell(row, 'hidden') === null ? [] : [{ ...about, fact: 'its body is not shown to this user' }]),
    ]
  })
  return [...(await eventFacts(session)), ...ofRoutines]
}
