import { MigrateError } from '@org/migrate-core/connection'
import type { ClosingStatement } from '@org/migrate-core/dialect'
import { messageOf, numberOf } from './faults.ts'

/** What SIGNAL without a number of its own raises. */
const signaled = 1644

const otherCount = 'one row expected, not '
const refusedCount = new RegExp(`statement (\\d+): ${otherCount}(-?\\d+)`)

/** Whether the variable of the block has the wrong number. The names are those of no column of ours: in a block they would hide it. */
const refusal = (at: number): string =>
  `IF migrate_rows <> 1 THEN SET migrate_text = CONCAT('statement ${at}: ${otherCount}', migrate_rows);
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = migrate_text; END IF;`

function counted(text: string, at: number): string {
  if (/^\s*SELECT\b/i.test(text))
    return `SELECT COUNT(*) INTO migrate_rows FROM (${text}) AS migrate_found; ${refusal(at)}`
  return `${text}; SET migrate_rows = ROW_COUNT(); ${refusal(at)}`
}

/**
 * A whole transaction, or the rest of one, as a block of MariaDB: one round trip. Any error rolls it back. MySQL has blocks in stored
 * programs only. https://mariadb.com/kb/en/begin-end/
 *
 * @param texts those of the statements, with their values
 */
export function closingBlock(
  statements: readonly ClosingStatement[],
  texts: readonly string[],
  isSent: boolean,
): string {
  const body = texts.map((text, at) => (statements[at]?.unlessOneRow === undefined ? `${text};` : counted(text, at)))
  return `BEGIN NOT ATOMIC
  DECLARE migrate_rows BIGINT;
  DECLARE migrate_text VARCHAR(128);
  DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END;
${[...(isSent ? [] : ['START TRANSACTION;']), ...body, 'COMMIT;'].join('\n')}
END`
}

/** Which statement of a block was refused for the number of its rows. */
export function otherCountIn(error: unknown): { readonly at: number; readonly rows: number } | undefined {
  if (numberOf(error) !== signaled) return undefined
  const [, at, rows] = refusedCount.exec(messageOf(error)) ?? []
  return at === undefined ? undefined : { at: Number(at), rows: Number(rows) }
}

/** The error of a rollback behind which rows of tables without transactions stayed. */
export function incompletelyRolledBack(database: string, cause: unknown): MigrateError<'COMMIT_FAILED'> {
  const message = `${database} rolled back, except for rows of tables whose engine has no transactions (MyISAM, Aria): those stayed`
  const remedy = 'Check the rows of these tables before you run it again.'
  return new MigrateError('COMMIT_FAILED', { database }, message, { cause, remedy, outcome: 'partial' })
}
