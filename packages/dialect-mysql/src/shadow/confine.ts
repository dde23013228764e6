import {
  isSignificant,
  lexSql,
  MigrateError,
  qualifiersIn,
  type Session,
  type ShadowDatabase,
} from '@org/migrate-core/dialect'
import { classify, grammar, withExecutedComments } from '../sql/classify.ts'

/** What a statement with this first word changes belongs to the server, and is not dropped with a database. */
const ofServer: ReadonlySet<string> = new Set([
  ...['GRANT', 'REVOKE', 'FLUSH', 'RESET', 'INSTALL', 'UNINSTALL', 'CHANGE', 'START', 'STOP', 'PURGE', 'KILL'],
  ...['SHUTDOWN', 'RESTART', 'CLONE', 'BINLOG', 'CACHE', 'IMPORT', 'BACKUP', 'USE'],
])

/** CREATE, ALTER, DROP and RENAME of these. */
const serverObjects: ReadonlySet<string> = new Set([
  ...['DATABASE', 'SCHEMA', 'USER', 'ROLE', 'SERVER', 'TABLESPACE', 'LOGFILE', 'UNDO', 'INSTANCE', 'RESOURCE'],
])

const defining: ReadonlySet<string> = new Set(['CREATE', 'ALTER', 'DROP', 'RENAME'])
const globalSetting = /^(?:GLOBAL|PERSIST|PERSIST_ONLY|PASSWORD)$/

/** Readable, and no user can write to them. */
const readOnly: ReadonlySet<string> = new Set(['information_schema', 'performance_schema', 'sys'])

function serverChange(keywords: readonly string[]): string | undefined {
  const [first = '', ...rest] = keywords
  if (ofServer.has(first)) return first
  // CREATE OR REPLACE, CREATE AGGREGATE and the like: the object is among the first words, before its name.
  const object = defining.has(first) ? rest.slice(0, 4).find((word) => objectKeywords.has(word)) : undefined
  if (object !== undefined && serverObjects.has(object)) return `${first} ${object}`
  const setting = first === 'SET' ? keywords.find((word) => globalSetting.test(word)) : undefined
  return setting === undefined ? undefined : `SET ${setting}`
}

/** The first of these words says what is made: a column called `role` comes after TABLE. */
const objectKeywords: ReadonlySet<string> = new Set([
  ...serverObjects,
  ...['TABLE', 'TABLES', 'VIEW', 'INDEX', 'TRIGGER', 'PROCEDURE', 'FUNCTION', 'EVENT', 'SEQUENCE', 'PACKAGE'],
])

/**
 * Why a statement could change something that stays when the shadow database is dropped. A database has no wall around it: a name
 * with another database before it is the real table, and the server commits what is done to it.
 */
function escapeOf(sql: string, otherDatabases: ReadonlySet<string>): string | undefined {
  const text = withExecutedComments(sql)
  const tokens = lexSql(text, grammar).filter(isSignificant)
  const keywords = tokens.flatMap(({ kind, text: word }) => (kind === 'word' ? [word.toUpperCase()] : []))
  const changed = serverChange(keywords)
  if (changed !== undefined) return `${changed} changes more than the shadow database`
  // Strings of INSERT, UPDATE and DELETE are data.
  const named = qualifiersIn(text, grammar, { strings: classify(text) !== 'dml' })
  const other = [...named].find((name) => otherDatabases.has(name))
  return other === undefined ? undefined : `a name in it begins with \`${other}\`, which is a database of this server`
}

/** Sends statements of an author to a shadow database, those that could leave it excepted. */
export function confinedTo(session: Session, name: string): NonNullable<ShadowDatabase['confined']> {
  let listed: Promise<ReadonlySet<string>> | undefined
  const list = async (): Promise<ReadonlySet<string>> => {
    const rows = await session.query('SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA')
    const names = rows.map((row) => String(row.name).toLowerCase())
    return new Set(names.filter((each) => each !== name.toLowerCase() && !readOnly.has(each)))
  }
  return async (sql, send) => {
    listed ??= list()
    const why = escapeOf(sql, await listed)
    if (why !== undefined) throw new MigrateError('SHADOW_REFUSED', { why }, why)
    return send()
  }
}
