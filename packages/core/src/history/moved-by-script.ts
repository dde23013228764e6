import type { UnloadedDialect } from '../dialect/dialect.ts'
import type { Session } from '../dialect/session.ts'
import { byScript, type UnloadedOptions } from '../options/resolve-options.ts'
import { join, type SqlFragment, sql } from '../sql/tag.ts'

/** A stamp moves others than the revision of its row; an accepted edit moves none. */
const moves = ['up', 'down', 'revert'] as const

/**
 * Selects tier and revision of what a script applied or reverted last. A script preserves and restores nothing: what is preserved of these
 * revisions is from before it.
 */
export function movedByScript({ dialect, names }: { dialect: UnloadedDialect; names: UnloadedOptions['names'] }) {
  const { identifier: name, literal, table } = dialect.sql.quote
  const history = table({ name: names.history })
  const isMove = sql`${name('direction')} IN (${join(moves.map((each) => literal(each)))})`
  const newest = sql`SELECT MAX(${name('id')}) FROM ${history} WHERE ${isMove} GROUP BY ${name('tier')}, ${name('revision')}`
  const isScript = sql`${name('host')} = ${literal(byScript.host)} AND ${name('user_name')} = ${literal(byScript.user)}`
  return sql`SELECT ${name('tier')}, ${name('revision')} FROM ${history} WHERE ${name('id')} IN (${newest}) AND ${isScript}`
}

/** Whether a script applied or reverted this revision last. */
export async function isMovedByScript(
  of: Parameters<typeof movedByScript>[0],
  session: Session,
  { tier, revision }: { readonly tier: string; readonly revision: string },
): Promise<boolean> {
  const { identifier: name } = of.dialect.sql.quote
  const text: SqlFragment = sql`${movedByScript(of)} AND ${name('tier')} = ? AND ${name('revision')} = ?`
  return (await session.query(text.text, [tier, revision])).length > 0
}
